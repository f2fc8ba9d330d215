// Package fakequant holds the fake-quantizers (spec §2): what stands in a network for a quantizer,
// forward x̂ = (q − z)·s and backward by the straight-through estimator. A fake-quantizer takes an
// observer's scale and zero point; one with parameters of its own may then change them.
package fakequant

import (
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/scheme"
)

// Config is what a fake-quantizer is told about its place.
type Config struct {
	Scheme scheme.QScheme
	Rule   scheme.Rule
	Weight bool // it stands on a weight, not on an activation
	Exact  bool // MQBench's own reading, with what spec §2 marks [Q]; else the sound one
	Options
}

// Options are settings that some fake-quantizers have. Zero is the setting each says it has.
type Options struct {
	Alpha float32 `json:"alpha,omitempty"` // pact: where it clips at first; dsq: how soft the steps are
}

// FakeQuantizer is one quantizer's state and arithmetic. Tensors are C order, shape matters only
// where the scale is per channel.
type FakeQuantizer interface {
	// Load takes what an observer found, numbers and range: MQBench's forward with the observer on.
	Load(p scheme.QParams, lo, hi []float32)
	// Params are the numbers the forward pass uses: what is executed, exported and digested.
	Params() scheme.QParams
	// Forward gives y = x̂; y may be x.
	Forward(y, x []float32, shape []int)
	// Backward gives dx from the gradient dy of Forward(y, x), and adds to the gradients of what can
	// be learned; dx may be dy.
	Backward(dx, dy, x []float32, shape []int)
}

// Trainable is a fake-quantizer with parameters that training changes.
type Trainable interface {
	FakeQuantizer
	// Parameters are shared with the fake-quantizer: to change their values is to change it. The
	// gradients are sums of Backward since they were last cleared.
	Parameters() []Parameter
}

// Parameter is one parameter of a fake-quantizer, by MQBench's name.
type Parameter struct {
	Name        string
	Value, Grad []float32
}

// Transformer is a fake-quantizer that makes another tensor of the one it is given before it quantizes
// it. Its observer sees what Transform gives, and a deployed network has the transformed weights.
type Transformer interface {
	FakeQuantizer
	// Transform gives y, which may be x; it needs the whole tensor.
	Transform(y, x []float32)
}

// Follower is a fake-quantizer that looks at the range after every batch of the calibration.
type Follower interface {
	FakeQuantizer
	// Follow takes the range that the observer has come to.
	Follow(lo, hi []float32)
}

// Kind is one fake-quantizer of the table.
type Kind struct {
	Name       string // as a recipe writes it
	Spelled    string // as a reader sees it, if that is not Name
	MQBench    string // MQBench's class, or its fork's
	About      string // one sentence
	Weights    bool   // may stand on weights
	Activation bool   // may stand on activations
	PerTensor  bool   // has one scale only
	Symmetric  bool   // has no zero point
	PoT        bool   // its scales are powers of two
	Bits       int    // the only width it has; 0: any
	Options    string // names of the Options it takes, as JSON has them, separated by blanks
	Grid       scheme.Grid
	Transforms bool   // is a Transformer
	Untrained  string // one sentence where it does something unexpected to a network that is not trained with it
	make       func(Config) FakeQuantizer
}

