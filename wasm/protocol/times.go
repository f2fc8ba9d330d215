package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Times measures how long the nodes of the last Run's network take. It has no steps and is given up as soon as a
// further request waits.
var Times = Endpoint[TimesRequest, inspect.Times]{"times"}

// TimesRequest names the result.
type TimesRequest struct {
	Run    int           `json:"run"`
	Recipe recipe.Recipe `json:"recipe"`
}
