//go:build js

package main

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// open reads a model. The first part is the model file, the rest hold external data.
func (s *session) open(job int, b protocol.OpenRequest, parts []js.Value) error {
	if len(parts) == 0 || len(parts) != len(b.Names) {
		return fmt.Errorf("%d files under %d names", len(parts), len(b.Names))
	}
	step(job, protocol.Progress{Stage: protocol.StageImport})
	// The model before goes first: two at a time may be more than a tab has memory for.
	s.forget()
	s.model, s.last, s.memo = nil, nil, quant.Memo{}
	if err := readable(parts); err != nil {
		return err
	}
	bytes, err := read(parts[0])
	if err != nil {
		return err
	}
	m, err := quant.Import(path.Base(b.Names[0]), bytes, external(b.Names[1:], parts[1:]))
	if err != nil {
		return err
	}
	workers, memory, err := afford(m, s.pool.Workers())
	if err != nil {
		return err
	}
	s.model, s.workers = m, workers
	out := protocol.Model{Network: look.Network(m), Memory: memory}
	if workers < s.pool.Workers() {
		out.Notes = append(out.Notes, fmt.Sprintf("Memory is enough for %d of %d threads.", workers, s.pool.Workers()))
	}
	return answer(protocol.Open, job, out)
}

// external finds the file that a tensor's data lies in: by its path, or by its name alone, since a
// drop may have lost the folders.
func external(names []string, parts []js.Value) func(location string) ([]byte, error) {
	return func(location string) ([]byte, error) {
		fits := func(same func(name string) bool) int { return slices.IndexFunc(names, same) }
		i := fits(func(n string) bool { return n == location || strings.HasSuffix(n, "/"+location) })
		if i < 0 {
			i = fits(func(n string) bool { return path.Base(n) == path.Base(location) })
		}
		if i < 0 {
			return nil, fmt.Errorf("the model keeps data in the file %q, which is not here: drop it together with the model", location)
		}
		return read(parts[i])
	}
}
