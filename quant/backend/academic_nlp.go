package backend

// academicNLP is MQBench's AcademicNLPQuantizer: the inputs of linear layers and of products of two matrices.
// No end keeps more bits.
func academicNLP() Backend {
	b := academic()
	b.Name = "academic_nlp"
	b.About = "Inputs of linear layers and matrix products; no end keeps more bits."
	b.Rule = Rule{Inputs: []Kind{Linear, LinearBn, MatMul}, Merged: mulAdd()}
	return b
}
