package quant

import (
	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/onnx"
)

// Operator is one that an ONNX file may use.
type Operator struct {
	Name string `json:"name"`
	Runs Way    `json:"runs"`
}

// Way is how an operator runs.
type Way string

// The ways.
const (
	OnIntegers Way = "integers" // where its inputs and output are quantized; on floats otherwise
	OnFloats   Way = "floats"
	AsOthers   Way = "others" // spelled out in other operators, folded into a neighbour or computed when the file is read
)

// Operators lists the operators of ONNX that networks are read with, in order, from the tables of reader and engine.
func Operators() []Operator {
	forms := lower.Forms()
	var out []Operator
	for _, name := range onnx.Supported() {
		o := Operator{name, AsOthers}
		switch integers, runs := forms[name]; {
		case runs && integers != plan.NoIntegers:
			o.Runs = OnIntegers
		case runs:
			o.Runs = OnFloats
		}
		out = append(out, o)
	}
	return out
}
