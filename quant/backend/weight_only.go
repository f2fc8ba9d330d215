package backend

// weightOnly is the Sophgo fork's quantmode weight_only: the weights are kept as codes, and all is computed in floats.
func weightOnly() Backend {
	b := qdq()
	b.Name = "weight_only"
	b.About = "Weights as codes, activations as floats: a smaller file for engines that compute in floats."
	b.Weight = Side{"fixed", "minmax", perChannel(symmetric(8))}
	b.Rule = Rule{}
	b.Formats = []string{"qdq"}
	return b
}
