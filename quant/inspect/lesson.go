package inspect

import "github.com/quantscope/quantscope/quant/scheme"

// Scene is what a lesson shows of a network before anything is changed: its layers, a few items with what
// the float network answers, and how the values spread that one layer takes.
type Scene struct {
	Layers   []Stage    `json:"layers"` // that have a weight and an input to quantize, in the order of the network
	Layer    int        `json:"layer"`  // the one that is looked at, of Layers
	Inputs   []Input    `json:"inputs"`
	Tensor   string     `json:"tensor"` // that the layer takes
	Min      float32    `json:"min"`    // of its values, on all the items
	Max      float32    `json:"max"`
	Bins     []int      `json:"bins"`     // values in equal bins from Min to Max
	Elements int        `json:"elements"` // that were counted
	Choices  []Choice   `json:"choices"`  // of each observer, in the order of the table
	Curve    []Tradeoff `json:"curve"`    // from the narrowest range to the widest
}

// Stage is a layer that a lesson can be given on.
type Stage struct {
	Name      string `json:"name"`
	Op        string `json:"op"`
	Depthwise bool   `json:"depthwise"`
	Channels  int    `json:"channels"` // of the output
	Terms     int    `json:"terms"`    // products in one sum
}

// Choice is the range that an observer chooses for the values of a scene.
type Choice struct {
	Observer string  `json:"observer"`
	Low      float32 `json:"low"`
	High     float32 `json:"high"`
}

// Tradeoff is the mean squared error of a range, and the parts of it: of the values beyond the range, and of
// those that round within it.
type Tradeoff struct {
	Low      float32 `json:"low"`
	High     float32 `json:"high"`
	Clipping float64 `json:"clipping"`
	Rounding float64 `json:"rounding"`
}

// Knobs are what a pupil can turn: the quantizers of one layer, and which other layers are quantized.
type Knobs struct {
	Scope  Scope `json:"scope"`
	Input  Knob  `json:"input"`
	Weight Knob  `json:"weight"`
}

// Scope says which layers are quantized.
type Scope string

// The scopes.
const (
	OnlyLayer Scope = "layer" // the one that is looked at
	UpToLayer Scope = "upto"  // and all before it
	Whole     Scope = "all"
)

// Scopes lists them.
func Scopes() []Scope { return []Scope{OnlyLayer, UpToLayer, Whole} }

// Knob is one quantizer's setting.
type Knob struct {
	Scheme scheme.QScheme `json:"scheme"`
	Range  *[2]float32    `json:"range,omitempty"` // lowest and highest value that is kept; nil for the extremes
}

// Effect is what knobs do to a network.
type Effect struct {
	Params   scheme.QParams `json:"params"` // of the layer's input
	Spread   Tradeoff       `json:"spread"` // of its values
	Clipped  int            `json:"clipped"`
	Used     int            `json:"used"` // codes that some value became
	SQNR     float64        `json:"sqnr"`
	Answers  []Answer       `json:"answers"`  // to the item, of the classes that the float network put first, in its order
	First    Answer         `json:"first"`    // the quantized network's
	Logits   float64        `json:"logits"`   // SQNR of all answers to the item
	Agree    int            `json:"agree"`    // items whose first answer is that of the float network
	Measured int            `json:"measured"` // items that were run
}
