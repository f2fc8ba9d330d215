package inspect

import "github.com/quantscope/quantscope/quant/recipe"

// Guard is whether images come to a float network as it was trained.
type Guard struct {
	Sentence string          `json:"sentence"`         // what is wrong; empty where the preprocessing stands
	Better   *Preprocessing  `json:"better,omitempty"` // that is clearly better; nil: none
	Given    Preprocessing   `json:"given"`
	Tried    []Preprocessing `json:"tried"` // best first, the given one among them
}

// Preprocessing is one that was tried, and what the float network makes of images with it.
type Preprocessing struct {
	Name        string            `json:"name"`
	Preprocess  recipe.Preprocess `json:"preprocess"`
	ClassOffset int               `json:"classOffset"`
	Items       int               `json:"items"`
	Labelled    int               `json:"labelled"`
	Right       int               `json:"right"`      // of those
	Confidence  float64           `json:"confidence"` // of the answers, from 0 to 1; all that is known without labels
}
