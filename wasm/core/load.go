//go:build js

package main

import (
	"fmt"
	"io"
	"math"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/quant/room"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// load opens the data files. Images are read when they are needed, one at a time.
func (s *session) load(job int, b protocol.LoadRequest, parts []js.Value) error {
	if len(parts) != len(b.Names) {
		return fmt.Errorf("%d files under %d names", len(parts), len(b.Names))
	}
	step(job, protocol.Progress{Stage: protocol.StageImport})
	s.data = nil
	files := make([]dataset.File, len(parts))
	for i, p := range parts {
		files[i] = dataset.File{
			Name: b.Names[i],
			Size: int64(p.Get("size").Float()),
			Open: func() (io.ReadCloser, error) { return newBlob(p), nil },
		}
	}
	d, err := dataset.Open(files, dataset.FromAuto)
	if err != nil {
		return err
	}
	s.data = d
	return answer(protocol.Load, job, look.Data(d))
}

// read gives all the bytes of a file.
func read(file js.Value) ([]byte, error) {
	b := newBlob(file)
	return room.Read(b, b.size, math.MaxInt64)
}
