package ref

// WinogradGrad is the gradient of the weights of a Winograd convolution by F(3×3, 2×2), before it is transformed back: for
// each tile of 2×2 outputs the window of x, transformed as Winograd's, times the transformed gradient of the outputs, in 16
// products where the sum over the window has 36. It comes in parts that are still to be added up.
type WinogradGrad struct {
	Winograd           // X, and as Y the gradient; nothing of the weights
	Tiles    int       // of a block
	Blocks   int       // of a part
	Parts    []float32 // [parts][16][O][C]
}

// Do computes Parts: v = Bᵀ·d·B as Winograd, rows first; u is made of the gradient g, 0 beyond the image, rows first, by a, a +
// b, a - b, b; then the sum of v·u over a block's tiles from 0 up, and the sums of a part's blocks from the first to the last.
// Every product and sum is rounded to float32.
func (w WinogradGrad) Do() {
	tw, th := (w.OW+1)/2, (w.OH+1)/2
	all := w.N * th * tw
	v, u := make([]float32, 16*w.C), make([]float32, 16*w.O)
	sums := make([]float32, 16*w.O*w.C)
	for first := 0; first < all; first += w.Tiles {
		clear(sums)
		for tile := first; tile < min(first+w.Tiles, all); tile++ {
			n, y, x := tile/tw/th, tile/tw%th*2, tile%tw*2
			w.input(v, n, y, x)
			w.gradient(u, n, y, x)
			for i := range 16 {
				for o := range w.O {
					for c := range w.C {
						sums[(i*w.O+o)*w.C+c] += float32(v[i*w.C+c] * u[i*w.O+o])
					}
				}
			}
		}
		block := first / w.Tiles
		part := w.Parts[block/w.Blocks*len(sums):][:len(sums)]
		if block%w.Blocks == 0 {
			copy(part, sums)
			continue
		}
		for i, s := range sums {
			part[i] += s
		}
	}
}

// gradient transforms that of the outputs (y, x) to (y+1, x+1).
func (w WinogradGrad) gradient(u []float32, n, y, x int) {
	for o := range w.O {
		g := func(i, j int) float32 {
			if y+i >= w.OH || x+j >= w.OW {
				return 0
			}
			return w.Y[n*w.YImg+(y+i)*w.YRow+(x+j)*w.YPix+o]
		}
		var t [4][2]float32
		for j := range 2 {
			a, b := g(0, j), g(1, j)
			t[0][j], t[1][j], t[2][j], t[3][j] = a, a+b, a-b, b
		}
		for i, t := range t {
			for j, x := range [4]float32{t[0], t[0] + t[1], t[0] - t[1], t[1]} {
				u[(4*i+j)*w.O+o] = x
			}
		}
	}
}
