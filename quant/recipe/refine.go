package recipe

import "fmt"

// Refine is what becomes of weights and biases besides being rounded.
type Refine struct {
	Equalize bool   `json:"equalize,omitempty"` // scale channels between layers so that weights spread alike
	Biases   string `json:"biases,omitempty"`   // take back what rounding shifts: Empirical, Analytic; empty: do not
}

// Ways to correct biases.
const (
	Empirical = "empirical" // from the outputs of layers on the calibration items
	Analytic  = "analytic"  // from the errors of weights and the means of inputs
)

func (r Refine) validate() error {
	switch r.Biases {
	case "", Empirical, Analytic:
		return nil
	}
	return fmt.Errorf("refine.biases is %q; it must be %s or %s, or be left out", r.Biases, Empirical, Analytic)
}
