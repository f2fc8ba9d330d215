package export

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// clipCodes is ONNX's Clip on codes.
type clipCodes struct {
	lo, hi int32
	dtype  graph.DType
}

// Type is the ONNX operator name.
func (clipCodes) Type() string { return "Clip" }

// Infer gives the type and the shape of the input.
func (clipCodes) Infer(in []graph.Value) ([]graph.Value, error) {
	return []graph.Value{{DType: in[0].DType, Shape: in[0].Shape}}, nil
}

// Encode writes the bounds as codes too.
func (c clipCodes) Encode(w *onnx.Writer, n graph.Node) error {
	bound := func(role string, v int32) string {
		return w.Const(n, role, &graph.Tensor{DType: c.dtype, Shape: []int{}, I: []int64{int64(v)}})
	}
	w.Plain(n, "Clip", []string{bound("min", c.lo), bound("max", c.hi)})
	return nil
}

// padCodes is ONNX's Pad on codes.
type padCodes struct {
	graph.Pad
	code  int32
	dtype graph.DType
}

// Infer gives the type of the input and the shape with what is added.
func (p padCodes) Infer(in []graph.Value) ([]graph.Value, error) {
	out, err := p.Pad.Infer([]graph.Value{{DType: graph.Float32, Shape: in[0].Shape}})
	if err == nil {
		out[0].DType = in[0].DType
	}
	return out, err
}

// Encode writes the pads of all axes and the code that is added.
func (p padCodes) Encode(w *onnx.Writer, n graph.Node) error {
	w.Plain(n, "Pad", []string{
		w.Ints(n, "pads", slices.Concat(p.Before, p.After)),
		w.Const(n, "value", &graph.Tensor{DType: p.dtype, Shape: []int{}, I: []int64{int64(p.code)}}),
	}, onnx.Text("mode", "constant"))
	return nil
}
