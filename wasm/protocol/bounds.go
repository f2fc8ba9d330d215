package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Bounds proves how far the integer sums of a finished run can reach, and counts what lies next to a rounding tie, with
// steps on the way.
var Bounds = Endpoint[BoundsRequest, inspect.Bounds]{"bounds"}

// BoundsRequest names the result.
type BoundsRequest struct {
	Run    int           `json:"run"` // number of the Run, which the core may still have
	Recipe recipe.Recipe `json:"recipe"`
}
