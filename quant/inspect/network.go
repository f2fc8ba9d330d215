package inspect

import "github.com/quantscope/quantscope/quant/scheme"

// Network is what an opened network looks like before anything is done to it.
type Network struct {
	Name    string    `json:"name"`
	SHA256  string    `json:"sha256"`
	Bytes   int64     `json:"bytes"`
	Params  int64     `json:"params"` // elements of float constants
	Inputs  []Port    `json:"inputs"`
	Outputs []Port    `json:"outputs"`
	Ops     []OpCount `json:"ops"`   // most frequent first
	Nodes   []Node    `json:"nodes"` // in the order in which they run
	Notes   []string  `json:"notes"` // what was converted or assumed on the way in
}

// Port is an input or output. Shape is the ONNX one, 1 where the batch is free.
type Port struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Shape []int  `json:"shape"`
	Batch bool   `json:"batch"` // the first dimension is free
}

// OpCount counts the nodes of one operator.
type OpCount struct {
	Op    string `json:"op"`
	Count int    `json:"count"`
}

// Node is one node with its first output's shape and its own constants; a constant that several nodes share
// is the first one's.
type Node struct {
	Name   string `json:"name"`
	Op     string `json:"op"`
	Shape  []int  `json:"shape"`
	Params int64  `json:"params"`
	From   []int  `json:"from,omitempty"` // nodes that make what it takes, by their places among all, each once
}

// Data is what was found in the files of a dataset.
type Data struct {
	Items    int      `json:"items"`
	Labelled int      `json:"labelled"`
	Source   string   `json:"source"`   // of the labels: folder, prefix, csv, array, none
	Distinct int      `json:"distinct"` // classes among the labels
	Classes  []Class  `json:"classes"`  // in the order of the items; the first few
	Notes    []string `json:"notes"`    // what was left out or assumed
}

// Class is one class and how many items have it.
type Class struct {
	Index int    `json:"index"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Quantizer is one fake-quantizer of a calibrated network.
type Quantizer struct {
	Name     string         `json:"name"`  // MQBench's: "conv1.weight_fake_quant"
	Layer    string         `json:"layer"` // that owns the weight, or that asked for its input to be quantized
	Weight   bool           `json:"weight"`
	Observer string         `json:"observer"`
	Scheme   scheme.QScheme `json:"scheme"`
	Params   scheme.QParams `json:"params"`
}

// Placed says which quantizers a layer has, as indices into the list of all of them; -1 for none.
type Placed struct {
	Weight int `json:"weight"`
	Input  int `json:"input"`
}

// Layer are the numbers of a layer: its weight, and how what it takes spreads in float.
type Layer struct {
	Weight *Weight     `json:"weight,omitempty"`
	Tensor string      `json:"tensor,omitempty"` // that the layer takes
	Input  *Activation `json:"input,omitempty"`  // on evaluation items
}
