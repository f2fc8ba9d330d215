package backend

// bm1688 is the Sophgo fork's BM1688, whose weights are 8-bit floats unless told otherwise.
func bm1688() Backend {
	b := bm1684x()
	b.Name = "bm1688"
	b.About = "Sophgo BM1688: as BM1684X, weights 8-bit floats, or integers of 8 or 4 bits."
	b.Weight.FakeQuant, b.Limits.Bits = "e4m3", []int{4}
	return b
}
