package quant

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/receipt"
)

// ErrNotRemade is why Made cannot tell: the receipt and the model alone do not lead to the quantized network.
var ErrNotRemade = errors.New("the quantized network cannot be made again from the model and the receipt alone")

// Made tells of each file which one it is of those that a receipt's recipe makes of the receipt's model, a sentence without
// its full stop: the same bytes, or of ONNX the same network in other bytes. No data are needed, as the numbers of
// activations are the receipt's. A file that is none of them is an error. step is told how many formats have been tried.
func Made(ctx context.Context, r *receipt.Receipt, m *Model, files []export.File, step func(done, total int)) ([]string, error) {
	c, err := remake(r, m)
	if err != nil {
		return nil, err
	}
	told := make([]string, len(files))
	nearest := make([]string, len(files)) // what differs from the first form that is the same graph
	formats := inOrder(r.Recipe.Backend)
	for done, format := range formats {
		step(done, len(formats))
		for i, f := range files {
			if told[i] != "" {
				continue
			}
			// The files of a format name each other.
			made, _, err := export.Export(ctx, format, strings.TrimSuffix(filepath.Base(f.Name), filepath.Ext(f.Name)), c)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				break // a form that this network does not have
			}
			for _, own := range made {
				same, difference := alike(own, f)
				if told[i] == "" && same != "" {
					told[i] = fmt.Sprintf("%s of the %s format, which the receipt's recipe makes of the model", same, format)
				}
				if nearest[i] == "" && difference != "" {
					nearest[i] = fmt.Sprintf(": beside the %s format %s", format, difference)
				}
			}
		}
		if !slices.Contains(told, "") {
			break
		}
	}
	if i := slices.Index(told, ""); i >= 0 {
		return nil, fmt.Errorf("%s is none of the files that the receipt's recipe makes of the model%s", files[i].Name, nearest[i])
	}
	return told, nil
}

// remake gives a model the receipt's numbers.
func remake(r *receipt.Receipt, m *Model) (*calibrate.Calibrated, error) {
	if m.SHA256 != r.Model.SHA256 {
		own := &receipt.Local{}
		if err := describe(own, m); err != nil {
			return nil, err
		}
		if own.Model.Graph != r.Model.Graph || own.Model.Weights != r.Model.Weights {
			return nil, fmt.Errorf("%s is not the receipt's model: its SHA-256 is %.8s…, that of the receipt %.8s…", m.Name, m.SHA256, r.Model.SHA256)
		}
	}
	switch {
	case r.Format == receipt.Format1:
		return nil, fmt.Errorf("%w: a receipt of version 1 says nothing of activations", ErrNotRemade)
	case r.Recipe.Learns():
		return nil, fmt.Errorf("%w: its recipe changes weights or biases with the images", ErrNotRemade)
	}
	p, err := prepare.Prepare(m.ordered(r).Graph, r.Recipe)
	if err != nil {
		return nil, fmt.Errorf("the model cannot be quantized by the receipt's recipe: %w", err)
	}
	if len(r.Activations) == 0 && slices.ContainsFunc(p.Quantizers, func(q prepare.Quantizer) bool { return p.Graph.Values[q.Value].Const == nil }) {
		return nil, fmt.Errorf("%w: the receipt leaves out the numbers of activations", ErrNotRemade)
	}
	c, err := calibrate.Given(p, r.Activations)
	if err != nil {
		return nil, fmt.Errorf("the receipt's numbers are not for this network: %w", err)
	}
	return c, nil
}

// inOrder are the formats, those of a recipe's backend first.
func inOrder(engine string) []string {
	b, _ := backend.Of(engine)
	names := slices.Clone(b.Formats)
	for _, f := range export.Formats() {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// alike tells how a file is the same as one of ours, or where both are one graph what differs; nothing where they are
// different things.
func alike(own, f export.File) (same, difference string) {
	if slices.Equal(own.Bytes, f.Bytes) {
		return "byte for byte the file", ""
	}
	if filepath.Ext(own.Name) != ".onnx" {
		return "", ""
	}
	var nets [2]*evidence.Network
	for i, b := range [][]byte{own.Bytes, f.Bytes} {
		m, err := Import(f.Name, b, nil)
		if err != nil {
			return "", ""
		}
		if nets[i], err = m.Network(); err != nil {
			return "", ""
		}
	}
	a, b := nets[0], nets[1]
	if a.Graph != b.Graph || len(a.Tensors) != len(b.Tensors) {
		return "", ""
	}
	var others []string
	for i, t := range a.Tensors {
		if t != b.Tensors[i] {
			others = append(others, fmt.Sprintf("%q (%s)", b.Names[i], b.Places[i]))
		}
	}
	if len(others) == 0 {
		return "in other bytes the network", ""
	}
	return "", fmt.Sprintf("%d of its %d tensors differ, first %s", len(others), len(a.Tensors), others[0])
}
