package onnx

import (
	"errors"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeBatchNormalization(s *source) (graph.Op, []graph.ValueID, error) {
	b := graph.BatchNormalization{Epsilon: s.float("epsilon", 1e-5)}
	s.float("momentum", 0) // of training
	if s.opset < 9 && !s.flag("spatial", true) {
		s.fail(errors.New("spatial = 0 is not supported"))
	}
	// Before opset 14 it is the outputs of training that tell.
	outputs := slices.IndexFunc(s.node.Outputs[min(1, len(s.node.Outputs)):], func(name string) bool { return name != "" })
	training := s.opset < 14 && outputs >= 0
	if training || s.opset < 7 && !s.flag("is_test", false) || s.opset >= 14 && s.flag("training_mode", false) {
		s.fail(errors.New("it is in training mode, which is not supported: export the model in evaluation mode"))
	}
	return s.done(b, len(s.ids))
}

func encodeBatchNormalization(w *Writer, n graph.Node) error {
	b := n.Op.(graph.BatchNormalization)
	w.Plain(n, "BatchNormalization", nil,
		Real("epsilon", b.Epsilon),
	)
	return nil
}
