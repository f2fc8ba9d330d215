package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
)

// WhatIf tries other quantizers on a layer of the last Run. It has no steps and is given up as soon as a further
// request waits; it answers first with what is known of the layer, then with what the network answers.
var WhatIf = Endpoint[WhatIfRequest, Tried]{"whatif"}

// WhatIfRequest names the layer.
type WhatIfRequest struct {
	Run    int            `json:"run"`
	Recipe recipe.Recipe  `json:"recipe"`
	Layer  int            `json:"layer"` // its place in the network, as in the report
	WhatIf inspect.WhatIf `json:"whatIf"`
}

// Tried is what is known so far.
type Tried struct {
	inspect.Tried
	Done bool `json:"done"` // no more will come
}
