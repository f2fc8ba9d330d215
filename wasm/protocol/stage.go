package protocol

import "github.com/quantscope/quantscope/quant/recipe"

// Stages of a run, in order.
const (
	StageImport    = "import"
	StageFuse      = "fuse"
	StageCalibrate = "calibrate"
	StageRefine    = "refine" // where the recipe says so
	StageTrain     = "train"  // where the recipe says so
	StageQuantize  = "quantize"
	StageEvaluate  = "evaluate"
	StageExport    = "export"
)

// Stages lists those of a recipe in the order in which a run goes through them.
func Stages(r recipe.Recipe) []string {
	list := []string{StageImport, StageFuse, StageCalibrate}
	if Refines(r) {
		list = append(list, StageRefine)
	}
	if r.Train != (recipe.Training{}) {
		list = append(list, StageTrain)
	}
	return append(list, StageQuantize, StageEvaluate, StageExport)
}

// Refines tells whether a run goes through StageRefine.
func Refines(r recipe.Recipe) bool {
	return r.Refine.Biases != "" || r.Refine.Rounding != (recipe.Rounding{})
}
