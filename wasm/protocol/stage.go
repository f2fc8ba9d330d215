package protocol

// Stages of a run, in order.
const (
	StageImport    = "import"
	StageFuse      = "fuse"
	StageCalibrate = "calibrate"
	StageQuantize  = "quantize"
	StageEvaluate  = "evaluate"
	StageExport    = "export"
)

// Stages lists them in the order in which a run goes through them.
func Stages() []string {
	return []string{StageImport, StageFuse, StageCalibrate, StageQuantize, StageEvaluate, StageExport}
}
