package onnx

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeDequantizeLinear(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	if t := DataType(s.number("output_dtype", 0, 0, math.MaxInt32)); t != Undefined {
		if d, ok := dtypeOf(t); !ok || d != graph.Float32 {
			s.fail(fmt.Errorf("output_dtype %v is not supported: floating-point types are", t))
		}
	}
	block := 0
	if s.opset >= 21 {
		block = s.number("block_size", 0, 0, graph.MaxElements)
	}
	if block > 0 {
		return s.done(graph.DequantizeLinear{Axis: s.axis("axis", 1, len(s.in[0].Shape)), Block: block}, len(s.ids))
	}
	return s.done(graph.DequantizeLinear{Axis: s.scaleAxis()}, len(s.ids))
}

// encodeDequantizeLinear writes it as the ONNX operator of the same name; 16 bits and blocks need opset 21.
func encodeDequantizeLinear(w *Writer, n graph.Node) error {
	q := n.Op.(graph.DequantizeLinear)
	if q.Block > 0 && w.Opset() < 21 {
		return errors.New("blocks with a scale each need opset 21")
	}
	if t := w.Value(n.Inputs[0]).DType; (t == graph.Int16 || t == graph.Uint16) && w.Opset() < 21 {
		return fmt.Errorf("type %v needs opset 21", t)
	}
	var attrs []Attr
	if q.Block > 0 || graph.Len(w.Value(n.Inputs[1]).Shape) != 1 {
		attrs = append(attrs, Int("axis", q.Axis))
	}
	if q.Block > 0 {
		attrs = append(attrs, Int("block_size", q.Block))
	}
	w.Plain(n, "DequantizeLinear", nil, attrs...)
	return nil
}
