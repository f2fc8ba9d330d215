package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Look shows a few items as the network takes them. It has no steps and is given up as soon as a further
// request waits. Parts of the answer: the pictures, BMP, of the inputs that are some.
var Look = Endpoint[LookRequest, Preview]{"preview"}

// LookRequest asks how items look with these settings.
type LookRequest struct {
	Recipe recipe.Recipe `json:"recipe"`
}

// Preview are a few items, with what the float network answers.
type Preview struct {
	Inputs []inspect.Input `json:"inputs"`
}
