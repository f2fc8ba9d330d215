package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// PreviewBody asks how a few items look to the network with these settings.
type PreviewBody struct {
	Recipe recipe.Recipe `json:"recipe"`
}

// Preview are a few items as the network takes them, with what its float self answers.
type Preview struct {
	Inputs []inspect.Input `json:"inputs"`
}

// DetailBody asks for the numbers of a layer of a finished run. The qparams come with the question: the
// core may have been started again since.
type DetailBody struct {
	Recipe recipe.Recipe   `json:"recipe"`
	Run    int             `json:"run"`   // number of the Run, which the core may still have
	Layer  int             `json:"layer"` // its place in the network, as in the report
	Weight *scheme.QParams `json:"weight,omitempty"`
	Input  *scheme.QParams `json:"input,omitempty"`
}

// Detail are the numbers of a layer. It comes twice: first without Input, which takes longer.
type Detail struct {
	Weight *inspect.Weight     `json:"weight,omitempty"`
	Tensor string              `json:"tensor,omitempty"` // that the layer takes
	Input  *inspect.Activation `json:"input,omitempty"`  // in float, on evaluation items
	Done   bool                `json:"done"`
}

// Placed says which quantizers a layer has, as indices into Result.Quantizers; -1 for none.
type Placed struct {
	Weight int `json:"weight"`
	Input  int `json:"input"`
}
