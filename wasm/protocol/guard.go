package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Guard finds out whether images come to the float network as it was trained, with steps on the way. It is given up as
// soon as a further request waits.
var Guard = Endpoint[GuardRequest, inspect.Guard]{"guard"}

// GuardRequest is the recipe whose preprocessing and class offset are doubted.
type GuardRequest struct {
	Recipe recipe.Recipe `json:"recipe"`
}
