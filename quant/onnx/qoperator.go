package onnx

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// contrib is the domain of ONNX Runtime's own operators.
const contrib = "com.microsoft"

// codeNumbers are the scale and the zero point of a value of codes that a node makes, None where it has no
// zero point.
type codeNumbers struct{ scale, zero graph.ValueID }

// dequantized gives the floats of codes at input i, whose scale and zero point follow it. Several scales
// lie along axis.
func (s *source) dequantized(i, axis int) (graph.ValueID, error) {
	if !graph.Present(s.in, i) || !graph.Present(s.in, i+1) {
		return graph.None, fmt.Errorf("input %d needs a tensor of codes and its scale", i)
	}
	if graph.Len(s.in[i+1].Shape) == 1 {
		axis = 0
	}
	in := []graph.ValueID{s.ids[i], s.ids[i+1]}
	if graph.Present(s.in, i+2) {
		in = append(in, s.ids[i+2])
	}
	return s.emit("dequantize", graph.DequantizeLinear{Axis: axis}, in...)
}

// bias gives the floats of an int32 bias at input i, the scale of which is factor times those of the codes
// before it.
func (s *source) bias(i, xScale, wScale int, factor float32) (graph.ValueID, error) {
	x, w := s.constant(xScale, "the scale"), s.constant(wScale, "the scale")
	if s.err != nil {
		return graph.None, s.err
	}
	if len(x.F) != 1 || len(w.F) == 0 {
		return graph.None, fmt.Errorf("scales of shape %v and %v do not make that of a bias", x.Shape, w.Shape)
	}
	t := &graph.Tensor{DType: graph.Float32, F: make([]float32, len(w.F))}
	if len(w.F) > 1 {
		t.Shape = []int{len(w.F)}
	}
	for c, v := range w.F {
		t.F[c] = float32(x.F[0]*v) * factor
	}
	return s.emit("dequantize", graph.DequantizeLinear{}, s.ids[i], s.b.Const(s.name+"_bias_scale", t))
}

// inFloat makes the node of floats that an operator on codes stands for, under the node's own name. Its
// attributes are the node's.
func (s *source) inFloat(decode decodeFunc, inputs ...graph.ValueID) (graph.ValueID, error) {
	f := *s
	f.ids, f.in = inputs, make([]graph.Value, len(inputs))
	for i, v := range inputs {
		if v != graph.None {
			f.in[i] = s.b.Graph.Values[v]
		}
	}
	op, ids, err := decode(&f)
	if err != nil {
		return graph.None, err
	}
	out, err := s.b.apply(op, s.name, ids, []string{s.b.Name(s.name + "_float")})
	if err != nil {
		return graph.None, err
	}
	s.name = s.b.NodeName(s.name + "_quantize")
	return out[0], nil
}

// quantizes ends a decoder: the floats y become codes by the scale at input i and the zero point behind it.
func (s *source) quantizes(y graph.ValueID, i int) (graph.Op, []graph.ValueID, error) {
	if !graph.Present(s.in, i) {
		return nil, nil, errors.New("the scale of the output is missing")
	}
	op, in := graph.QuantizeLinear{To: graph.Uint8}, []graph.ValueID{y, s.ids[i]}
	if graph.Present(s.in, i+1) {
		op.To, in = s.in[i+1].DType, append(in, s.ids[i+1])
	}
	return op, in, nil
}

// onCodes decodes an operator of n quantized inputs, each with scale and zero point, and behind them those
// of the output.
func onCodes(n int, decode decodeFunc) decodeFunc {
	return func(s *source) (graph.Op, []graph.ValueID, error) {
		var floats []graph.ValueID
		for i := range n {
			x, err := s.dequantized(3*i, 0)
			if err != nil {
				return nil, nil, err
			}
			floats = append(floats, x)
		}
		if s.flag("channels_last", false) {
			return nil, nil, errors.New("channels_last is not supported: channels are the second axis")
		}
		y, err := s.inFloat(decode, floats...)
		if err != nil {
			return nil, nil, err
		}
		return s.quantizes(y, 3*n)
	}
}

// decodeQLinearConcat reads the output's scale and zero point first, then three inputs for each part.
func decodeQLinearConcat(s *source) (graph.Op, []graph.ValueID, error) {
	var floats []graph.ValueID
	for i := 2; i < len(s.ids); i += 3 {
		x, err := s.dequantized(i, 0)
		if err != nil {
			return nil, nil, err
		}
		floats = append(floats, x)
	}
	y, err := s.inFloat(decodeConcat, floats...)
	if err != nil {
		return nil, nil, err
	}
	return s.quantizes(y, 0)
}

