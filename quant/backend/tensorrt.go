package backend

// tensorRT is MQBench's BackendType.Tensorrt.
func tensorRT() Backend {
	return Backend{
		Name:       "tensorrt",
		About:      "Nvidia TensorRT: all symmetric, batch normalisation folded, inputs of the heavy operators.",
		Weight:     Side{"learnable", "minmax", perChannel(narrow(symmetric(8)))},
		Activation: Side{"learnable", "ema_minmax", narrow(symmetric(8))},
		Rule:       base(),
		Formats:    []string{"tensorrt", "tensorrt_explicit"},
	}
}
