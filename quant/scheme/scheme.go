// Package scheme is the arithmetic of uniform quantization (spec §1): which integers a scheme uses,
// how a range becomes scale and zero point, and how a number is fake-quantized. All in float32, each
// operation rounded on its own.
package scheme

import "slices"

// QScheme says which integers stand for real numbers.
type QScheme struct {
	Bits       int  `json:"bits"`       // 2 to 16
	Symmetric  bool `json:"symmetric"`  // zero point 0, signed integers
	PerChannel bool `json:"perChannel"` // one scale for each output channel
	Narrow     bool `json:"narrow"`     // symmetric only: leave out the lowest code, [-127, 127] (MQBench's symmetric_range)
	PoT        bool `json:"pot"`        // scales are powers of two

	// Block is for weights that have a scale for each output channel: so many of its inputs, with all places of a
	// kernel, have one, the last of them fewer where it does not divide their number. 0: all inputs have one.
	Block int `json:"block,omitempty"`

	// Codes are the integers' kind where it is not the usual one: signed integers with a zero point, or
	// unsigned ones whose zero point is the middle, 2^(b−1).
	Codes Codes `json:"codes,omitempty"`
}

// Codes is a kind of integer.
type Codes string

// The kinds of integers.
const (
	Usual    Codes = ""         // signed if symmetric, else unsigned
	Signed   Codes = "signed"   // −2^(b−1) … 2^(b−1)−1
	Unsigned Codes = "unsigned" // 0 … 2^b−1
	Upper    Codes = "upper"    // [Q] 0 … 2^b−1 at the scale and the zero point 0 of signed ones, of which half are of no use: MQBench's for OpenVINO
)

// Rule is how x becomes an integer: PyTorch and MQBench multiply by the float32 reciprocal of the
// scale, ONNX divides by the scale. They differ next to ties.
type Rule string

// The two rules.
const (
	PyTorch Rule = "pytorch" // q = clamp(rhe(x·(1/s)) + z)
	ONNX    Rule = "onnx"    // q = clamp(rhe(x/s) + z)
)

// QParams are the numbers of a quantizer once calibrated. One scale and zero point for a tensor, or
// one for each index along Axis.
type QParams struct {
	Scale     []float32 `json:"scale"`
	ZeroPoint []int32   `json:"zeroPoint"`
	QMin      int32     `json:"quantMin"`
	QMax      int32     `json:"quantMax"`
	Axis      int       `json:"axis"` // -1 for one scale for the tensor
	Grid      Grid      `json:"grid,omitempty"`

	// Block indices of axis Along have one scale for each index along Axis, whose scales are next to each other; 0: all.
	Block int `json:"block,omitempty"`
	Along int `json:"along,omitempty"`
}

// Scales is how many scales there are for a tensor of this shape.
func (p QParams) Scales(shape []int) int {
	if p.Axis < 0 {
		return 1
	}
	return shape[p.Axis] * p.Blocks(shape)
}

// Blocks is how many scales an index along Axis has.
func (p QParams) Blocks(shape []int) int {
	if p.Block == 0 {
		return 1
	}
	return (shape[p.Along] + p.Block - 1) / p.Block
}

// Zeros are the zero points as floats.
func (p QParams) Zeros() []float32 {
	zeros := make([]float32, len(p.ZeroPoint))
	for i, z := range p.ZeroPoint {
		zeros[i] = float32(z)
	}
	return zeros
}

// Equal tells whether two quantizers have the same numbers.
func (p QParams) Equal(q QParams) bool {
	return p.QMin == q.QMin && p.QMax == q.QMax && p.Axis == q.Axis && p.Block == q.Block && p.Along == q.Along && p.Grid == q.Grid &&
		slices.Equal(p.Scale, q.Scale) && slices.Equal(p.ZeroPoint, q.ZeroPoint)
}
