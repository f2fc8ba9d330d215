package protocol

import "github.com/quantscope/quantscope/quant/scheme"

// Quantizer is one fake-quantizer of a finished run, for looking at.
type Quantizer struct {
	Name   string         `json:"name"`  // MQBench's: "conv1.weight_fake_quant"
	Layer  string         `json:"layer"` // node that owns the weight, or that asked for its input to be quantized
	Weight bool           `json:"weight"`
	Scheme scheme.QScheme `json:"scheme"`
	Params scheme.QParams `json:"params"`
}
