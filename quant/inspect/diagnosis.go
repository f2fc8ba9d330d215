package inspect

import "github.com/quantscope/quantscope/quant/recipe"

// Diagnosis is what is known of why a quantized network is worse than its float self, and of what helps.
type Diagnosis struct {
	Sentence string      `json:"sentence"`        // which layers are guilty, of what; empty until it is known
	Findings []Finding   `json:"findings"`        // worst layer first
	Layers   []Sensitive `json:"layers"`          // worst alone first
	Items    int         `json:"items"`           // that fixes are tried on
	Kept     float64     `json:"kept"`            // share of the float network's right answers, without labels of its answers, that is left
	Fixes    []Fix       `json:"fixes"`           // tried, the best first
	Notes    []string    `json:"notes,omitempty"` // what is to be known of the data
}

// Finding is a cause in a layer.
type Finding struct {
	Layer    string  `json:"layer"`
	Cause    string  `json:"cause"`
	Noise    float64 `json:"noise"` // share of the noise that all layers alone make in the logits
	Sentence string  `json:"sentence"`
}

// Sensitive is how much a layer costs by itself.
type Sensitive struct {
	Name  string   `json:"name"`
	Own   float64  `json:"own"`             // SQNR of its own output, all before it in float; dB
	Alone *float64 `json:"alone,omitempty"` // SQNR of the logits, nothing but it quantized; nil: not measured
}

// Fix is a change of the recipe that has been tried.
type Fix struct {
	Title     string        `json:"title"`
	Recipe    recipe.Recipe `json:"recipe"`
	Kept      float64       `json:"kept"`      // see Diagnosis.Kept
	Gain      float64       `json:"gain"`      // of it
	GainSQNR  float64       `json:"gainSqnr"`  // of the logits, dB
	MoreBytes int64         `json:"moreBytes"` // of parameters
}

// Step is a change that was tried to make a recipe better.
type Step struct {
	Fix
	Taken bool `json:"taken"`
}
