package backend

// bm1690 is the Sophgo fork's BM1690.
func bm1690() Backend {
	b := bm1684x()
	b.Name, b.About = "bm1690", "Sophgo BM1690: as BM1684X."
	return b
}
