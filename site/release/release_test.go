package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// A bill names the program by its digest, every module once, in order, and has no time in it.
func TestMaterials(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{
		{Path: "b.org/two", Version: "v2.0.0", Sum: "h1:x="},
		{Path: "a.org/one", Version: "v1.0.0", Replace: &debug.Module{Path: "./one"}},
	}}
	page := []*debug.Module{{Path: "c.org/three", Version: "v3.0.0"}, {Path: "b.org/two", Version: "v2.0.0"}}
	doc, err := materials("program", []byte("abc"), info, page)
	if err != nil {
		t.Fatal(err)
	}
	again, err := materials("program", []byte("abc"), info, page)
	if err != nil || !bytes.Equal(doc, again) {
		t.Errorf("%v, another bill the second time", err)
	}
	var b bill
	if err := json.Unmarshal(doc, &b); err != nil {
		t.Fatal(err)
	}
	var refs []string
	for _, c := range b.Components {
		refs = append(refs, c.Ref)
	}
	if want := []string{"std", "a.org/one@v1.0.0", "b.org/two@v2.0.0", "c.org/three@v3.0.0"}; !slices.Equal(refs, want) {
		t.Errorf("%v", refs)
	}
	if h := b.Metadata.Component.Hashes[0].Content; h != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(h)
	}
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(b.Serial) {
		t.Error(b.Serial)
	}
	if b.Components[1].PURL != "" || b.Components[2].Properties[0].Value != "h1:x=" {
		t.Errorf("%+v", b.Components)
	}
}

// The page's modules are found: there is Vecty in it, and no wasmtime.
func TestPageModules(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	list, err := pageModules()
	if err != nil {
		t.Fatal(err)
	}
	has := func(part string) bool {
		return slices.ContainsFunc(list, func(m *debug.Module) bool { return strings.Contains(m.Path, part) })
	}
	if !has("hexops/vecty") || has("wasmtime") {
		t.Errorf("%+v", list)
	}
}

func TestSums(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"b": "abc", "a": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := sums(dir, []string{"b", "a"}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, sumsName))
	const want = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n"
	if err != nil || string(got) != want {
		t.Errorf("%v, %s", err, got)
	}
	if err := release(dir, []string{"linux"}, ""); err == nil || !strings.Contains(err.Error(), "not a target") {
		t.Error(err)
	}
}
