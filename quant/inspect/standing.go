package inspect

// Standing is how a quantizer stands in a training.
type Standing struct {
	Name    string     `json:"name"`
	Weight  bool       `json:"weight"`  // of a constant
	Scale   [2]float32 `json:"scale"`   // its scale; of several the least and the greatest
	Clipped float64    `json:"clipped"` // share of the values that lie beyond its codes, of activations when an epoch last ended
	// Oscillating is the share of a weight's elements that went back to the code they came from, some steps ago at most:
	// rounding has them swing about the border of two codes (Nagel et al. 2022, arXiv:2203.11086).
	Oscillating float64 `json:"oscillating"`
}
