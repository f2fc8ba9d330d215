package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/site/view"
)

// Where the start page is written into, and what comes with it for browsers that run no programs.
const (
	pageFile  = "index.html"
	emptyBody = "<body></body>"
	noScript  = "<noscript><p class=\"problem\">Quantscope runs the whole quantization in this page and needs JavaScript and WebAssembly.</p></noscript>"
)

// prerender writes the start page into index.html, as the page's program will draw it: what a visitor reads, and may
// press already (boot.js remembers it), while the program is on its way. A page that has no place for it stays as it is.
func prerender(dir string) error {
	name := filepath.Join(dir, pageFile)
	page, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(name, bytes.Replace(page, []byte(emptyBody), []byte(startPage()), 1), 0o644)
}

// startPage is the body of the page before anything has happened.
func startPage() string {
	s := store.New(store.Initial(), func(store.Effect) {}, func() {})
	body, _ := bytes.CutSuffix([]byte(vecty.String(&view.Page{Store: s})), []byte("</body>"))
	return string(body) + noScript + "</body>"
}
