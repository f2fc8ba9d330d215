package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// noticesFile is the name of the file with the licences of what the programs are linked from.
const noticesFile = "notices.txt"

// notices are the licences of Go, whose runtime is in the programs, and of every module that they are linked
// from. A module without a licence may not be shipped.
func notices(root string, packages []string) ([]byte, error) {
	goroot, err := goOutput(root, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	licence, err := os.ReadFile(filepath.Join(strings.TrimSpace(goroot), "LICENSE"))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("This page is built from the works below, under their licences.\n")
	add := func(name string, licence []byte) {
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 72), name, bytes.TrimSpace(licence))
	}
	add("The Go programming language, its standard library and wasm_exec.js: https://go.dev", licence)
	list, err := goOutput(root, append([]string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}"}, packages...)...)
	if err != nil {
		return nil, err
	}
	modules := strings.Split(strings.TrimSpace(list), "\n") // a package each
	slices.Sort(modules)
	for _, m := range slices.Compact(modules) {
		name, dir, ok := strings.Cut(m, "\t")
		if !ok { // there is none
			continue
		}
		licence, err := licenceIn(dir)
		if err != nil {
			return nil, fmt.Errorf("module %s: %w", name, err)
		}
		add(name, licence)
	}
	return b.Bytes(), nil
}

// licenceIn reads the licence and the notice of a module.
func licenceIn(dir string) ([]byte, error) {
	var all []byte
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "NOTICE*"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			all = append(append(all, b...), '\n')
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no licence in %s, so it may not be shipped", dir)
	}
	return all, nil
}

// goOutput is what the go command prints about the programs, which are for browsers.
func goOutput(root string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	var failed bytes.Buffer
	cmd.Stderr = &failed
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, failed.Bytes())
	}
	return string(text), nil
}
