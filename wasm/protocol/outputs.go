package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Outputs sets the answers of the last Run's network beside those of the float one. It has no steps and is given
// up as soon as a further request waits. Parts of the answer: the pictures, BMP, of the pairs that are some.
var Outputs = Endpoint[OutputsRequest, inspect.Outputs]{"outputs"}

// OutputsRequest names the result.
type OutputsRequest struct {
	Run    int           `json:"run"`
	Recipe recipe.Recipe `json:"recipe"`
}
