package graph

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/portable"
)

// Trig is a circular or hyperbolic function of single numbers, or the inverse of one, in float64 and rounded. ONNX
// operators of these names.
type Trig uint8

// The functions.
const (
	Sin Trig = iota
	Cos
	Tan
	Asin
	Acos
	Atan
	Sinh
	Cosh
	Asinh
	Acosh
	Atanh
)

// TrigFunctions lists them.
func TrigFunctions() []Trig {
	return []Trig{Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Asinh, Acosh, Atanh}
}

// Type is the ONNX operator name.
func (t Trig) Type() string {
	if t > Atanh {
		return fmt.Sprintf("Trig(%d)", uint8(t))
	}
	return [...]string{"Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh"}[t]
}

// Infer gives the shape of the input.
func (Trig) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	return like(in[0]), nil
}

// PerItem holds.
func (Trig) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Fold computes it.
func (t Trig) Fold(in []*Tensor) ([]*Tensor, error) { return foldFloat(in[0], t.of) }

func (t Trig) of(x float64) float64 {
	switch t {
	case Sin:
		return portable.Sin(x, 0)
	case Cos:
		return portable.Sin(x, 1)
	case Tan:
		return portable.Sin(x, 0) / portable.Sin(x, 1)
	case Asin:
		return portable.Atan(x / math.Sqrt(float64((1-x)*(1+x))))
	case Acos:
		return math.Pi/2 - portable.Atan(x/math.Sqrt(float64((1-x)*(1+x))))
	case Atan:
		return portable.Atan(x)
	case Sinh:
		if math.Abs(x) < 1e-2 {
			return x + float64(float64(x*x)*x)/6*(1+float64(x*x)/20)
		}
		return (portable.Exp(x) - portable.Exp(-x)) / 2
	case Cosh:
		return (portable.Exp(x) + portable.Exp(-x)) / 2
	case Asinh:
		a := math.Abs(x)
		if a < 1e-2 {
			return x - float64(float64(x*x)*x)/6*(1-float64(float64(x*x)*9)/20)
		}
		return math.Copysign(portable.Log(a+math.Sqrt(float64(a*a)+1)), x)
	case Acosh:
		return portable.Log(x + math.Sqrt(float64((x-1)*(x+1))))
	}
	if math.Abs(x) < 1e-2 {
		return x + float64(float64(x*x)*x)/3*(1+float64(float64(x*x)*3)/5)
	}
	return portable.Log((1+x)/(1-x)) / 2
}
