package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Adequacy finds out whether there are enough calibration items, with steps on the way.
var Adequacy = Endpoint[AdequacyRequest, inspect.Adequacy]{"adequacy"}

// AdequacyRequest is the recipe that is calibrated with parts of its items.
type AdequacyRequest struct {
	Recipe recipe.Recipe `json:"recipe"`
}
