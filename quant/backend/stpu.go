package backend

// stpu is MQBench's BackendType.STPU.
func stpu() Backend {
	return Backend{
		Name:       "stpu",
		About:      "SenseTime STPU: one symmetric scale for a tensor, inputs and outputs.",
		Weight:     Side{"fixed", "minmax", narrow(symmetric(8))},
		Activation: Side{"fixed", "ema_minmax", narrow(symmetric(8))},
		Rule:       totalINT(),
		Formats:    []string{"stpu"},
	}
}
