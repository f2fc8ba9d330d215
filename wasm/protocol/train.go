package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/report"
)

// Training is how far a run's training has come, in steps of all epochs.
type Training struct {
	Epoch  int     `json:"epoch"` // the first one is 1
	Epochs int     `json:"epochs"`
	Step   int     `json:"step"`
	Steps  int     `json:"steps"`
	Rate   float32 `json:"rate"`            // of the last step
	Speed  float64 `json:"speed,omitempty"` // steps a second, once there was one
	Memory int     `json:"memory"`          // bytes that the steps' programs take
	Losses []Loss  `json:"losses,omitempty"`
	Scores []Score `json:"scores,omitempty"`
	// Quantizers is how the quantizers stand, in the order of the network; none where it was told not long ago.
	Quantizers []inspect.Standing `json:"quantizers,omitempty"`
}

// Loss is that of a step's batch, before the step, which is the first, second and so on.
type Loss struct {
	Step int     `json:"step"`
	Loss float64 `json:"loss"`
}

// Score is what the network reaches on evaluation items after a step; after step 0 it is quantized and not trained.
type Score struct {
	Step     int             `json:"step"`
	Accuracy report.Accuracy `json:"accuracy"`
}
