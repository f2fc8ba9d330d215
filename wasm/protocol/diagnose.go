package protocol

import (
	"time"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Diagnose finds out why a result is worse than the float network, and what helps, with steps on the way. It
// answers whenever it knows more.
var Diagnose = Endpoint[DiagnoseRequest, Diagnosis]{"diagnose"}

// DiagnoseRequest names the result.
type DiagnoseRequest struct {
	Run    int           `json:"run"` // number of the Run, which the core may still have
	Recipe recipe.Recipe `json:"recipe"`
}

// Diagnosis is what is known so far.
type Diagnosis struct {
	inspect.Diagnosis
	Done bool `json:"done"` // no more will come
}

// How long a better recipe is looked for: with the run behind it, which takes what the search has found, 30 s for a network like
// mobilenetv2 and 600 images; and where roundings are learned too 5 minutes, as the run learns again, on all calibration items.
const (
	ImproveTime = 20 * time.Second
	LearnTime   = 2 * time.Minute
)

// Improve makes a recipe better step by step, with steps on the way. It answers after each step.
var Improve = Endpoint[ImproveRequest, Improvement]{"improve"}

// ImproveRequest is the recipe to start from.
type ImproveRequest struct {
	Recipe recipe.Recipe   `json:"recipe"`
	Steps  []inspect.Step  `json:"steps,omitempty"` // that led to it
	Learn  recipe.Rounding `json:"learn,omitzero"`  // that is tried too
}

// Improvement is the recipe found, and what was tried on the way.
type Improvement struct {
	Recipe  recipe.Recipe  `json:"recipe"` // the best so far
	Steps   []inspect.Step `json:"steps"`
	Items   int            `json:"items"`           // calibration items that decided
	Untried int            `json:"untried"`         // changes that the time did not allow
	Notes   []string       `json:"notes,omitempty"` // what is to be known of the data
	Done    bool           `json:"done"`            // no more will come
}