// Kinds is the table of fake-quantizers. A further one is one file and one line here.
func Kinds() []Kind {
	return []Kind{
		{Name: "fixed", MQBench: "FixedFakeQuantize", About: "Scale and zero point stay as observed.", Weights: true, Activation: true, make: newFixed},
		{Name: "learnable", MQBench: "LearnableFakeQuantize", About: "Scale and zero point are trained with the weights (LSQ, LSQ+).", Weights: true, Activation: true, make: newLearnable},
		{Name: "pact", Spelled: "PACT", MQBench: "PACTFakeQuantize", About: "The clipping range is trained.", Activation: true, PerTensor: true, Options: "alpha", make: newPACT},
		{Name: "dorefa", Spelled: "DoReFa", MQBench: "DoReFaFakeQuantize", About: "Weights go through tanh and are scaled to −1 … 1 first.", Weights: true, Transforms: true, make: newDoReFa,
			Untrained: "it replaces the weights by others before it quantizes them, and a network that was not trained with it loses most of its accuracy."},
		{Name: "dsq", Spelled: "DSQ", MQBench: "DSQFakeQuantize", About: "Training sees soft steps made of tanh.", Weights: true, Activation: true, Options: "alpha", make: newDSQ},
		{Name: "tqt", Spelled: "TQT", MQBench: "TqtFakeQuantize", About: "Scales are powers of two of a trained threshold; activations are rounded as Vitis does.", Weights: true, Activation: true, PerTensor: true, Symmetric: true, PoT: true, make: newTQT},
		{Name: "nnie", Spelled: "NNIE", MQBench: "NNIEFakeQuantize", About: "HiSilicon NNIE: 16 numbers an octave, by the logarithm.", Weights: true, Activation: true, PerTensor: true, Symmetric: true, Bits: 8, Grid: scheme.Log2, make: newNNIE},
		{Name: "adaround", Spelled: "AdaRound", MQBench: "AdaRoundFakeQuantize", About: "Learns for each weight whether to round up or down.", Weights: true, make: newAdaRound,
			Untrained: "until a reconstruction has trained it, it rounds as \"fixed\" does."},
		{Name: "qdrop", Spelled: "QDrop", MQBench: "QDropFakeQuantize", About: "Quantizes only a random part of the values while it learns.", Activation: true, make: newQDrop,
			Untrained: "outside of a reconstruction it quantizes every value, as \"fixed\" does."},
		{Name: "e4m3", Spelled: "E4M3 float", MQBench: "E4M3FakeQuantize", About: "8-bit floats of 4 exponent bits.", Weights: true, Activation: true, Symmetric: true, Bits: 8, Grid: scheme.E4M3, make: newE4M3},
		{Name: "e5m2", Spelled: "E5M2 float", MQBench: "E5M2FakeQuantize", About: "8-bit floats of 5 exponent bits.", Weights: true, Activation: true, Symmetric: true, Bits: 8, Grid: scheme.E5M2, make: newE5M2},
		{Name: "fp16", Spelled: "FP16 float", MQBench: "Fp16FakeQuantize", About: "16-bit floats of 5 exponent bits.", Weights: true, Activation: true, PerTensor: true, Symmetric: true, Bits: 16, Grid: scheme.FP16, make: newFP16},
		{Name: "bf16", Spelled: "BF16 float", MQBench: "BF16FakeQuantize", About: "bfloat16: the upper half of a float.", Weights: true, Activation: true, PerTensor: true, Symmetric: true, Bits: 16, Grid: scheme.BF16, make: newBF16},
		{Name: "fp4", Spelled: "FP4 float", MQBench: "FP4FakeQuantize", About: "4-bit floats of 2 exponent bits.", Weights: true, Symmetric: true, Bits: 4, Grid: scheme.E2M1, make: newE2M1},
		{Name: "fp4_bnb", Spelled: "FP4 of bitsandbytes", About: "The 4-bit floats of bitsandbytes.", Weights: true, Symmetric: true, Bits: 4, Grid: scheme.FP4BNB, make: newFP4BNB},
		{Name: "nf4", Spelled: "NF4", About: "16 quantiles of the normal distribution (QLoRA).", Weights: true, Symmetric: true, Bits: 4, Grid: scheme.NF4, make: newNF4},
		{Name: "af4", Spelled: "AF4", About: "16 numbers for normal weights in blocks (AbnormalFloat).", Weights: true, Symmetric: true, Bits: 4, Grid: scheme.AF4, make: newAF4},
	}
}

// Names are the fake-quantizers there are, as a recipe writes them.
func Names() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// KindOf finds a fake-quantizer by name. A name that is not in the table is an error that lists the
// table.
func KindOf(name string) (Kind, error) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
	}
	return Kind{}, fmt.Errorf("no fake-quantizer %q: there are %s", name, strings.Join(Names(), ", "))
}

// Transforms tells whether the named fake-quantizer is a Transformer.
func Transforms(name string) bool {
	k, err := KindOf(name)
	return err == nil && k.Transforms
}

// New makes the named fake-quantizer, scale 1 and zero point 0 until Load.
func New(name string, c Config) (FakeQuantizer, error) {
	k, err := KindOf(name)
	if err != nil {
		return nil, err
	}
	return k.make(c), nil
}

// start are the numbers before Load: scale 1, zero point 0.
func start(c Config) scheme.QParams {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, Axis: -1}
	p.QMin, p.QMax = c.Scheme.Range()
	return p
}

// inRange tells whether a code before the clamp is one there is.
func inRange(p scheme.QParams, u float32) bool { return float32(p.QMin) <= u && u <= float32(p.QMax) }
