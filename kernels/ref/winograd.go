package ref

// Winograd is a convolution of stride 1 by F(2×2, 3×3) or F(4×4, 3×3) of Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks" (2015), or by F(3×3, 4×4), which shares the latter's points: Side by Side outputs are made of 16,
// 36 or 36 products for each input channel in place of 36 or 144. Channels last: output image n, row y, column x is at
// Y[n·YImg + y·YRow + x·YPix + o], and its window begins at X[n·XImg + y·XRow + x·XPix].
type Winograd struct {
	Side             int // of a tile of outputs: 2 or 4, of kernels of 3×3, or 3, of kernels of 4×4
	X                []float32
	XImg, XRow, XPix int
	U                []float32 // [window][window][C][O], as WinogradWeights makes it
	Bias             []float32 // [O]
	Y                []float32
	YImg, YRow, YPix int
	N, OH, OW, C, O  int
	Lo, Hi           float32
	Epilogue         []EpilogueOp // over each pixel of Y
}

// WinogradTaps is the side of the kernels that tiles of this side are of.
func WinogradTaps(side int) int {
	if side == 3 {
		return 4
	}
	return 3
}

// WinogradWeights gives u, [window][window], G·w·Gᵀ for a kernel w, in float64 and rounded once. Networks have a million
// kernels: it takes no memory.
func WinogradWeights(u []float32, side int, w []float32) {
	taps := WinogradTaps(side)
	window := side + taps - 1
	var half [6][4]float64 // G·w
	for j := range taps {
		var last float64
		if taps == 4 {
			last = float64(w[12+j])
		}
		half[0][j], half[1][j], half[2][j], half[3][j], half[4][j], half[5][j] =
			winogradWeights(side, float64(w[j]), float64(w[taps+j]), float64(w[2*taps+j]), last)
	}
	for i := range window {
		h, row := &half[i], u[i*window:][:window]
		x0, x1, x2, x3, x4, x5 := winogradWeights(side, h[0], h[1], h[2], h[3])
		row[0], row[1], row[2], row[3] = float32(x0), float32(x1), float32(x2), float32(x3)
		if window == 6 {
			row[4], row[5] = float32(x4), float32(x5)
		}
	}
}

// winogradWeights is G·w. The last of a kernel of three is 0, as are the last two of a window of four.
func winogradWeights(side int, a, b, c, d float64) (x0, x1, x2, x3, x4, x5 float64) {
	if side == 2 {
		return a, (a + b + c) / 2, (a - b + c) / 2, c, 0, 0
	}
	last := c
	if side == 3 {
		last = d
	}
	return a / 4, -(a + b + c + d) / 6, -(a - b + c - d) / 6, (a + 2*b + 4*c + 8*d) / 24, (a - 2*b + 4*c - 8*d) / 24, last
}

// winogradInput is Bᵀ·d: for windows of 6 by 4·(d0 - d2) + (d4 - d2), a + b, a - b, (d4 - d2) + 2f, (d4 - d2) - 2f,
// (d5 - d3) - 4f, where a = d4 - 4·d2, b = d3 - 4·d1, f = d3 - d1.
func winogradInput(d []float32) []float32 {
	if len(d) == 4 {
		return []float32{d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]}
	}
	a, b, c, f := d[4]-float32(4*d[2]), d[3]-float32(4*d[1]), d[4]-d[2], d[3]-d[1]
	return []float32{float32(4*(d[0]-d[2])) + c, a + b, a - b, c + float32(2*f), c - float32(2*f), (d[5] - d[3]) - float32(4*f)}
}

// outputs are Aᵀ·m: of six by (m0 + p) + r, q + 2s, p + 4r, (q + 8s) + m5, where p, q = m1 ± m2 and r, s = m3 ± m4; of tiles of
// 3×3 the third is (p + 4r) + m5 and the last.
func (w Winograd) outputs(m []float32) []float32 {
	if len(m) == 4 {
		return []float32{m[0] + m[1] + m[2], m[1] - m[2] - m[3]}
	}
	p, q, r, s := m[1]+m[2], m[1]-m[2], m[3]+m[4], m[3]-m[4]
	if w.Side == 3 {
		return []float32{(m[0] + p) + r, q + float32(2*s), (p + float32(4*r)) + m[5]}
	}
	return []float32{(m[0] + p) + r, q + float32(2*s), p + float32(4*r), (q + float32(8*s)) + m[5]}
}

// both transforms a square matrix along both axes: its columns, then the rows of what that gives.
func both(m []float32, n int, transform func([]float32) []float32) (all []float32) {
	columns := make([][]float32, n)
	for j := range n {
		column := make([]float32, n)
		for i := range n {
			column[i] = m[i*n+j]
		}
		columns[j] = transform(column)
	}
	for i := range columns[0] {
		row := make([]float32, n)
		for j := range n {
			row[j] = columns[j][i]
		}
		all = append(all, transform(row)...)
	}
	return all
}

// window is the side of a tile's window.
func (w Winograd) window() int { return w.Side + WinogradTaps(w.Side) - 1 }

// Do computes Y tile by tile: v = Bᵀ·d·B; m[i] = Σ v[i]·u[i] from 0, but m[1][1] from the
// bias, which adds it to all outputs, channels ascending; y = Aᵀ·m·A, rows first; then clamp.
// Every sum and product is rounded to float32.
func (w Winograd) Do() {
	v := make([]float32, w.window()*w.window()*w.C)
	for n := range w.N {
		for ty := 0; ty < w.OH; ty += w.Side {
			for tx := 0; tx < w.OW; tx += w.Side {
				w.input(v, n, ty, tx)
				for o := range w.O {
					y := w.output(v, o)
					for i := range min(w.Side, w.OH-ty) {
						for j := range min(w.Side, w.OW-tx) {
							w.Y[n*w.YImg+(ty+i)*w.YRow+(tx+j)*w.YPix+o] = clamp(y[i*w.Side+j], w.Lo, w.Hi)
						}
					}
				}
			}
		}
		for y := range w.OH {
			for x := range w.OW {
				apply(w.Epilogue, w.Y[n*w.YImg+y*w.YRow+x*w.YPix:][:w.O])
			}
		}
	}
}

// input transforms the window at (y, x); beyond the image, where only outputs that are not kept
// see it, it repeats the last row or column.
func (w Winograd) input(v []float32, n, y, x int) {
	side, reach := w.window(), WinogradTaps(w.Side)-2
	d := make([]float32, side*side)
	for c := range w.C {
		for i := range d {
			d[i] = w.X[n*w.XImg+min(y+i/side, w.OH+reach)*w.XRow+min(x+i%side, w.OW+reach)*w.XPix+c]
		}
		for i, x := range both(d, side, winogradInput) {
			v[i*w.C+c] = x
		}
	}
}

// output is the outputs of a tile in channel o.
func (w Winograd) output(v []float32, o int) []float32 {
	side := w.window()
	m := make([]float32, side*side)
	for i := range m {
		acc := float32(0)
		if i == side+1 {
			acc = w.Bias[o]
		}
		for c := range w.C {
			acc += float32(v[i*w.C+c] * w.U[(i*w.C+c)*w.O+o])
		}
		m[i] = acc
	}
	return both(m, side, w.outputs)
}
