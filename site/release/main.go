// Command release builds what people download: quantscope with the page in it, for each system and processor, the
// SHA-256 of each file, and a bill of materials of each. The same source and the same Go give the same bytes.
//
//	go run ./site/release -out release
//
// The programs are built without C and run networks on wazero; a C compiler and CGO_ENABLED=1 make one that runs
// them on wasmtime, in half the time.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant"
)

const (
	program  = "quantscope"
	command  = "./quant/cmd/quantscope"
	sumsName = "SHA256SUMS"
)

// targets are the systems and processors that there are programs for.
func targets() []string {
	var all []string
	for _, system := range []string{"linux", "darwin", "windows"} {
		all = append(all, system+"/amd64", system+"/arm64")
	}
	return all
}

func main() {
	out := flag.String("out", "release", "`FOLDER` to write")
	some := flag.String("targets", strings.Join(targets(), ","), "`LIST` of systems and processors")
	site := flag.String("site", "", "the built site, a `FOLDER`; without it, it is built")
	flag.Parse()
	if err := release(*out, strings.Split(*some, ","), *site); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func release(out string, targets []string, site string) error {
	for _, t := range targets {
		if system, processor, ok := strings.Cut(t, "/"); !ok || system == "" || processor == "" {
			return fmt.Errorf("%q is not a target: write linux/amd64", t)
		}
	}
	place := filepath.Join("site", "embedded", "dist") // where package embedded takes it from
	if err := os.RemoveAll(place); err != nil {
		return err
	}
	defer os.RemoveAll(place)
	if site != "" {
		if err := os.CopyFS(place, os.DirFS(site)); err != nil {
			return err
		}
	} else if err := run(nil, "go", "run", "./site/build", "-out", place); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	var written []string
	for _, t := range targets {
		names, err := build(out, t)
		if err != nil {
			return err
		}
		written = append(written, names...)
	}
	return sums(out, written)
}

// build makes the program for one target, and its bill of materials.
func build(out, target string) ([]string, error) {
	system, processor, _ := strings.Cut(target, "/")
	name := fmt.Sprintf("%s-%s-%s-%s", program, quant.Version, system, processor)
	if system == "windows" {
		name += ".exe"
	}
	path := filepath.Join(out, name)
	// Nothing of the machine goes in: no paths, no state of the repository, no identity of the build.
	err := run([]string{"GOOS=" + system, "GOARCH=" + processor, "CGO_ENABLED=0", "GOFLAGS="},
		"go", "build", "-tags", "page", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", path, command)
	if err != nil {
		return nil, err
	}
	doc, err := materialsOf(path)
	if err != nil {
		return nil, err
	}
	list := strings.TrimSuffix(name, ".exe") + ".cdx.json"
	return []string{name, list}, os.WriteFile(filepath.Join(out, list), doc, 0o666)
}

// run runs a command in the project's folder.
func run(env []string, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), env...)
	if text, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, text)
	}
	return nil
}

// sums writes the SHA-256 of files as sha256sum -c reads them.
func sums(out string, names []string) error {
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		f, err := os.Open(filepath.Join(out, name))
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s  %s\n", hex.EncodeToString(h.Sum(nil)), name)
	}
	return os.WriteFile(filepath.Join(out, sumsName), []byte(b.String()), 0o666)
}
