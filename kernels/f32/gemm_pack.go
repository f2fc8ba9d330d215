package f32

// PackedLen is the floats of B[k×n] and its biases as PackB lays them out.
func PackedLen(k, n int) int { return (n + gemmNR - 1) / gemmNR * gemmNR * (k + 1) }

// PackB lays B[k×n] out for GEMM: panels of 8 columns, each 8 biases and then k rows of 8 weights;
// the last panel is filled up with zeros. at gives the elements; bias has n values, nil means zeros;
// dst has PackedLen(k, n) floats. k follows the order of the runs: for a
// convolution kernel row, kernel column, input channel.
func PackB(dst []float32, k, n int, bias []float32, at func(k, n int) float32) {
	for j := 0; j < n; j += gemmNR {
		width := min(gemmNR, n-j)
		panel := dst[:gemmNR*(k+1)]
		dst = dst[len(panel):]
		clear(panel)
		if bias != nil {
			copy(panel, bias[j:j+width])
		}
		for r := range k {
			row := panel[gemmNR*(r+1):]
			for c := range width {
				row[c] = at(r, j+c)
			}
		}
	}
}
