package inspect

// Mixed is which bits the layers of a network should have within budgets of all sizes.
type Mixed struct {
	Operations bool     `json:"operations"`      // sizes are bit operations, weights and activations get the same; else bytes, and weights get them
	Layers     []string `json:"layers"`          // with weights, in the order of the network
	Choices    []Mix    `json:"choices"`         // best ones for their sizes by what was measured of single layers, the smallest first
	Tried      []Mix    `json:"tried"`           // those of them, and in between, whose outcome was measured
	Notes      []string `json:"notes,omitempty"` // what is to be known of the data
}

// Mix is bits for each layer. Bits of recipe.FloatBits are float.
type Mix struct {
	Bits      []int    `json:"bits"` // by layer
	Size      int64    `json:"size"`
	Predicted float64  `json:"predicted"` // SQNR of the answers, dB: the noise of all layers added up
	Measured  *float64 `json:"measured,omitempty"`
	Agree     int      `json:"agree,omitempty"` // items with the float network's answer
	Items     int      `json:"items,omitempty"` // where measured
}
