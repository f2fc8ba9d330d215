package protocol

import (
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// Compare places and calibrates the quantizers of several recipes, with steps on the way.
var Compare = Endpoint[CompareRequest, Comparison]{"compare"}

// CompareRequest asks where each recipe would put quantizers and what they would be calibrated to, on the
// data settings of the first.
type CompareRequest struct {
	Recipes []recipe.Recipe `json:"recipes"`
}

// Comparison answers in the order of the recipes.
type Comparison struct {
	Calibrations []report.Calibration `json:"calibrations"`
}
