package prepare

// academicNLP is MQBench's AcademicNLPQuantizer (spec §3.4): the inputs of linear layers and of
// products of two matrices. No end keeps more bits.
func academicNLP() rule {
	return rule{
		inputs: []kind{linear, linearBn, matmul},
		merged: mulAdd(),
	}
}

// tensorrtNLP is MQBench's TensorrtNLPQuantizer (spec §3.4): as academicNLP, and sums. The sum that
// adds the mask to scaled products is merged with the scaling.
func tensorrtNLP() rule {
	return rule{
		inputs:      []kind{linear, linearBn, matmul, add},
		merged:      []edge{{mul, add}, {div, add}},
		tensorsOnly: true,
	}
}
