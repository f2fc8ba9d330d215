package ref

// Winograd is a 3×3 convolution of stride 1 by F(2×2, 3×3) of Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks" (2015): two by two outputs are made of 16 products for each input
// channel in place of 36. Channels last: output image n, row y, column x is at
// Y[n·YImg + y·YRow + x·YPix + o], and its window begins at X[n·XImg + y·XRow + x·XPix].
type Winograd struct {
	X                []float32
	XImg, XRow, XPix int
	U                []float32 // [4][4][C][O], as WinogradWeights makes it
	Bias             []float32 // [O]
	Y                []float32
	YImg, YRow, YPix int
	N, OH, OW, C, O  int
	Lo, Hi           float32
	Epilogue         []EpilogueOp // over each pixel of Y
}

// WinogradWeights is G·w·Gᵀ for w[3][3], in float64 and rounded once.
func WinogradWeights(w *[9]float32) (u [16]float32) {
	var half [4][3]float64 // G·w
	for j := range 3 {
		a, b, c := float64(w[j]), float64(w[3+j]), float64(w[6+j])
		half[0][j], half[1][j], half[2][j], half[3][j] = a, (a+b+c)/2, (a-b+c)/2, c
	}
	for i, h := range half {
		for j, x := range [4]float64{h[0], (h[0] + h[1] + h[2]) / 2, (h[0] - h[1] + h[2]) / 2, h[2]} {
			u[4*i+j] = float32(x)
		}
	}
	return u
}

// Do computes Y tile by tile: v = Bᵀ·d·B, rows first; m[i] = Σ v[i]·u[i] from 0, but m[1][1] from the
// bias, which adds it to all four outputs, channels ascending; y = Aᵀ·m·A, rows first; then clamp.
// Every sum and product is rounded to float32.
func (w Winograd) Do() {
	v := make([]float32, 16*w.C)
	for n := range w.N {
		for ty := 0; ty < w.OH; ty += 2 {
			for tx := 0; tx < w.OW; tx += 2 {
				w.input(v, n, ty, tx)
				for o := range w.O {
					y := w.output(v, o)
					for i := range min(2, w.OH-ty) {
						for j := range min(2, w.OW-tx) {
							w.Y[n*w.YImg+(ty+i)*w.YRow+(tx+j)*w.YPix+o] = clamp(y[i][j], w.Lo, w.Hi)
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

// input transforms the window of 4×4 at (y, x); beyond the image, where only outputs that are not kept
// see it, it repeats the last row or column.
func (w Winograd) input(v []float32, n, y, x int) {
	for c := range w.C {
		d := func(i, j int) float32 {
			return w.X[n*w.XImg+min(y+i, w.OH+1)*w.XRow+min(x+j, w.OW+1)*w.XPix+c]
		}
		var t [4][4]float32
		for j := range 4 {
			t[0][j], t[1][j], t[2][j], t[3][j] = d(0, j)-d(2, j), d(1, j)+d(2, j), d(2, j)-d(1, j), d(1, j)-d(3, j)
		}
		for i, t := range t {
			for j, x := range [4]float32{t[0] - t[2], t[1] + t[2], t[2] - t[1], t[1] - t[3]} {
				v[(4*i+j)*w.C+c] = x
			}
		}
	}
}

// output is the four outputs of a tile in channel o.
func (w Winograd) output(v []float32, o int) (y [2][2]float32) {
	var m [4][4]float32
	for i := range 16 {
		acc := float32(0)
		if i == 5 {
			acc = w.Bias[o]
		}
		for c := range w.C {
			acc += float32(v[i*w.C+c] * w.U[(i*w.C+c)*w.O+o])
		}
		m[i/4][i%4] = acc
	}
	var s [2][4]float32
	for j := range 4 {
		s[0][j], s[1][j] = m[0][j]+m[1][j]+m[2][j], m[1][j]-m[2][j]-m[3][j]
	}
	for i, s := range s {
		y[i] = [2]float32{s[0] + s[1] + s[2], s[1] - s[2] - s[3]}
	}
	return y
}
