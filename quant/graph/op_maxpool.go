package graph

import "github.com/quantscope/quantscope/quant/onnx"

// MaxPool is the maximum over windows of [N,C,H,W]; padding never wins. auto_pad is resolved into
// Pads. Ceil keeps a last window that hangs over the edge, if it begins inside the input or its
// leading padding. The output of indices is refused. ONNX operator MaxPool, opset 1 to 12.
type MaxPool struct {
	Kernel, Strides, Dilations [2]int
	Pads                       [4]int // top, left, bottom, right
	Ceil                       bool
}

// Type is the ONNX operator name.
func (MaxPool) Type() string { return "MaxPool" }

// Infer counts the windows.
func (p MaxPool) Infer(in []Value) ([]Value, error) {
	return inferPool(in, p.Kernel, p.Strides, p.Dilations, p.Pads, p.Ceil)
}

func decodeMaxPool(s *source) (Op, []ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	if s.line() {
		return s.lift(decodeMaxPool, 1)
	}
	w := s.window([2]int{}, s.opset >= 10)
	s.autoPad(&w)
	ceil := s.opset >= 10 && s.flag("ceil_mode", false)
	s.flag("storage_order", false) // of the indices
	return s.done(MaxPool{Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads, Ceil: ceil}, len(s.ids))
}

// PerItem holds for the items of input 0.
func (MaxPool) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Encode writes it as the ONNX operator of the same name.
func (p MaxPool) Encode(w *Writer, n Node) error {
	w.Plain(n, "MaxPool", nil,
		onnx.Ints("kernel_shape", p.Kernel[:]...),
		onnx.Ints("strides", p.Strides[:]...),
		onnx.Ints("dilations", p.Dilations[:]...),
		onnx.Ints("pads", p.Pads[:]...),
		onnx.Flag("ceil_mode", p.Ceil),
	)
	return nil
}
