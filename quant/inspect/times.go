package inspect

// Times are how long the steps of a network take on this machine, in seconds, one item on one thread: in float, and as
// the integer engine runs it quantized.
type Times struct {
	Nodes []NodeTime `json:"nodes"` // in the order of the network; those that run within another's step are left out
}

// NodeTime is the time of a node's step, with what the step does besides.
type NodeTime struct {
	Name      string  `json:"name"`
	Float     float64 `json:"float"`
	Quantized float64 `json:"quantized"`
}
