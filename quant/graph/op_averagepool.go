package graph

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/onnx"
)

// AveragePool is the mean over windows of [N,C,H,W]. The divisor is the number of elements inside the
// input or, with IncludePad, inside the padded input; never what Ceil lets hang over beyond that.
// auto_pad is resolved into Pads. ONNX operator AveragePool, opset 7 to 19.
type AveragePool struct {
	Kernel, Strides, Dilations [2]int
	Pads                       [4]int // top, left, bottom, right
	Ceil, IncludePad           bool
}

// Type is the ONNX operator name.
func (AveragePool) Type() string { return "AveragePool" }

// Infer counts the windows.
func (p AveragePool) Infer(in []Value) ([]Value, error) {
	return inferPool(in, p.Kernel, p.Strides, p.Dilations, p.Pads, p.Ceil)
}

func decodeAveragePool(s *source) (Op, []ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	if s.line() {
		return s.lift(decodeAveragePool, 1)
	}
	w := s.window([2]int{}, s.opset >= 19)
	s.autoPad(&w)
	return s.done(AveragePool{
		Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads,
		Ceil:       s.opset >= 10 && s.flag("ceil_mode", false),
		IncludePad: s.flag("count_include_pad", false),
	}, len(s.ids))
}

// PerItem holds for the items of input 0.
func (AveragePool) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Encode writes it as the ONNX operator of the same name, which has dilations from opset 19 on.
func (p AveragePool) Encode(w *Writer, n Node) error {
	attrs := []onnx.Attr{
		onnx.Ints("kernel_shape", p.Kernel[:]...),
		onnx.Ints("strides", p.Strides[:]...),
		onnx.Ints("pads", p.Pads[:]...),
		onnx.Flag("ceil_mode", p.Ceil),
		onnx.Flag("count_include_pad", p.IncludePad),
	}
	if p.Dilations != [2]int{1, 1} {
		if w.Opset() < 19 {
			return fmt.Errorf("dilations %v need opset 19", p.Dilations)
		}
		attrs = append(attrs, onnx.Ints("dilations", p.Dilations[:]...))
	}
	w.Plain(n, "AveragePool", nil, attrs...)
	return nil
}
