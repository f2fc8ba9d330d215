package report

// Step is some operators that the integer engine computes in one go, beside what the simulation by
// fake-quantizers makes of the same input: differences of earlier steps are not in it.
type Step struct {
	Name    string  `json:"name"`    // of its first node
	Op      string  `json:"op"`      // ONNX operator of that
	Integer bool    `json:"integer"` // computed on integers; else on floats, as the simulation does
	Why     string  `json:"why"`     // on floats, or what its integers lose; else empty
	SQNR    float64 `json:"sqnr"`    // dB, of its output against the simulation's
	Unequal float64 `json:"unequal"` // share of its output's elements that are not the simulation's
	Cause   Cause   `json:"cause"`   // of the difference
}

// Cause is why the integer engine and the simulation differ at a step.
type Cause string

// The causes. Placement makes no difference between the two here, but between them and an engine that
// has integers everywhere: the recipe puts no quantizer where the step would need one.
const (
	NoCause        Cause = ""                      // all is equal
	Placement      Cause = "placement"             // floats in both, because no quantizer sits there
	SplitSiLU      Cause = "split SiLU"            // a SiLU as Sigmoid and Mul: the product of two roundings is rounded again
	BiasRounding   Cause = "bias rounding"         // to integers of the sums' unit: most of the noise is gone with the biases rounded in the simulation
	BiasSaturation Cause = "bias saturation"       // a bias does not fit into its integer
	PoolRounding   Cause = "average-pool rounding" // an integer sum times one factor, not a mean of floats divided by the scale
	Requantization Cause = "requantization"        // an exact sum times one factor, not a sum of floats divided by the scale: ties fall otherwise
	FloatSums      Cause = "float sums"            // an exact sum left as a float, not a sum of rounded floats
)
