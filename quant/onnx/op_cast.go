package onnx

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeCast drops a cast between floating-point types, which are all float32 here.
func decodeCast(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	t := DataType(s.number("to", 0, 0, math.MaxInt32))
	to, ok := dtypeOf(t)
	if !ok {
		s.fail(fmt.Errorf("a cast to %v is not supported", t))
	}
	if s.opset >= 19 {
		s.flag("saturate", true) // of float8
	}
	if s.opset >= 24 {
		s.text("round_mode", "") // of float8
	}
	if s.err == nil && to == graph.Float32 && s.in[0].DType == graph.Float32 {
		s.b.casts.count(t)
		return nil, s.data(1), nil
	}
	return s.done(graph.Cast{To: to}, len(s.ids))
}

func encodeCast(w *Writer, n graph.Node) error {
	w.Plain(n, "Cast", nil, Int("to", int(typeOf(n.Op.(graph.Cast).To))))
	return nil
}
