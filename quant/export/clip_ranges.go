package export

import (
	"context"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// clipRanges writes the pair of files that MQBench gives to engines which quantize themselves:
// <name>_deploy_model.onnx and <name>_clip_ranges.json.
func clipRanges(ctx context.Context, c *calibrate.Calibrated, name string, ranges func(g *graph.Graph) object) ([]File, []string, error) {
	g := deployed(c)
	model, notes, err := deployFile(ctx, name+"_deploy_model.onnx", c, g)
	if err != nil {
		return nil, nil, err
	}
	o := ranges(g)
	doc := o.document()
	if err := sameDocument(doc, o); err != nil {
		return nil, nil, fmt.Errorf("the ranges do not read back: %w", err)
	}
	return []File{model, {name + "_clip_ranges.json", doc}}, notes, nil
}

// writeTensorRT gives {"tensorrt": {"blob_range": {tensor: s·max(−n, p)}}}.
func writeTensorRT(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := firstOf(plain(c), symmetric(c)); err != nil {
		return nil, nil, err
	}
	return clipRanges(ctx, c, name, func(g *graph.Graph) object {
		var blobs object
		for _, r := range activationRanges(c, g) {
			blobs = append(blobs, member{r.name, bound(r.params)})
		}
		return object{{"tensorrt", object{{"blob_range", blobs}}}}
	})
}

// bound is s·max(−n, p), the magnitude that a symmetric range covers.
func bound(p scheme.QParams) float32 {
	if !p.Grid.Whole() {
		_, hi := p.Reach(0)
		return hi
	}
	return p.Scale[0] * float32(max(-p.QMin, p.QMax))
}

// writeSNPE gives {"activation_encodings": {tensor: [{bitwidth, min, max}]}, "param_encodings": {}}:
// SNPE finds the ranges of weights itself.
func writeSNPE(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := plain(c); err != nil {
		return nil, nil, err
	}
	return clipRanges(ctx, c, name, func(g *graph.Graph) object {
		var encodings object
		for _, r := range activationRanges(c, g) {
			lo, hi := r.params.Reach(0)
			encodings = append(encodings, member{r.name, []object{{{"bitwidth", bitwidth(r.params)}, {"min", lo}, {"max", hi}}}})
		}
		return object{{"activation_encodings", encodings}, {"param_encodings", object{}}}
	})
}

// writePPL gives {"ppl": {tensor: {step, zero_point, min, max, bit, type: "biased"}}} for weights too,
// whose numbers are lists where they have a scale for each channel.
func writePPL(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := plain(c); err != nil {
		return nil, nil, err
	}
	return clipRanges(ctx, c, name, func(g *graph.Graph) object {
		var tensors object
		for _, r := range activationRanges(c, g) {
			tensors = append(tensors, member{r.name, biased(r.params)})
		}
		for i, q := range c.Quantizers {
			if q.Weight {
				tensors = append(tensors, member{g.Values[q.Value].Name, biased(c.Params[i])})
			}
		}
		return object{{"ppl", tensors}}
	})
}

func biased(p scheme.QParams) object {
	rest := object{{"bit", bitwidth(p)}, {"type", "biased"}}
	if p.Axis < 0 {
		lo, hi := p.Reach(0)
		return append(object{{"step", p.Scale[0]}, {"zero_point", p.ZeroPoint[0]}, {"min", lo}, {"max", hi}}, rest...)
	}
	lo, hi := make([]float32, len(p.Scale)), make([]float32, len(p.Scale))
	for ch := range lo {
		lo[ch], hi[ch] = p.Reach(ch)
	}
	return append(object{{"step", p.Scale}, {"zero_point", p.ZeroPoint}, {"min", lo}, {"max", hi}}, rest...)
}

// writeVitis gives {"vitis": {tensor: {scale}}} for weights and biases too. The DPU scales by shifting.
func writeVitis(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := firstOf(plain(c), symmetric(c), perTensor(c), powersOfTwo(c)); err != nil {
		return nil, nil, err
	}
	return clipRanges(ctx, c, name, func(g *graph.Graph) object {
		var tensors object
		for _, r := range activationRanges(c, g) {
			tensors = append(tensors, member{r.name, object{{"scale", r.params.Scale[0]}}})
		}
		for i, q := range c.Quantizers {
			if q.Weight {
				tensors = append(tensors, member{g.Values[q.Value].Name, object{{"scale", c.Params[i].Scale[0]}}})
			}
		}
		return object{{"vitis", tensors}}
	})
}

// powersOfTwo tells whether all scales are.
func powersOfTwo(c *calibrate.Calibrated) error {
	for i, q := range c.Quantizers {
		for _, s := range c.Params[i].Scale {
			if f, _ := math.Frexp(float64(s)); f != 0.5 {
				return refuse("%s has scale %g, where the format takes powers of two", q.Name, s)
			}
		}
	}
	return nil
}

// firstOf is the first error there is.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
