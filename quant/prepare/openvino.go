package prepare

// openVINO is MQBench's OPENVINOQuantizer (spec §3.4): the inputs of the listed operators and of the
// network, but not its outputs. Pooling and flattening hand their codes on to the layer behind them.
// Concatenation too: its inputs are quantized in its stead. [Q] MQBench quantizes neither side of it,
// and a layer behind it is then computed in float; so does exact.
func openVINO(exact bool) rule {
	r := rule{
		inputs:       []kind{conv, linear, linearBn, avgPool, adaptiveAvgPool, maxPool, upsample, add, flatten, mean, sum},
		placeholders: true,
		lastFloat:    true,
		through:      []kind{cat},
		carried: []edge{
			{maxPool, conv}, {maxPool, linear}, {maxPool, linearBn}, {maxPool, matmul},
			{flatten, conv}, {flatten, linear}, {flatten, linearBn}, {flatten, matmul},
		},
		unsigned: true,
	}
	if exact {
		r.through = nil
		r.inputs = append(r.inputs, convBn1d)
		r.carried = append(r.carried, edge{maxPool, convBn1d}, edge{flatten, convBn1d})
		for _, reader := range r.inputs {
			r.carried = append(r.carried, edge{cat, reader})
		}
	}
	return r
}

// openVINOAcademic is the same with MQBench's academic_mode: nothing is fused or folded, weights have no
// lowest code, and what concatenation makes is quantized as anything else. The ends keep no more bits.
func openVINOAcademic() rule {
	r := openVINO(false)
	r.unfused, r.through = true, nil
	return r
}
