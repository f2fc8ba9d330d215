package backend

// cv18xx is the Sophgo fork's CV18xx, which has no 8-bit floats.
func cv18xx() Backend {
	b := bm1684x()
	b.Name, b.Also = "cv18xx", []string{"cv180x", "cv181x", "cv182x", "cv183x", "cv186x"}
	b.About = "Sophgo CV180X to CV186X: as BM1684X, weights without -128."
	b.Weight.Scheme, b.Limits.Floats = narrow(b.Weight.Scheme), false
	return b
}
