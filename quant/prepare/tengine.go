package prepare

// tengine is MQBench's TengineQuantizer (spec §3.4): inputs and outputs of the listed operators, of
// concatenations and of two activation functions, and what the network gives. Nothing is merged.
func tengine() rule {
	kinds := append(baseKinds(), cat, hardswish, sigmoid)
	return rule{
		inputs:  kinds,
		outputs: kinds,
		past:    []kind{flatten},
		results: true,
	}
}
