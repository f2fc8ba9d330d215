package graph

import (
	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/onnx"
)

// HardSigmoid is max(0, min(1, Alpha·x + Beta)). ONNX operator HardSigmoid.
type HardSigmoid struct{ Alpha, Beta float32 }

// Type is the ONNX operator name.
func (HardSigmoid) Type() string { return "HardSigmoid" }

// Infer gives the shape of the input.
func (HardSigmoid) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

func decodeHardSigmoid(s *source) (Op, []ValueID, error) {
	return s.done(HardSigmoid{Alpha: s.float("alpha", 0.2), Beta: s.float("beta", 0.5)}, len(s.ids))
}

// Twin is the scalar twin of its kernel.
func (h HardSigmoid) Twin() ref.Post { return ref.HardSigmoidPost(h.Alpha, h.Beta) }

// Encode writes it as the ONNX operator of the same name.
func (h HardSigmoid) Encode(w *Writer, n Node) error {
	w.Plain(n, "HardSigmoid", nil,
		onnx.Real("alpha", h.Alpha),
		onnx.Real("beta", h.Beta),
	)
	return nil
}
