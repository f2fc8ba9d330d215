package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Mix finds out which bits each layer should have within budgets of all sizes, with steps on the way.
var Mix = Endpoint[MixRequest, inspect.Mixed]{"mix"}

// MixRequest is the recipe whose bits are chosen, and of what there is a budget.
type MixRequest struct {
	Recipe     recipe.Recipe `json:"recipe"`
	Operations bool          `json:"operations"` // on bits; else bytes of parameters
}
