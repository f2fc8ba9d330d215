package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// Run quantizes the model and measures what it cost, with steps on the way. Part of the answer: the ONNX
// QDQ file.
var Run = Endpoint[RunRequest, Result]{"run"}

// Pause ends the training under way behind its present step, with a checkpoint. It has no answer; the run fails.
var Pause = Endpoint[PauseRequest, struct{}]{"pause"}

// PauseRequest is empty.
type PauseRequest struct{}

// RunRequest is everything the user chose. Part: a checkpoint to go on from, if there is one.
type RunRequest struct {
	Recipe recipe.Recipe `json:"recipe"`
}

// Result is a finished run.
type Result struct {
	Report     report.Report       `json:"report"`
	Receipt    receipt.Receipt     `json:"receipt"`
	Quantizers []inspect.Quantizer `json:"quantizers"`
	Placed     []inspect.Placed    `json:"placed"` // of each layer, in the order of the network
	Notes      []string            `json:"notes"`  // what was assumed or left out, one sentence each
}
