// Package recipe is everything a user chose, as one JSON document with a canonical form and a
// digest. Page and command line read and write the same document.
package recipe

import "github.com/quantscope/quantscope/quant/scheme"

// Format names the document and its version.
const Format = "quantscope-recipe/1"

// Recipe is what MQBench calls qconfig and backend, with the data settings that a result depends on.
type Recipe struct {
	Format     string      `json:"format"`
	Name       string      `json:"name"`    // preset it started from: config1, config2…; information only
	Backend    string      `json:"backend"` // of BackendTable, spec §3.4: "academic", "tensorrt"
	Weight     Quantizer   `json:"weight"`
	Activation Quantizer   `json:"activation"`
	Rule       scheme.Rule `json:"rule"`
	Preprocess Preprocess  `json:"preprocess"`
	Data       Data        `json:"data"`
}

// Quantizer is one side's settings: how the range is observed and what fake-quantizes.
type Quantizer struct {
	FakeQuant string         `json:"fakeQuant"` // "fixed", "learnable"
	Observer  string         `json:"observer"`  // "minmax", "ema_minmax"
	EMARatio  float32        `json:"emaRatio"`  // ema_minmax: weight of the past, 0.9; else 0
	Scheme    scheme.QScheme `json:"scheme"`
}

// Preprocess turns an 8-bit image into the network's input: resize, crop, channel order, then for
// each channel ((x·Scale) − Mean) / Std in float32.
type Preprocess struct {
	Resize   int       `json:"resize"` // shorter side in pixels before the crop; 0: none
	Width    int       `json:"width"`  // centre crop, or exact size; 0: as the network's input
	Height   int       `json:"height"`
	Channels string    `json:"channels"` // "rgb", "bgr", "gray"
	Layout   string    `json:"layout"`   // "nchw", "nhwc"
	Scale    float32   `json:"scale"`    // 1/255 or 1
	Mean     []float32 `json:"mean"`
	Std      []float32 `json:"std"`
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
