// Package report is what a run found out: accuracy or agreement, how much each layer lost, how many
// bytes were saved, and the digests by which another machine can check it. The types are the JSON
// that page and command line show; the numbers are collected here, in a fixed order and in
// arithmetic that is the same on every machine.
package report

import (
	"cmp"
	"slices"
)

// Report is the result of one quantization: the float network, the simulation of the quantized one by
// fake-quantizers, and the integer engine.
type Report struct {
	Model       string   `json:"model"`
	Recipe      string   `json:"recipe"` // digest
	Accuracy    Accuracy `json:"accuracy"`
	Outputs     []Output `json:"outputs,omitempty"` // how near each is; none where a class is the only one: Accuracy has it
	Size        Size     `json:"size"`
	Layers      []Layer  `json:"layers"`      // worst SQNR first
	LayerItems  int      `json:"layerItems"`  // evaluation items on which the layers were compared
	QParams     string   `json:"qparams"`     // SHA-256 of every scale and zero point, quantizer order
	Logits      string   `json:"logits"`      // SHA-256 of the fake-quantized logits, item order
	FloatLogits string   `json:"floatLogits"` // SHA-256 of the float logits, item order

	IntegerLogits string `json:"integerLogits"` // SHA-256 of the integer engine's logits, item order
	Steps         []Step `json:"steps"`         // of the integer engine, in the order of the network
	StepItems     int    `json:"stepItems"`     // evaluation items on which the steps were compared

	// NotFinite are the evaluation items on which the float network gives a NaN or an infinity. Layers, steps and
	// outputs are not compared on them; of the answers they count as wrong ones.
	NotFinite []int `json:"notFinite,omitempty"`
}

// Accuracy counts answers. Without labels only agreement with float is known.
type Accuracy struct {
	Items     int `json:"items"`     // evaluated
	Labelled  int `json:"labelled"`  // of them with a label; 0: no top-1
	Float     int `json:"float"`     // labelled items the float network has right
	Quantized int `json:"quantized"` // labelled items the fake-quantized network has right
	Agree     int `json:"agree"`     // items on which both give the same class

	Integer      int `json:"integer"`      // labelled items the integer engine has right
	IntegerAgree int `json:"integerAgree"` // items on which the integer engine and the fake-quantized network give the same class
}

// Size is bytes of parameters.
type Size struct {
	Float     int64 `json:"float"`     // every parameter as float32
	Quantized int64 `json:"quantized"` // quantized weights as integers with their scales and zero points, the rest (biases as int32) 4 bytes each
}

// Layer is one quantized layer compared with its float self on the evaluation items.
type Layer struct {
	Name       string  `json:"name"`   // of the node
	Index      int     `json:"index"`  // place in the network, counting layers from 0
	Op         string  `json:"op"`     // ONNX operator
	Module     string  `json:"module"` // float module, "ConvBnReLU2d"
	QAT        string  `json:"qat"`    // what MQBench replaces it by, "nniqat.ConvBnReLU2d"
	Shape      []int   `json:"shape"`  // of the output
	Parameters int     `json:"parameters"`
	WeightBits int     `json:"weightBits"` // 32: the weight stays float
	FloatBytes int64   `json:"floatBytes"`
	Bytes      int64   `json:"bytes"`
	SQNR       float64 `json:"sqnr"`       // dB, of the output with everything before it quantized too
	WeightSQNR float64 `json:"weightSqnr"` // dB, of the weight alone
	Cosine     float64 `json:"cosine"`     // of the output

	IntegerSQNR    float64 `json:"integerSqnr"`    // dB, of the integer engine's output, everything before it on integers too
	SimulationSQNR float64 `json:"simulationSqnr"` // dB, of the integer engine's output against the fake-quantized one
	Step           int     `json:"step"`           // index in Report.Steps of the step that computes it
}

// WorstFirst sorts layers by SQNR, equal ones in the order of the network.
func WorstFirst(layers []Layer) {
	slices.SortFunc(layers, func(a, b Layer) int {
		return cmp.Or(cmp.Compare(a.SQNR, b.SQNR), cmp.Compare(a.Index, b.Index))
	})
}
