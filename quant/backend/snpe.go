package backend

// snpe is MQBench's BackendType.SNPE.
func snpe() Backend {
	return Backend{
		Name:       "snpe",
		About:      "Qualcomm SNPE: one asymmetric scale for a tensor, inputs and outputs.",
		Weight:     Side{"learnable", "minmax", asymmetric(8)},
		Activation: Side{"learnable", "ema_minmax", asymmetric(8)},
		Rule:       totalINT(),
		Formats:    []string{"snpe"},
	}
}
