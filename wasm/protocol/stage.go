package protocol

// Stages of a run, in order.
const (
	StageImport    = "import"
	StageFuse      = "fuse"
	StageCalibrate = "calibrate"
	StageTrain     = "train" // where the recipe says so
	StageQuantize  = "quantize"
	StageEvaluate  = "evaluate"
	StageExport    = "export"
)

// Stages lists them in the order in which a run goes through them.
func Stages(trains bool) []string {
	if trains {
		return []string{StageImport, StageFuse, StageCalibrate, StageTrain, StageQuantize, StageEvaluate, StageExport}
	}
	return []string{StageImport, StageFuse, StageCalibrate, StageQuantize, StageEvaluate, StageExport}
}
