package recipe

import "fmt"

// Refine is what becomes of weights and biases besides being rounded.
type Refine struct {
	Equalize bool     `json:"equalize,omitempty"` // scale channels between layers so that weights spread alike
	Absorb   bool     `json:"absorb,omitempty"`   // then move biases to the next layer where a channel never comes down to zero
	Biases   string   `json:"biases,omitempty"`   // take back what rounding shifts: Empirical, Analytic; empty: do not
	Rounding Rounding `json:"rounding,omitzero"`  // which weights are rounded up and which down is learned on the calibration items
}

// Ways to correct biases.
const (
	Empirical = "empirical" // from the outputs of layers on the calibration items
	Analytic  = "analytic"  // from the errors of weights and the means of inputs
)

// Rounding is how the rounding of weights is learned, part by part of a network. Of numbers 0 is the default.
type Rounding struct {
	Method     string  `json:"method"`               // AdaRound, BRECQ, QDrop, GPTQ; what follows is for the first three
	Iterations int     `json:"iterations,omitempty"` // for each part
	Rate       float32 `json:"rate,omitempty"`       // at which roundings learn
	ScaleRate  float32 `json:"scaleRate,omitempty"`  // at which scales of activations learn, BRECQ and QDrop
	Weight     float32 `json:"weight,omitempty"`     // of the rounding loss
}

// Learns tells whether it takes iterations.
func (r Rounding) Learns() bool { return r.Method != "" && r.Method != GPTQ }

// Methods of Rounding.
const (
	AdaRound = "adaround" // layer by layer (Nagel et al., arXiv 2004.10568)
	BRECQ    = "brecq"    // block by block, with the scales of activations (Li et al., arXiv 2102.05426)
	QDrop    = "qdrop"    // besides, half of the activations pass without being quantized (Wei et al., arXiv 2203.05740)
	GPTQ     = "gptq"     // one weight after the other, those that follow taking up the error (Frantar et al., arXiv 2210.17323)
)

// RoundingMethods are all of them.
func RoundingMethods() []string { return []string{AdaRound, BRECQ, QDrop, GPTQ} }

// maxIterations bounds the time that a recipe may ask for.
const maxIterations = 1 << 20

// Full is r with the defaults in place of zeros. The rate is ten times MQBench's, which moves only those weights in a
// thousand iterations whose fraction is near one half; that of scales 25 times.
func (r Rounding) Full() Rounding {
	if r.Iterations == 0 {
		r.Iterations = 500
	}
	for _, d := range []struct {
		to  *float32
		def float32
	}{{&r.Rate, 1e-2}, {&r.ScaleRate, 1e-3}, {&r.Weight, 0.01}} {
		if *d.to == 0 {
			*d.to = d.def
		}
	}
	return r
}

func (r Refine) validate() error {
	switch r.Biases {
	case "", Empirical, Analytic:
	default:
		return fmt.Errorf("refine.biases is %q; it must be %s or %s, or be left out", r.Biases, Empirical, Analytic)
	}
	return r.Rounding.validate()
}

func (r Rounding) validate() error {
	if r == (Rounding{}) {
		return nil
	}
	if err := oneOf("refine.rounding.method", r.Method, RoundingMethods()); err != nil {
		return fmt.Errorf("%w, or rounding be left out", err)
	}
	if r.Iterations < 0 || r.Iterations > maxIterations {
		return fmt.Errorf("refine.rounding.iterations is %d; 1 to %d are possible, 500 is usual", r.Iterations, maxIterations)
	}
	for _, f := range []struct {
		name string
		x    float32
	}{{"rate", r.Rate}, {"scaleRate", r.ScaleRate}, {"weight", r.Weight}} {
		if !(f.x >= 0 && f.x <= 10) {
			return fmt.Errorf("refine.rounding.%s is %v; above 0 to 10 are possible, 0 is the default", f.name, f.x)
		}
	}
	return nil
}

// String is the method's name and the iterations.
func (r Rounding) String() string {
	name := map[string]string{AdaRound: "AdaRound", BRECQ: "BRECQ", QDrop: "QDrop"}[r.Method]
	if r.Method == GPTQ {
		return "GPTQ"
	}
	return fmt.Sprintf("%s, %d iterations", name, r.Full().Iterations)
}
