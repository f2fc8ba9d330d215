package onnx

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeQuantizeLinear(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	q := graph.QuantizeLinear{Axis: s.scaleAxis(), To: graph.Uint8}
	t := DataType(0)
	if s.opset >= 21 {
		t = DataType(s.number("output_dtype", 0, 0, math.MaxInt32))
	}
	if t != 0 {
		q.To, _ = dtypeOf(t)
	} else if graph.Present(s.in, 2) {
		q.To = s.in[2].DType
	}
	switch q.To {
	case graph.Int8, graph.Uint8, graph.Int16, graph.Uint16:
	default:
		if s.err == nil {
			s.fail(fmt.Errorf("quantizing to %v is not supported: int8, uint8, int16 and uint16 are", q.To))
		}
	}
	if s.opset >= 19 {
		s.flag("saturate", true) // of float8
	}
	if p := DataType(s.number("precision", 0, 0, math.MaxInt32)); p != Undefined && p != Float {
		s.fail(fmt.Errorf("precision %v is not supported: FLOAT is", p))
	}
	return s.done(q, len(s.ids))
}

// scaleAxis decodes axis of QuantizeLinear and DequantizeLinear without blocks; 0 where scale has one element, because
// axis has no meaning there.
func (s *source) scaleAxis() int {
	axis := int64(1)
	if s.opset >= 13 {
		if a := s.attr("axis", AttrInt); a != nil {
			axis = a.I
		}
	}
	if s.opset >= 21 && s.number("block_size", 0, 0, math.MaxInt32) != 0 {
		s.fail(errors.New("activations with a scale for each block (block_size) are not supported; weights with them are"))
	}
	if n, _ := graph.Elements(s.in[1].Shape); n == 1 {
		return 0
	}
	a, err := graph.AxisOf(axis, len(s.in[0].Shape))
	if err != nil {
		s.fail(err)
	}
	return a
}

// encodeQuantizeLinear writes it as the ONNX operator of the same name; 16 bits need opset 21.
func encodeQuantizeLinear(w *Writer, n graph.Node) error {
	q := n.Op.(graph.QuantizeLinear)
	if (q.To == graph.Int16 || q.To == graph.Uint16) && w.Opset() < 21 {
		return fmt.Errorf("type %v needs opset 21", q.To)
	}
	var attrs []Attr
	scale := w.Value(n.Inputs[1]).Shape
	if graph.Len(scale) != 1 {
		attrs = append(attrs, Int("axis", q.Axis))
	}
	var more []string
	if len(n.Inputs) < 3 && q.To != graph.Uint8 {
		// Without a zero point the type would be uint8.
		more = []string{w.Const(n, "zero_point", &graph.Tensor{DType: q.To, Shape: scale, I: make([]int64, graph.Len(scale))})}
	}
	w.Plain(n, "QuantizeLinear", more, attrs...)
	return nil
}
