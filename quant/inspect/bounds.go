package inspect

// Bounds is what may make a quantized network's integers others on other engines.
type Bounds struct {
	Sums []Sum `json:"sums"` // of the layers on integers, whatever the input, in the order of the network
	Ties []Tie `json:"ties"` // of the activations
}

// Sum is how far the integer sums of a layer can reach, whatever its input.
type Sum struct {
	Name       string `json:"name"`
	Terms      int    `json:"terms"`   // products of an output element
	Channel    int    `json:"channel"` // output channel whose sum reaches farthest
	Low        int64  `json:"low"`     // of that channel, bias included
	High       int64  `json:"high"`
	Bits       int    `json:"bits"`       // that a signed sum of any channel needs
	Input      []byte `json:"input"`      // codes, less the least one, that reach the farther end, in the order of the channel's weights in ONNX
	Overflow   int    `json:"overflow"`   // channels that may leave 32 bits, whose layer runs on floats for it
	Saturating int    `json:"saturating"` // pairs of neighbouring products whose sum may leave 16 bits
	SevenBits  bool   `json:"sevenBits"`  // in some order of the products a pair may: weights of 7 bits never would
}

// Tie is how much of an activation lies next to a rounding tie.
type Tie struct {
	Name    string `json:"name"`
	Numbers int64  `json:"numbers"`
	Near    int64  `json:"near"`
}
