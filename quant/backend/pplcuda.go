package backend

// pplCUDA is MQBench's BackendType.PPLCUDA.
func pplCUDA() Backend {
	return Backend{
		Name:       "pplcuda",
		About:      "OpenPPL on CUDA: weights asymmetric per channel.",
		Weight:     Side{"learnable", "minmax", perChannel(asymmetric(8))},
		Activation: Side{"learnable", "minmax", asymmetric(8)},
		Rule:       totalINT(),
		Formats:    []string{"ppl_cuda"},
	}
}
