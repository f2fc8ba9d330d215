package inspect

// WhatIf asks for other quantizers of one layer; nil leaves one as the result has it.
type WhatIf struct {
	Weight *Instead `json:"weight,omitempty"`
	Input  *Instead `json:"input,omitempty"`
}

// Instead is another quantizer in the place of a layer's.
type Instead struct {
	Bits       int         `json:"bits"`
	PerChannel bool        `json:"perChannel"` // of a weight
	Observer   string      `json:"observer"`
	Range      *[2]float32 `json:"range,omitempty"` // in the place of the observer's; of several channels each one's is cut to it
}

// Tried is what the quantizers of a layer do to its numbers, and to what the network answers.
type Tried struct {
	Weight  *Fitted   `json:"weight,omitempty"` // nil: nothing quantizes it
	Input   *Fitted   `json:"input,omitempty"`
	Before  *Likeness `json:"before,omitempty"` // of the result as it is; nil until it is measured
	Network *Likeness `json:"network,omitempty"`
}

// Fitted are the numbers that a quantizer takes, on an axis that does not depend on it, and how it fits them.
type Fitted struct {
	Min      float32 `json:"min"`
	Max      float32 `json:"max"`
	Bins     []int   `json:"bins"` // numbers in equal bins from Min to Max
	Elements int     `json:"elements"`
	Low      float32 `json:"low"` // what the lowest code stands for, of the channel where that is least
	High     float32 `json:"high"`
	Codes    int     `json:"codes"`
	Used     int     `json:"used"`    // codes that some number became
	Clipped  int     `json:"clipped"` // numbers beyond the outermost codes by more than half a step
	SQNR     float64 `json:"sqnr"`
}

// Likeness is how like the float network's answers a network's are, on a few items.
type Likeness struct {
	Items    int     `json:"items"`
	Agree    int     `json:"agree"` // items with the same first answer
	Labelled int     `json:"labelled"`
	Right    int     `json:"right"`
	SQNR     float64 `json:"sqnr"` // of the first output
}
