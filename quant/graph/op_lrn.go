package graph

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// LRN is local response normalization across channels: x/(Bias + Alpha/Size·sum of x² over Size channels)
// to the power of Beta, the window of channel c being c-⌊(Size-1)/2⌋ to c+⌈(Size-1)/2⌉ as far as there are
// channels. x is [N,C,…]. ONNX operator LRN.
type LRN struct {
	Size              int
	Alpha, Beta, Bias float32
}

// Type is the ONNX operator name.
func (LRN) Type() string { return "LRN" }

// Infer gives the shape of the input.
func (l LRN) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	if x := in[0]; len(x.Shape) < 2 {
		return nil, fmt.Errorf("input %q has shape %v: no channel axis", x.Name, x.Shape)
	}
	return like(in[0]), nil
}

func decodeLRN(s *source) (Op, []ValueID, error) {
	l := LRN{Size: s.number("size", 0, 1, maxWindow), Alpha: s.float("alpha", 1e-4), Beta: s.float("beta", 0.75), Bias: s.float("bias", 1)}
	if l.Size < 1 {
		s.fail(errors.New("attribute \"size\" is missing"))
	}
	return s.done(l, len(s.ids))
}

// PerItem holds for the items of input 0.
func (LRN) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Encode writes it as the ONNX operator of the same name.
func (l LRN) Encode(w *Writer, n Node) error {
	w.Plain(n, "LRN", nil,
		onnx.Int("size", l.Size),
		onnx.Real("alpha", l.Alpha),
		onnx.Real("beta", l.Beta),
		onnx.Real("bias", l.Bias),
	)
	return nil
}
