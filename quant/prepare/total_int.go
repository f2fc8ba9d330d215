package prepare

// totalINT is MQBench's TotalINTQuantizer, for engines that compute in integers only: SNPE, PPL and
// STPU (spec §3.4). Inputs and outputs of the listed operators are quantized; an output's quantizer
// moves behind the activation function or the flattening that reads it.
func totalINT() rule {
	return rule{
		inputs:  baseKinds(),
		outputs: baseKinds(),
		past:    []kind{relu, relu6, flatten},
		merged:  mulAdd(),
	}
}
