package sweep

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"sync"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/quant/onnx"
)

const (
	maxText    = input.MaxText
	manifest   = ".manifest"
	maxEntries = 10_000_000 // of a manifest; a line has ten bytes at least
	maxLinks   = 1 << 30    // bytes of a manifest
)

// Opener opens what plans and rows name, and keeps what it opened last: rows of one model follow each other. It may be
// used by several goroutines.
type Opener struct {
	Remote Remote // where links lead

	mu      sync.Mutex
	network Network
	model   *quant.Model
	data    Data
	set     *dataset.Dataset
}

// Plan opens a plan and gives its rows.
func (o *Opener) Plan(ctx context.Context, file string) ([]Row, error) {
	doc, err := input.Read(file, maxPlan)
	if err != nil {
		return nil, err
	}
	base, err := filepath.Abs(filepath.Dir(file)) // workers may be started elsewhere
	if err != nil {
		return nil, err
	}
	p, err := Parse(doc, base)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	rows, err := Rows(ctx, p, base, o)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s: %w", file, err)
	}
	return rows, err
}

// Model opens a network.
func (o *Opener) Model(ctx context.Context, n Network) (*quant.Model, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.model != nil && o.network.Path == n.Path && reflect.DeepEqual(o.network.Shapes, n.Shapes) {
		return o.model, nil
	}
	o.model = nil // before memory for another is taken
	b, err := o.read(ctx, n.Path, input.MaxModel)
	if err != nil {
		return nil, err
	}
	beside := func(location string) ([]byte, error) {
		if !filepath.IsLocal(filepath.FromSlash(location)) {
			return nil, errors.New("it lies outside the model's folder and is not read")
		}
		return o.read(ctx, n.Path[:strings.LastIndexByte(n.Path, '/')+1]+location, input.MaxModel)
	}
	if !remote(n.Path) {
		beside = input.Beside(n.Path)
	}
	m, err := quant.ImportShaped(path.Base(filepath.ToSlash(n.Path)), b, onnx.Options{Shapes: n.Shapes, Files: beside})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", n.Path, err)
	}
	o.network, o.model = n, m
	return m, nil
}

// Dataset opens data.
func (o *Opener) Dataset(ctx context.Context, d Data) (*dataset.Dataset, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.set != nil && reflect.DeepEqual(o.data, d) {
		return o.set, nil
	}
	var files []dataset.File
	for _, at := range d.Data {
		var more []dataset.File
		var err error
		switch {
		case strings.HasSuffix(at, manifest):
			more, err = o.openManifest(ctx, at)
		case remote(at):
			more = make([]dataset.File, 1)
			more[0], err = o.Remote.file(ctx, at, path.Base(at))
		default:
			more, err = input.Collect(at)
		}
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	set, err := dataset.Open(files, d.Labels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(d.Data, ", "), err)
	}
	o.data, o.set = d, set
	return set, nil
}

// read gives the bytes of a path or of what a link leads to.
func (o *Opener) read(ctx context.Context, at string, most int64) ([]byte, error) {
	if remote(at) {
		local, err := o.Remote.fetch(ctx, at)
		if err != nil {
			return nil, err
		}
		at = local
	}
	return input.Read(at, most)
}
