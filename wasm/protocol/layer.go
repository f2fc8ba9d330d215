package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Detail looks into a layer of a finished run. It has no steps and is given up as soon as a further
// request waits; it answers twice, first without the input, which takes longer.
var Detail = Endpoint[DetailRequest, LayerDetail]{"detail"}

// DetailRequest names the layer. The qparams come with it: the core may have been started again since.
type DetailRequest struct {
	Recipe recipe.Recipe   `json:"recipe"`
	Run    int             `json:"run"`   // number of the Run, which the core may still have
	Layer  int             `json:"layer"` // its place in the network, as in the report
	Weight *scheme.QParams `json:"weight,omitempty"`
	Input  *scheme.QParams `json:"input,omitempty"`
}

// LayerDetail are the numbers of a layer.
type LayerDetail struct {
	inspect.Layer
	Done bool `json:"done"` // no more will come
}
