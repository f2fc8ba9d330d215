package protocol

import "github.com/quantscope/quantscope/quant/recipe"

// Translate reads MQBench's own configuration into a recipe.
var Translate = Endpoint[TranslateRequest, Translation]{"translate"}

// TranslateRequest is a configuration, YAML, JSON or Python.
type TranslateRequest struct {
	Text string        `json:"text"`
	Base recipe.Recipe `json:"base"` // whose preprocessing and data stay, and which backend where the text names none
}

// Translation is the recipe.
type Translation struct {
	Recipe recipe.Recipe `json:"recipe"`
	Notes  []string      `json:"notes"` // every entry that has no effect, and why
}
