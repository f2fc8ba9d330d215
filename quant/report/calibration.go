package report

// Calibration is where a recipe puts its quantizers in a network and what they were calibrated to: what
// backends differ in before anything is run.
type Calibration struct {
	Recipe  string   `json:"recipe"`  // its name
	Problem string   `json:"problem"` // why it cannot be; then nothing else is known
	Tensors []Tensor `json:"tensors"` // one for each quantizer, in the order of the network
	Float   []string `json:"float"`   // layers whose input or weight has no quantizer
}

// Tensor is what one quantizer does to its tensor.
type Tensor struct {
	Name     string  `json:"name"` // of an activation: its own; of a constant: its node's, and which it is
	Weight   bool    `json:"weight"`
	Scales   int     `json:"scales"` // one, or one a channel
	Low      float32 `json:"low"`    // the least number it can give, over all channels
	High     float32 `json:"high"`   // the greatest
	ZeroLow  int32   `json:"zeroLow"`
	ZeroHigh int32   `json:"zeroHigh"`
}
