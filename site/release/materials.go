package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant"
)

// bill is a bill of materials in CycloneDX 1.6, as far as Go modules need it: https://cyclonedx.org/docs/1.6/json/.
type bill struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Serial     string      `json:"serialNumber"` // of what is in it, so that the same program has the same bill
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// pages are the programs of the page, which are in the program as WebAssembly.
var pages = []string{"./site", "./wasm/core"}

// materialsOf reads from a program which modules are in it, and asks the go command for those of the page.
func materialsOf(path string) ([]byte, error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	page, err := pageModules()
	if err != nil {
		return nil, err
	}
	return materials(filepath.Base(path), file, info, page)
}

// pageModules are those of which something is in the page.
func pageModules() ([]*debug.Module, error) {
	c := exec.Command("go", append([]string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Replace}}{{end}}{{end}}"}, pages...)...)
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var list []*debug.Module
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		m := &debug.Module{Path: f[0], Version: f[1]}
		if len(f) > 2 && f[2] != "<nil>" {
			m.Replace = &debug.Module{Path: f[2], Version: "(devel)"}
		}
		list = append(list, m)
	}
	return list, nil
}

func materials(name string, file []byte, info *debug.BuildInfo, page []*debug.Module) ([]byte, error) {
	sum := sha256.Sum256(file)
	b := bill{Format: "CycloneDX", Spec: "1.6", Version: 1, Components: []component{}}
	// A UUID of version 8, which is one's own to make: of the program's digest.
	u := sum
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	b.Serial = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
	b.Metadata.Component = component{Type: "application", Ref: name, Name: name, Version: quant.Version, Hashes: []hash{{"SHA-256", fmt.Sprintf("%x", sum)}}}
	b.Components = append(b.Components, component{
		Type: "library", Ref: "std", Name: "std", Version: info.GoVersion, PURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"),
	})
	seen := map[string]bool{}
	for _, m := range slices.Concat(info.Deps, page) {
		if seen[m.Path] {
			continue
		}
		seen[m.Path] = true
		c := component{Type: "library", Ref: m.Path + "@" + m.Version, Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version}
		if m.Sum != "" {
			c.Properties = append(c.Properties, property{"go:sum", m.Sum})
		}
		if m.Replace != nil { // by a folder of the project
			c.PURL = ""
			c.Properties = append(c.Properties, property{"go:replaced-by", m.Replace.Path})
		}
		b.Components = append(b.Components, c)
	}
	slices.SortFunc(b.Components[1:], func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	var doc bytes.Buffer
	e := json.NewEncoder(&doc)
	e.SetIndent("", "  ")
	err := e.Encode(b)
	return doc.Bytes(), err
}
