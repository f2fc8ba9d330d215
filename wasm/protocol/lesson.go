package protocol

import (
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Scene is what a lesson shows of a layer. It has no steps and is given up as soon as a further request
// waits. Parts of the answer: the pictures, BMP, of the inputs that are some.
var Scene = Endpoint[SceneRequest, inspect.Scene]{"scene"}

// SceneRequest names the layer.
type SceneRequest struct {
	Recipe recipe.Recipe  `json:"recipe"` // whose preprocessing and items are taken
	Layer  int            `json:"layer"`  // -1 for the one to begin with
	Scheme scheme.QScheme `json:"scheme"` // that observers choose ranges for
}

// Turn says what turning a lesson's knobs does. It answers twice: for one item, then for all.
var Turn = Endpoint[TurnRequest, TurnEffect]{"turn"}

// TurnRequest is what is turned.
type TurnRequest struct {
	Recipe recipe.Recipe `json:"recipe"`
	Layer  int           `json:"layer"`
	Item   int           `json:"item"`
	Knobs  inspect.Knobs `json:"knobs"`
}

// TurnEffect is what is known so far.
type TurnEffect struct {
	inspect.Effect
	Done bool `json:"done"` // no more will come
}

// Practice trains a layer's weight as a drill says. It answers behind every step.
var Practice = Endpoint[PracticeRequest, PracticeStep]{"practice"}

// PracticeRequest is what is trained.
type PracticeRequest struct {
	Recipe recipe.Recipe `json:"recipe"`
	Layer  int           `json:"layer"`
	Drill  inspect.Drill `json:"drill"`
}

// PracticeStep is how far it has come.
type PracticeStep struct {
	inspect.Practice
	Done bool `json:"done"` // no more will come
}
