package backend

// openVINOAcademic is openVINO with MQBench's academic_mode: nothing is fused or folded, weights have no lowest
// code, and what concatenation makes is quantized as anything else. The ends keep no more bits.
func openVINOAcademic() Backend {
	b := openVINO()
	b.Name = "openvino_academic"
	b.About = "OpenVINO as MQBench's academic_mode has it: nothing is folded, weights reach from -63 to 63."
	b.Weight.Scheme = narrow(b.Weight.Scheme)
	b.Rule.Unfused, b.Rule.Through, b.Exact = true, nil, nil
	return b
}
