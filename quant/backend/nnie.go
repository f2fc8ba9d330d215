package backend

// nnie is MQBench's BackendType.NNIE.
func nnie() Backend {
	return Backend{
		Name:       "nnie",
		About:      "HiSilicon NNIE: numbers by their logarithm, placed as TensorRT's.",
		Weight:     Side{"nnie", "minmax", symmetric(8)},
		Activation: Side{"nnie", "ema_minmax", symmetric(8)},
		Limits:     Limits{OwnCodes: true},
		Rule:       base(),
		Formats:    []string{"nnie"},
	}
}
