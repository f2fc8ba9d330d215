package backend

// pplW8A16 is MQBench's BackendType.PPLW8A16.
func pplW8A16() Backend {
	return Backend{
		Name:       "pplw8a16",
		About:      "OpenPPL with 8-bit weights and 16-bit activations.",
		Weight:     Side{"learnable", "minmax", asymmetric(8)},
		Activation: Side{"learnable", "ema_minmax", asymmetric(16)},
		Rule:       totalINT(),
		Formats:    []string{"ppl"},
	}
}