func decodeQLinearConv(s *source) (graph.Op, []graph.ValueID, error) {
	x, err := s.dequantized(0, 0)
	if err != nil {
		return nil, nil, err
	}
	w, err := s.dequantized(3, 0)
	if err != nil {
		return nil, nil, err
	}
	in := []graph.ValueID{x, w}
	if graph.Present(s.in, 8) {
		b, err := s.bias(8, 1, 4, 1)
		if err != nil {
			return nil, nil, err
		}
		in = append(in, b)
	}
	y, err := s.inFloat(decodeConv, in...)
	if err != nil {
		return nil, nil, err
	}
	return s.quantizes(y, 6)
}

// decodeQGemm reads ONNX Runtime's QGemm, of which the output is float where no scale is given for it.
func decodeQGemm(s *source) (graph.Op, []graph.ValueID, error) {
	axis := 1
	if s.flag("transB", false) {
		axis = 0
	}
	x, err := s.dequantized(0, 0)
	if err != nil {
		return nil, nil, err
	}
	w, err := s.dequantized(3, axis)
	if err != nil {
		return nil, nil, err
	}
	in := []graph.ValueID{x, w}
	if graph.Present(s.in, 6) {
		b, err := s.bias(6, 1, 4, s.float("alpha", 1))
		if err != nil {
			return nil, nil, err
		}
		in = append(in, b)
	}
	if !graph.Present(s.in, 7) {
		op := graph.Gemm{Alpha: s.float("alpha", 1), Beta: 1, TransA: s.flag("transA", false), TransB: s.flag("transB", false)}
		return op, in, s.err
	}
	y, err := s.inFloat(decodeGemm, in...)
	if err != nil {
		return nil, nil, err
	}
	return s.quantizes(y, 7)
}

// movers are operators that only move codes, or choose among them: on floats they do the same.
var movers = [...]string{
	"Clip", "Concat", "DepthToSpace", "Dropout", "Expand", "Flatten", "Gather", "MaxPool", "Pad", "Reshape", "Slice", "SpaceToDepth",
	"Split", "Squeeze", "Transpose", "Unsqueeze",
}

// onFloats gives an operator that moves codes the floats they stand for. What comes out is to become codes
// again, by quantize; it is nil where nothing is of codes.
func (s *source) onFloats() (quantize func(float graph.ValueID, output string) (graph.ValueID, error), err error) {
	at := slices.IndexFunc(s.ids, func(v graph.ValueID) bool { _, ok := s.b.codes[v]; return ok })
	if at < 0 || !slices.Contains(movers[:], s.node.OpType) {
		return nil, nil
	}
	q, t := s.b.codes[s.ids[at]], s.in[at].DType
	with := func(v graph.ValueID) []graph.ValueID {
		if q.zero == graph.None {
			return []graph.ValueID{v, q.scale}
		}
		return []graph.ValueID{v, q.scale, q.zero}
	}
	if s.node.OpType == "Pad" && !graph.Present(s.in, 2) && s.opset >= 11 {
		// Code 0 is what is added, which is no 0 of the floats.
		for len(s.ids) < 3 {
			s.ids, s.in = append(s.ids, graph.None), append(s.in, graph.Value{})
		}
		s.ids[2] = s.b.Const(s.name+"_value", &graph.Tensor{DType: t, Shape: []int{}, I: []int64{0}})
		s.in[2] = s.b.Graph.Values[s.ids[2]]
	}
	for i, v := range s.ids {
		if v == graph.None || s.in[i].DType != t {
			continue
		}
		if other, ok := s.b.codes[v]; ok && !s.b.alike(other, q) || !ok && s.in[i].Const == nil {
			return nil, fmt.Errorf("input %q has codes that mean something else than those of %q", s.in[i].Name, s.in[at].Name)
		}
		if s.ids[i], err = s.emit("dequantize", graph.DequantizeLinear{}, with(v)...); err != nil {
			return nil, err
		}
		s.in[i] = s.b.Graph.Values[s.ids[i]]
	}
	return func(float graph.ValueID, output string) (graph.ValueID, error) {
		ids, err := s.b.apply(graph.QuantizeLinear{To: t}, s.b.NodeName(s.name+"_quantize"), with(float), []string{output})
		if err != nil {
			return graph.None, err
		}
		return ids[0], nil
	}, nil
}

// alike tells whether two values' codes mean the same.
func (b *importer) alike(p, q codeNumbers) bool {
	same := func(x, y graph.ValueID, of func(*graph.Tensor) float64) bool {
		if x == y {
			return true
		}
		if x == graph.None || y == graph.None {
			return false
		}
		s, t := b.Graph.Values[x].Const, b.Graph.Values[y].Const
		return s != nil && t != nil && of(s) == of(t)
	}
	return same(p.scale, q.scale, func(t *graph.Tensor) float64 { return float64(t.F[0]) }) &&
		same(p.zero, q.zero, func(t *graph.Tensor) float64 { t.Widen(); return float64(t.I[0]) })
}
