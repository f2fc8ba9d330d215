package graph

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/onnx"
)

// QuantizeLinear is saturate(round(x/scale) + zero_point), half to even. Inputs x, scale, optional
// zero_point; scale has one element or, along Axis, one per channel. The output has type To. ONNX
// operator QuantizeLinear, opset 10 to 21; blocked quantization is refused.
type QuantizeLinear struct {
	Axis int // not negative; no meaning where scale has one element
	To   DType
}

// Type is the ONNX operator name.
func (QuantizeLinear) Type() string { return "QuantizeLinear" }

// Infer gives the shape of x.
func (q QuantizeLinear) Infer(in []Value) ([]Value, error) {
	if err := inferScale(in, q.Axis, Float32, q.To); err != nil {
		return nil, err
	}
	return one(q.To, in[0].Shape...), nil
}

func decodeQuantizeLinear(s *source) (Op, []ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	q := QuantizeLinear{Axis: s.scaleAxis(), To: Uint8}
	t := onnx.DataType(0)
	if s.opset >= 21 {
		t = onnx.DataType(s.number("output_dtype", 0, 0, math.MaxInt32))
	}
	if t != 0 {
		q.To, _ = dtypeOf(t)
	} else if present(s.in, 2) {
		q.To = s.in[2].DType
	}
	switch q.To {
	case Int8, Uint8, Int16, Uint16:
	default:
		if s.err == nil {
			s.fail(fmt.Errorf("quantizing to %v is not supported: int8, uint8, int16 and uint16 are", q.To))
		}
	}
	if s.opset >= 19 {
		s.flag("saturate", true) // of float8
	}
	if p := onnx.DataType(s.number("precision", 0, 0, math.MaxInt32)); p != onnx.Undefined && p != onnx.Float {
		s.fail(fmt.Errorf("precision %v is not supported: FLOAT is", p))
	}
	return s.done(q, len(s.ids))
}

// scaleAxis decodes axis and block_size of QuantizeLinear and DequantizeLinear; 0 where scale has one
// element, because axis has no meaning there.
func (s *source) scaleAxis() int {
	axis := int64(1)
	if s.opset >= 13 {
		if a := s.attr("axis", onnx.AttrInt); a != nil {
			axis = a.I
		}
	}
	if s.opset >= 21 && s.number("block_size", 0, 0, math.MaxInt32) != 0 {
		s.fail(errors.New("blocked quantization (block_size) is not supported"))
	}
	if n, _ := product(s.in[1].Shape); n == 1 {
		return 0
	}
	a, err := axisOf(axis, len(s.in[0].Shape))
	if err != nil {
		s.fail(err)
	}
	return a
}

// Fold quantizes; what is not a number becomes the zero point.
func (q QuantizeLinear) Fold(in []*Tensor) ([]*Tensor, error) {
	x, lo, hi := in[0], float32(q.To.min()), float32(q.To.max())
	out := &Tensor{DType: q.To, Shape: x.Shape, I: make([]int64, len(x.F))}
	at := channel(x.Shape, q.Axis, len(in[1].F))
	for i, v := range x.F {
		c := at(i)
		zero := float32(0)
		if len(in) > 2 && in[2] != nil {
			zero = float32(in[2].I[c])
		}
		r := float32(math.RoundToEven(float64(v/in[1].F[c]))) + zero
		if r != r {
			r = zero
		}
		out.I[i] = int64(min(max(r, lo), hi))
	}
	return []*Tensor{out}, nil
}

// channel maps an element's index to its index along axis, or to 0 where there is one scale.
func channel(shape []int, axis, scales int) func(i int) int {
	if scales == 1 {
		return func(int) int { return 0 }
	}
	inner, n := Len(shape[axis+1:]), shape[axis]
	return func(i int) int { return i / inner % n }
}

// PerItem holds where there is one scale.
func (QuantizeLinear) PerItem(in []Value, carry []bool) bool {
	return alone(carry) && Len(in[1].Shape) == 1
}

// Encode writes it as the ONNX operator of the same name; 16 bits need opset 21.
func (q QuantizeLinear) Encode(w *Writer, n Node) error {
	if (q.To == Int16 || q.To == Uint16) && w.Opset() < 21 {
		return fmt.Errorf("type %v needs opset 21", q.To)
	}
	var attrs []onnx.Attr
	scale := w.Value(n.Inputs[1]).Shape
	if Len(scale) != 1 {
		attrs = append(attrs, onnx.Int("axis", q.Axis))
	}
	var more []string
	if len(n.Inputs) < 3 && q.To != Uint8 {
		// Without a zero point the type would be uint8.
		more = []string{w.Const(n, "zero_point", &Tensor{DType: q.To, Shape: scale, I: make([]int64, Len(scale))})}
	}
	w.Plain(n, "QuantizeLinear", more, attrs...)
	return nil
}
