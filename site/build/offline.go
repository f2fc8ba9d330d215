package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The worker that keeps the site for use without a network, and what it takes.
const (
	offlineWorker = "offline.js"
	offlineFacts  = "offline.json"
)

// offline writes into the worker which files there are, with a digest of them all, and beside it how many bytes
// they take. A site without the worker is not kept.
func offline(dir string) error {
	worker, err := os.ReadFile(filepath.Join(dir, offlineWorker))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var site struct {
		ID    string   `json:"id"`
		Bytes int      `json:"bytes"`
		Files []string `json:"files"`
	}
	sum := sha256.New()
	root := os.DirFS(dir)
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.ContainsAny(d.Name()[:1], "._") {
			return err
		}
		b, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		each := sha256.Sum256(b)
		sum.Write([]byte(name + "\n"))
		sum.Write(each[:])
		switch name {
		case offlineWorker: // the browser keeps it by itself
			return nil
		case "index.html": // some servers redirect the file's own name
			name = ""
		}
		site.Bytes += len(b)
		site.Files = append(site.Files, "./"+name)
		return nil
	})
	if err != nil {
		return err
	}
	site.ID = hex.EncodeToString(sum.Sum(nil)[:8])
	site.Files = append(site.Files, "./"+offlineFacts)
	text, err := json.Marshal(site)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, offlineFacts), text, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, offlineWorker), append([]byte("const site = "+string(text)+";\n"), worker...), 0o644)
}
