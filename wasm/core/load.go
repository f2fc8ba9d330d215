//go:build js

package main

import (
	"fmt"
	"io"
	"math"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/room"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// load opens the data files. Images are read when they are needed, one at a time.
func (s *session) load(job int, b protocol.LoadBody, parts []js.Value) error {
	if len(parts) != len(b.Names) {
		return fmt.Errorf("%d files under %d names", len(parts), len(b.Names))
	}
	post(protocol.Progress, job, protocol.Step{Stage: protocol.StageImport})
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
	post(protocol.Loaded, job, describe(d))
	return nil
}

// maxClasses bounds the class names that are shown.
const maxClasses = 24

// describe is what the page shows of a dataset.
func describe(d *dataset.Dataset) protocol.Data {
	out := protocol.Data{Items: d.Len(), Source: string(d.Source), Notes: d.Notes}
	counts := map[int]int{} // class → index in out.Classes
	for i := range d.Len() {
		class := d.Label(i)
		if class < 0 {
			continue
		}
		out.Labelled++
		at, known := counts[class]
		if !known {
			at = len(counts)
			counts[class] = at
			if at < maxClasses {
				out.Classes = append(out.Classes, protocol.Class{Index: class, Name: d.Classes.Name(class)})
			}
		}
		if at < maxClasses {
			out.Classes[at].Count++
		}
	}
	out.Distinct = len(counts)
	return out
}

// read gives all the bytes of a file.
func read(file js.Value) ([]byte, error) {
	b := newBlob(file)
	return room.Read(b, b.size, math.MaxInt64)
}
