//go:build js

package main

import (
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/quant/modelfile"
	"github.com/quantscope/quantscope/quant/room"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// load opens the data files. Images are read when they are needed, one at a time.
func (s *session) load(job int, b protocol.LoadRequest, parts []js.Value) error {
	if len(parts) != len(b.Names) {
		return fmt.Errorf("%d files under %d names", len(parts), len(b.Names))
	}
	step(job, protocol.Progress{Stage: protocol.StageImport})
	files := make([]dataset.File, len(parts))
	for i, p := range parts {
		files[i] = dataset.File{
			Name: b.Names[i],
			Size: int64(p.Get("size").Float()),
			Open: func() (io.ReadCloser, error) { return newBlob(p), nil },
		}
	}
	out, model, err := packed(files)
	if err != nil {
		return err
	}
	d, err := dataset.Open(files, dataset.FromAuto)
	switch {
	case err == nil:
		d.DecodeBy(s.decode)
		s.data, s.taught, out.Data = d, nil, look.Data(d)
	case len(model) == 0:
		s.data, s.taught = nil, nil
		return err
	}
	return answer(protocol.Load, job, out, model...)
}

// packed takes the files of a model out of an archive: the model file and whatever external data its folder has.
func packed(files []dataset.File) (out protocol.Loaded, parts []js.Value, err error) {
	for _, f := range files {
		if !strings.EqualFold(path.Ext(f.Name), ".zip") {
			continue
		}
		inside, err := dataset.Unzip(f)
		if err != nil {
			continue // opening the dataset says why
		}
		i := slices.IndexFunc(inside, func(g dataset.File) bool {
			return slices.Contains(modelfile.Extensions(), strings.ToLower(path.Ext(g.Name)))
		})
		if i < 0 {
			continue
		}
		take := []dataset.File{inside[i]}
		for j, g := range inside {
			if j != i && path.Dir(g.Name) == path.Dir(inside[i].Name) && besides(g.Name) {
				take = append(take, g)
			}
		}
		for _, g := range take {
			b, err := unpacked(g)
			if err != nil {
				return out, nil, fmt.Errorf("%s: %w", g.Name, err)
			}
			out.Model, parts = append(out.Model, g.Name), append(parts, buffer(b))
		}
		return out, parts, nil
	}
	return out, nil, nil
}

// besides tells whether a file may hold a model's external data.
func besides(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".data" || ext == ".bin" || ext == ".weight" || ext == ""
}

func unpacked(f dataset.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return room.Read(r, f.Size, math.MaxInt64)
}

// read gives all the bytes of a file.
func read(file js.Value) ([]byte, error) {
	b := newBlob(file)
	return room.Read(b, b.size, math.MaxInt64)
}
