package backend

// bm1684x is the Sophgo fork's BackendType.sophgo_tpu for that chip.
func bm1684x() Backend {
	return Backend{
		Name:       "bm1684x",
		About:      "Sophgo BM1684X: inputs and outputs of nearly all operators.",
		Weight:     Side{"learnable", "minmax", perChannel(symmetric(8))},
		Activation: Side{"learnable", "ema_minmax", symmetric(8)},
		Limits:     Limits{Floats: true, Biases: true, BF16: true},
		Rule:       sophgo(),
		Formats:    []string{"sophgo"},
	}
}
