package protocol

// Model is what an opened network looks like before anything is done to it.
type Model struct {
	Name    string    `json:"name"`
	SHA256  string    `json:"sha256"`
	Bytes   int64     `json:"bytes"`
	Memory  int64     `json:"memory"` // bytes that quantizing it takes at most, estimated
	Params  int64     `json:"params"` // elements of float constants
	Inputs  []Port    `json:"inputs"`
	Outputs []Port    `json:"outputs"`
	Ops     []OpCount `json:"ops"` // most frequent first
	Nodes   []Node    `json:"nodes"`
	Notes   []string  `json:"notes"` // what was converted or assumed on the way in
}

// Port is an input or output. Shape is the ONNX one, 1 where the batch is free.
type Port struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	Batch bool   `json:"batch"` // the first dimension is free
}

// OpCount counts the nodes of one operator.
type OpCount struct {
	Op    string `json:"op"`
	Count int    `json:"count"`
}

// Node is one node in execution order with its first output's shape and its own constants.
type Node struct {
	Name   string `json:"name"`
	Op     string `json:"op"`
	Shape  []int  `json:"shape"`
	Params int64  `json:"params"`
}

// Data is what was found in the data files.
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
