package onnx

import (
	"errors"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeDropout lets the node's readers read its input, which is what it does outside of training.
func decodeDropout(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	s.float("ratio", 0)
	if s.opset < 7 {
		s.flag("is_test", false)
	}
	s.number("seed", 0, -graph.MaxElements, graph.MaxElements)
	if s.opset >= 12 {
		if t := s.constant(2, "training_mode"); t != nil && (len(t.I) != 1 || t.I[0] != 0) {
			// A functional dropout of probability 0, as in torchvision's Swin, forgets to say that it does not train.
			if ratio := s.constant(1, "ratio"); ratio == nil || len(ratio.F) != 1 || ratio.F[0] != 0 {
				s.fail(errors.New("training_mode is set: export the model in evaluation mode"))
			}
		}
	}
	return nil, s.data(1), s.err
}
