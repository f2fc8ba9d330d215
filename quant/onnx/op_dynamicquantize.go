package onnx

import (
	"errors"

	"github.com/quantscope/quantscope/quant/graph"
)

const noteDynamic = "Activations of this file are quantized by the range that each has while it runs (DynamicQuantizeLinear): that is computed as in the file, on floats that are codes."

// decodeDynamicQuantizeLinear computes the codes, their scale and their zero point, as floats: the scale is
// the range of x, with 0 in it, over 255.
func decodeDynamicQuantizeLinear(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	var axes []int
	for a := range s.in[0].Shape {
		axes = append(axes, a)
	}
	d := chain{s: s}
	x := s.ids[0]
	high := d.do(graph.Relu{}, d.do(graph.ReduceMax{Axes: axes}, x))
	below := d.do(graph.Relu{}, d.do(graph.Mul{}, d.do(graph.ReduceMin{Axes: axes}, x), d.number(-1)))
	// Of zeros alone the scale is next to nothing, and no quotient of it infinite.
	scale := d.do(graph.Add{}, d.do(graph.Div{}, d.do(graph.Add{}, high, below), d.number(255)), d.number(1e-37))
	codes := graph.Clip{Lo: 0, Hi: 255}
	zero := d.do(codes, d.do(graph.Round{}, d.do(graph.Div{}, below, scale)))
	y := d.do(codes, d.do(graph.Add{}, d.do(graph.Round{}, d.do(graph.Div{}, x, scale)), zero))
	if d.err != nil {
		return nil, nil, d.err
	}
	for i, v := range []graph.ValueID{y, scale, zero} {
		if i < len(s.node.Outputs) && s.node.Outputs[i] != "" {
			s.b.ids[s.node.Outputs[i]] = v
		}
	}
	s.b.dynamic = true
	return nil, []graph.ValueID{y}, nil
}

// decodeConvInteger is a convolution of codes less their zero points.
func decodeConvInteger(s *source) (graph.Op, []graph.ValueID, error) {
	x, w, err := s.centred(0)
	if err != nil {
		return nil, nil, err
	}
	s.ids, s.in = []graph.ValueID{x, w}, []graph.Value{s.b.Graph.Values[x], s.b.Graph.Values[w]}
	return decodeConv(s)
}

// decodeMatMulInteger is a product of codes less their zero points.
func decodeMatMulInteger(s *source) (graph.Op, []graph.ValueID, error) {
	rank := 0
	if len(s.in) > 1 {
		rank = len(s.in[1].Shape)
	}
	a, b, err := s.centred(rank - 1)
	return graph.MatMul{}, []graph.ValueID{a, b}, err
}

// centred are two inputs less their zero points, which are the inputs behind them; several of the second
// lie along axis.
func (s *source) centred(axis int) (a, b graph.ValueID, err error) {
	if err := s.need(2); err != nil {
		return graph.None, graph.None, err
	}
	d := chain{s: s}
	var out [2]graph.ValueID
	for i := range out {
		x, zero := s.ids[i], graph.None
		if graph.Present(s.in, i+2) {
			zero = s.ids[i+2]
		}
		switch {
		case s.in[i].DType == graph.Float32 && zero == graph.None:
			out[i] = x
		case s.in[i].DType == graph.Float32: // codes of DynamicQuantizeLinear
			out[i] = d.do(graph.Sub{}, x, zero)
		case zero == graph.None:
			out[i] = d.do(graph.DequantizeLinear{}, x, d.number(1))
		default:
			ones := &graph.Tensor{DType: graph.Float32, Shape: s.in[i+2].Shape, F: make([]float32, graph.Len(s.in[i+2].Shape))}
			for c := range ones.F {
				ones.F[c] = 1
			}
			op := graph.DequantizeLinear{}
			if len(ones.F) != 1 {
				if i == 0 {
					return graph.None, graph.None, errors.New("several zero points of the first input are not supported")
				}
				op.Axis = max(axis, 0)
			}
			out[i] = d.do(op, x, s.b.Const(s.name+"_ones", ones), zero)
		}
	}
	return out[0], out[1], d.err
}
