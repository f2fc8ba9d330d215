package scheme

// Table gives the numbers of a grid that lists them, ascending; nil for others. A scale makes the greatest of them
// the greatest magnitude.
func (g Grid) Table() []float32 {
	switch g {
	case NF4:
		return []float32{-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
			-0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634,
			0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1}
	case AF4:
		return []float32{-1, -0.69441008, -0.51243739, -0.3736951, -0.25607552, -0.14982478, -0.04934812, 0,
			0.04273164, 0.12934483, 0.21961274, 0.31675666, 0.42563882, 0.55496234, 0.72424863, 1}
	case E2M1:
		return []float32{-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6}
	case FP4BNB:
		return []float32{-12, -8, -6, -4, -3, -2, -0.0625, 0, 0.0625, 2, 3, 4, 6, 8, 12}
	}
	return nil
}

// Most is the greatest number of a grid of floats or of a table, which a scale makes the greatest magnitude; 0 for
// other grids.
func (g Grid) Most() float32 {
	if t := g.Table(); t != nil {
		return t[len(t)-1]
	}
	f, _ := floatOf(g)
	return f.most
}

// nearest gives the number of an ascending table that is nearest to x, the lower of two; a NaN stays.
func nearest(table []float32, x float32) float32 {
	if x != x {
		return x
	}
	i := 0
	for i+1 < len(table) && x > (table[i]+table[i+1])/2 {
		i++
	}
	return table[i]
}
