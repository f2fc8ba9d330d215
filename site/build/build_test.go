package main

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/quantscope/quantscope/site/policy"
)

// module writes a module laid out as the site's, with small programs.
func module(t *testing.T, page string) string {
	t.Helper()
	root := t.TempDir()
	noise := make([]byte, 4096)
	rand.Read(noise)
	for name, body := range map[string]string{
		"go.mod":                    "module example.com/site\n\ngo 1.26\n",
		"site/main.go":              page,
		"wasm/core/main.go":         "package main\n\nfunc main() { println(\"core\") }\n",
		"site/static/index.html":    strings.Repeat("<p>page</p>", 500),
		"site/static/worker.js":     "go()",
		"site/static/offline.js":    "keep()",
		"site/static/samples/a.png": string(noise),
	} {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const goodPage = "package main\n\nimport \"syscall/js\"\n\nfunc main() { js.Global().Set(\"x\", 1) }\n"

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBuild(t *testing.T) {
	out := filepath.Join(t.TempDir(), "new", "dist")
	if err := build(module(t, goodPage), out, quick); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"site.wasm", "core.wasm"} {
		b := read(t, out, name)
		if !bytes.HasPrefix(b, []byte("\x00asm")) {
			t.Errorf("%s is not WebAssembly", name)
		}
		z, err := gzip.NewReader(bytes.NewReader(read(t, out, name+".gz")))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := io.ReadAll(z); err != nil || !bytes.Equal(back, b) {
			t.Errorf("%s.gz is not %s: %v", name, name, err)
		}
		if back, err := io.ReadAll(brotli.NewReader(bytes.NewReader(read(t, out, name+".br")))); err != nil || !bytes.Equal(back, b) {
			t.Errorf("%s.br is not %s: %v", name, name, err)
		}
	}
	if !bytes.Contains(read(t, out, "wasm_exec.js"), []byte("globalThis.Go = class")) {
		t.Error("wasm_exec.js is not Go's")
	}
	for _, f := range policy.WorkersFiles() {
		if got := string(read(t, out, f.Name)); got != f.Text {
			t.Errorf("%s: %s", f.Name, got)
		}
	}
	var site struct {
		Bytes int
		Files []string
	}
	if err := json.Unmarshal(read(t, out, offlineFacts), &site); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"./", "./core.wasm", "./samples/a.png", "./" + offlineFacts} {
		if !slices.Contains(site.Files, want) {
			t.Errorf("offline there is no %s: %v", want, site.Files)
		}
	}
	if site.Bytes < len(read(t, out, "core.wasm")) || !bytes.HasPrefix(read(t, out, offlineWorker), []byte(`const site = {"id":`)) {
		t.Errorf("%+v", site)
	}
	for _, packed := range []string{"a.png.gz", "a.png.br"} {
		if _, err := os.Stat(filepath.Join(out, "samples", packed)); err == nil {
			t.Errorf("noise is compressed: %s", packed)
		}
	}

	var table strings.Builder
	if err := sizes(&table, out); err != nil || strings.Count(table.String(), "\n") != 3 || !strings.Contains(table.String(), "core.wasm") {
		t.Errorf("%v\n%s", err, table.String())
	}

	// The same sources elsewhere give the same programs.
	other := filepath.Join(t.TempDir(), "dist")
	if err := build(module(t, goodPage), other, quick); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, out, "site.wasm"), read(t, other, "site.wasm")) {
		t.Error("two builds of the same sources differ")
	}
}

// Engines of other releases stay, under the name of their content, through any number of builds; an earlier build of this
// release goes.
func TestEnginesOfEarlierReleasesAreKept(t *testing.T) {
	dist := func(list string) string {
		dir := t.TempDir()
		for name, text := range map[string]string{enginesFile: list, "core.wasm": "old core", "core.wasm.br": "packed", "wasm_exec.js": "old half"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	old, next, later := dist(`[{"release":"0.0.1","core":"core.wasm","exec":"wasm_exec.js"}]`), t.TempDir(), t.TempDir()
	for _, step := range [][2]string{{old, next}, {next, later}} {
		if err := keep(step[0], step[1]); err != nil {
			t.Fatal(err)
		}
		list, err := enginesOf(step[1])
		if err != nil || len(list) != 2 || list[0] != own() || list[1].Release != "0.0.1" || list[1].Core != "core-b8550f35e273f684.wasm" {
			t.Fatalf("%+v, %v", list, err)
		}
		if string(read(t, step[1], list[1].Core)) != "old core" || string(read(t, step[1], list[1].Core+".br")) != "packed" || string(read(t, step[1], list[1].Exec)) != "old half" {
			t.Error("a kept file is another one")
		}
	}
	same := t.TempDir()
	if err := keep(dist(`[{"release":"`+own().Release+`","core":"core.wasm","exec":"wasm_exec.js"}]`), same); err != nil {
		t.Fatal(err)
	}
	if list, err := enginesOf(same); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := keep(dist(`[{"release":"0.0.1","core":"../core.wasm","exec":"wasm_exec.js"}]`), t.TempDir()); err == nil {
		t.Error("a file from outside of the site is kept")
	}
}

func TestFailedBuildKeepsTheOldOne(t *testing.T) {
	parent := t.TempDir()
	out := filepath.Join(parent, "dist")
	if err := build(module(t, goodPage), out, quick); err != nil {
		t.Fatal(err)
	}
	before := read(t, out, "site.wasm")
	err := build(module(t, "package main\n\nfunc main() { undefined() }\n"), out, quick)
	if err == nil || !strings.Contains(err.Error(), "undefined") {
		t.Errorf("error %v", err)
	}
	if !bytes.Equal(before, read(t, out, "site.wasm")) {
		t.Error("the old build is damaged")
	}
	if left, _ := os.ReadDir(parent); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBuildSparesOtherFolders(t *testing.T) {
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "thesis.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := build(t.TempDir(), out, quick); err == nil || !strings.Contains(err.Error(), "not a built site") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(out, "thesis.txt")); err != nil {
		t.Error(err)
	}
}

// The licences of everything that the real programs are linked from are in the site.
func TestNotices(t *testing.T) {
	text, err := notices("../..", []string{"./site", "./wasm/core"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"The Go Authors", "google.golang.org/protobuf v", "golang.org/x/image v", "The Vecty Authors"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the notices have no %q", want)
		}
	}
	if bytes.Contains(text, []byte("wazero")) {
		t.Error("the notices have modules that are not in the page")
	}
	if _, err := licenceIn(t.TempDir()); err == nil {
		t.Error("a module without a licence is shipped")
	}
}

// The start page is in the page before any program: the samples with their figures, and no element without its end.
func TestStartPageIsWrittenIntoThePage(t *testing.T) {
	dir := t.TempDir()
	page, err := os.ReadFile("../static/index.html")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, pageFile), page, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := prerender(dir); err != nil {
		t.Fatal(err)
	}
	got := string(read(t, dir, pageFile))
	for _, want := range []string{"Run the sample", "See it collapse", "right", "<noscript>", "/sample/digits/thumbnail.png"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for _, tag := range []string{"body", "main", "section", "li", "button", "form"} {
		if open, shut := strings.Count(got, "<"+tag+" ")+strings.Count(got, "<"+tag+">"), strings.Count(got, "</"+tag+">"); open != shut || open == 0 {
			t.Errorf("%d <%s>, %d ends", open, tag, shut)
		}
	}
}
