package backend

// mars3 is the Sophgo fork's MARS3.
func mars3() Backend {
	b := cv18xx()
	b.Name, b.Also, b.About = "mars3", nil, "Sophgo MARS3: as CV18xx."
	return b
}
