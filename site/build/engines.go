package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/quantscope/quantscope/quant/receipt"
)

// enginesFile lists the engines that the site has: its own, and those of earlier releases, which check receipts that
// they computed. An engine is the core and the half of Go's runtime that goes with it.
const enginesFile = "engines.json"

// engine is one of them.
type engine struct {
	Release string `json:"release"`
	Core    string `json:"core"` // a file of the site; of an earlier release named by its content
	Exec    string `json:"exec"`
}

// own are the files of the site's own engine.
func own() engine { return engine{receipt.Release, "core.wasm", "wasm_exec.js"} }

// keep puts the engines of other releases that an earlier build at old has into the next one, and lists them all.
func keep(old, next string) error {
	list := []engine{own()}
	earlier, err := enginesOf(old)
	if err != nil {
		return err
	}
	for _, e := range earlier {
		if e.Release == receipt.Release {
			continue
		}
		for _, name := range []*string{&e.Core, &e.Exec} {
			if *name, err = keepFile(old, next, *name); err != nil {
				return fmt.Errorf("keeping the engine of release %s: %w", e.Release, err)
			}
		}
		list = append(list, e)
	}
	b, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(next, enginesFile), append(b, '\n'), 0o644)
}

func enginesOf(site string) (list []engine, err error) {
	b, err := os.ReadFile(filepath.Join(site, enginesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &list)
	}
	return list, err
}

// keepFile copies a file and its compressed forms, and gives it the name of its content.
func keepFile(old, next, name string) (string, error) {
	if filepath.Base(name) != name {
		return "", fmt.Errorf("%q is not a file of the site", name)
	}
	b, err := os.ReadFile(filepath.Join(old, name))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	stem, ext, _ := strings.Cut(name, ".")
	stem, _, _ = strings.Cut(stem, "-")
	kept := stem + "-" + hex.EncodeToString(sum[:8]) + "." + ext
	for _, form := range []string{"", ".br", ".gz"} {
		b, err := os.ReadFile(filepath.Join(old, name+form))
		if errors.Is(err, fs.ErrNotExist) && form != "" {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(next, kept+form), b, 0o644)
		}
		if err != nil {
			return "", err
		}
	}
	return kept, nil
}
