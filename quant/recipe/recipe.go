// Package recipe is everything a user chose, as one JSON document with a canonical form and a
// digest. Page and command line read and write the same document.
package recipe

import (
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Format names the document and its version.
const Format = "quantscope-recipe/1"

// Recipe is what MQBench calls qconfig and backend, with the data settings that a result depends on.
type Recipe struct {
	Format     string      `json:"format"`
	Name       string      `json:"name"`    // preset it started from: config1, config2…; information only
	Backend    string      `json:"backend"` // of backend.List: "academic", "tensorrt"
	Weight     Quantizer   `json:"weight"`
	Activation Quantizer   `json:"activation"`
	Rule       scheme.Rule `json:"rule"`
	Preprocess Preprocess  `json:"preprocess"`
	Data       Data        `json:"data"`

	// What follows came after the first recipes: a field at its default is left out, so that they keep
	// their digests.

	MQBenchExact bool       `json:"mqbenchExact,omitempty"` // MQBench's own reading where it is not the sound one, [Q] in the spec
	MQBenchEval  bool       `json:"mqbenchEval,omitempty"`  // with MQBenchExact: as MQBench prepares a network in evaluation mode; else in training mode
	BF16Mix      bool       `json:"bf16MixPrec,omitempty"`  // Sophgo's mixed precision: whatever is no layer computes in bfloat16
	SharedScales bool       `json:"sharedScales,omitempty"` // the inputs of a sum have one scale; so have those of a concatenation and its output
	Overrides    []Override `json:"overrides,omitempty"`    // settings of single layers
	Refine       Refine     `json:"refine,omitzero"`        // what is done to weights and biases besides rounding
	Train        Training   `json:"train,omitzero"`         // with quantizers in place
}

// Learns tells whether weights or biases are not the model's own: they are refined or trained.
func (r Recipe) Learns() bool { return r.Refine != (Refine{}) || r.Train != (Training{}) }

// Quantizer is one side's settings: how the range is observed and what fake-quantizes.
type Quantizer struct {
	FakeQuant string         `json:"fakeQuant"` // of fakequant.Kinds: "fixed", "learnable"
	Observer  string         `json:"observer"`  // of observer.Kinds: "minmax", "ema_minmax"
	EMARatio  float32        `json:"emaRatio"`  // of the observers that average: weight of the past, 0.9; else 0
	Scheme    scheme.QScheme `json:"scheme"`

	ObserverOptions  observer.Options  `json:"observerOptions,omitzero"`
	FakeQuantOptions fakequant.Options `json:"fakeQuantOptions,omitzero"`
}

// Override are settings of some layers that are not those of all. Exactly one of Name, Pattern and Op
// says which: where several overrides concern a layer, that by name is stronger than one by pattern, and
// that than one by type, DepthwiseConv than other types, and of equals the first in the recipe. The
// first and last layers, which a backend keeps at 8 bits, give way to an override by name only.
type Override struct {
	Name    string `json:"name,omitempty"`    // of a layer: its node, or its module's path, "layer1.0.conv1"; or of a module that it is in, "layer1"
	Pattern string `json:"pattern,omitempty"` // of names: * stands for any characters, ? for one
	Op      string `json:"op,omitempty"`      // ONNX operator, "Conv"; kind of module, "ConvBnReLU2d"; or DepthwiseConv

	Weight     *Quantizer `json:"weight,omitempty"`
	Activation *Quantizer `json:"activation,omitempty"` // of the quantizers that stand for the layer's sake
	Float      bool       `json:"float,omitempty"`      // keep the layer in float: it asks for no quantizer
	Inputs     bool       `json:"inputs,omitempty"`     // quantize its inputs though the backend's rule does not: MQBench's additional_node_name and _type
}

// DepthwiseConv is the type of convolutions in which each channel is by itself.
const DepthwiseConv = "DepthwiseConv"

// Preprocess turns an 8-bit image into the network's input: resize, crop (unless the image has the size of
// the crop already), channel order, then for each channel ((x·Scale) − Mean) / Std in float32.
type Preprocess struct {
	Resize   int       `json:"resize"` // shorter side in pixels before the crop; 0: none
	Width    int       `json:"width"`  // centre crop, or exact size; 0: as the network's input
	Height   int       `json:"height"`
	Channels string    `json:"channels"` // "rgb", "bgr", "gray"
	Layout   string    `json:"layout"`   // "nchw", "nhwc"
	Scale    float32   `json:"scale"`    // 1/255 or 1
	Mean     []float32 `json:"mean"`
	Std      []float32 `json:"std"`
	Upright  bool      `json:"upright,omitempty"` // turned first as the EXIF orientation says; without it as the pixels are stored
}

// Data says which items calibrate and which evaluate.
type Data struct {
	Calibration int    `json:"calibration"` // items used to calibrate
	Batch       int    `json:"batch"`       // items an observer sees at a time (EMA counts batches)
	Evaluation  int    `json:"evaluation"`  // items used to evaluate; 0: all that are left
	Seed        uint64 `json:"seed"`        // of the split
	Overlap     bool   `json:"overlap"`     // evaluation may use calibration items; never silent
	ClassOffset int    `json:"classOffset"` // class = argmax − ClassOffset (1 for networks with a background class)
}
