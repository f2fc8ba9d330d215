package inspect

import "github.com/quantscope/quantscope/quant/scheme"

// Scene is what a lesson shows of a network before anything is changed: its layers, a few items with what
// the float network answers, and how the values spread that one layer takes.
type Scene struct {
	Layers   []Stage     `json:"layers"` // that have a weight and an input to quantize, in the order of the network
	Layer    int         `json:"layer"`  // the one that is looked at, of Layers
	Inputs   []Input     `json:"inputs"`
	Tensor   string      `json:"tensor"` // that the layer takes
	Min      float32     `json:"min"`    // of its values, on all the items
	Max      float32     `json:"max"`
	Weight   [2]float32  `json:"weight"`           // extremes of the layer's weight
	Output   *[2]float32 `json:"output,omitempty"` // range of the layer's output, nil where nothing rounds it
	Bins     []int       `json:"bins"`             // values in equal bins from Min to Max
	Elements int         `json:"elements"`         // that were counted
	Choices  []Choice    `json:"choices"`          // of each observer, in the order of the table
	Curve    []Tradeoff  `json:"curve"`            // from the narrowest range to the widest
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
	Scope  Scope       `json:"scope"`
	Input  Knob        `json:"input"`
	Weight Knob        `json:"weight"`
	Output *[2]float32 `json:"output,omitempty"` // range of the layer's output; nil leaves it to calibration and scope
	Look   Look        `json:"look"`
}

// Look is what a pupil wants to see beside the network's answers.
type Look struct {
	Weight  bool `json:"weight,omitempty"`  // Effect.Weight
	Sums    bool `json:"sums,omitempty"`    // Effect.Sums
	Element int  `json:"element,omitempty"` // of the layer's output, in ONNX order, whose arithmetic is written out; -1 for a telling one
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
	Answers  []Answer       `json:"answers"`          // to the item, of the classes that the float network put first, in its order
	First    Answer         `json:"first"`            // the quantized network's
	Logits   float64        `json:"logits"`           // SQNR of all answers to the item
	Agree    int            `json:"agree"`            // items whose first answer is that of the float network
	Measured int            `json:"measured"`         // items that were run
	Weight   *Weight        `json:"weight,omitempty"` // the layer's, without histograms
	Sums     *Sums          `json:"sums,omitempty"`
}

// Sums are what a layer makes of an item on the integer engine: exact sums, and the codes that become of them.
type Sums struct {
	Arithmetic
	Channel   int   `json:"channel"` // output channel of Element
	Low       int32 `json:"low"`     // least sum of the channel that was looked at
	High      int32 `json:"high"`
	Bins      []int `json:"bins"` // sums of the channel in equal bins from Low to High
	Looked    int   `json:"looked"`
	Saturated int   `json:"saturated"` // of those elements of the layer that were looked at, beyond the outermost codes
}

// Arithmetic is how one element of a layer's output comes about on integers.
type Arithmetic struct {
	Element  int         `json:"element"`
	Elements int         `json:"elements"`
	Position []int       `json:"position"` // along each axis behind the batch
	Terms    []Term      `json:"terms"`    // the greatest products, the greatest first
	Count    int         `json:"count"`    // of all products
	Rest     int64       `json:"rest"`     // sum of the products that are not in Terms
	XScale   float32     `json:"xScale"`
	XZero    int32       `json:"xZero"`
	WScale   float32     `json:"wScale"`
	WZero    int32       `json:"wZero"`
	Bias     float32     `json:"bias"`
	BiasCode int32       `json:"biasCode"` // Bias in units of the sum
	Sum      int32       `json:"sum"`
	Unit     float32     `json:"unit"`         // real value of 1: XScale·WScale
	Why      string      `json:"why"`          // why the engine does not compute the layer on integers; empty where it does
	Then     string      `json:"then"`         // operator that takes the real number, where To is nil; empty for the network's output
	To       *Requantize `json:"to,omitempty"` // nil where the sum does not become a code
}

// Term is one product of a sum.
type Term struct {
	X       float32 `json:"x"` // what XCode stands for
	XCode   int32   `json:"xCode"`
	W       float32 `json:"w"`
	WCode   int32   `json:"wCode"`
	Product int32   `json:"product"` // (XCode - XZero)·(WCode - WZero)
}

// Requantize turns a sum into a code: clamp(round(Sum·M) + Zero, Lo, Hi), where M = Unit/Scale, in integers
// Factor/2^Shift.
type Requantize struct {
	Scale  float32 `json:"scale"` // of the output
	Zero   int32   `json:"zero"`
	Lo     int32   `json:"lo"` // what the layer's activation function leaves of the codes
	Hi     int32   `json:"hi"`
	Clamp  string  `json:"clamp"` // the activation function between sum and code; empty for none
	M      float32 `json:"m"`
	Factor int32   `json:"factor"` // of 31 bits
	Shift  int     `json:"shift"`
	Code   int32   `json:"code"`   // by Factor and Shift
	Engine int32   `json:"engine"` // what the integer engine has stored, which multiplies by M in float32
	Back   float32 `json:"back"`   // what the code stands for
}

// Drill is how a pupil trains one layer's weight.
type Drill struct {
	Bits  int     `json:"bits"`
	Rate  float32 `json:"rate"`  // learning rate
	Learn bool    `json:"learn"` // the scales are trained too (LSQ)
}

// Practice is how far a drill has come.
type Practice struct {
	Step    int       `json:"step"`
	Steps   int       `json:"steps"`
	Losses  []float64 `json:"losses"` // before each step
	QMin    int32     `json:"qmin"`
	QMax    int32     `json:"qmax"`
	Tracks  []Track   `json:"tracks"` // of a few weights
	Watched int       `json:"watched"`
	Moved   int       `json:"moved"`   // of the watched weights, those whose code is not what it was at the start
	Back    int       `json:"back"`    // those that left a code and came back to it
	Stretch float64   `json:"stretch"` // mean of each scale divided by what it was at the start
	Items   int       `json:"items"`   // whose first answers are compared with the float network's
	Before  int       `json:"before"`  // of them the same, quantized and not trained
	Agree   int       `json:"agree"`   // trained; once all steps are done
}

// Track is where a weight was before and behind each step, in steps of its scale: whole numbers are codes.
type Track struct {
	At   []float32 `json:"at"`
	Back int       `json:"back"` // how often it came back to a code that it had just left
}
