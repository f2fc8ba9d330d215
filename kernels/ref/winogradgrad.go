package ref

// WinogradGrad is the gradient of the weights of a Winograd convolution by F(3×3, 4×4), before it is transformed back: for
// each tile of 4×4 outputs the window of x, transformed as Winograd's, times the transformed gradient of the outputs, in 36
// products where the sum over the window has 144. It comes in parts that are still to be added up.
type WinogradGrad struct {
	Winograd           // Side 4, X, and as Y the gradient; nothing of the weights
	Tiles    int       // of a block
	Blocks   int       // of a part
	Parts    []float32 // [parts][36][O][C]
}

// Do computes Parts: v = Bᵀ·d·B as Winograd; u is A·g·Aᵀ of the gradient g, 0 beyond the image; then the sum of v·u over a
// block's tiles from 0 up, and the sums of a part's blocks from the first to the last. Every product and sum is rounded to float32.
func (w WinogradGrad) Do() {
	tw, th, products := (w.OW+w.Side-1)/w.Side, (w.OH+w.Side-1)/w.Side, w.window()*w.window()
	all := w.N * th * tw
	v, u := make([]float32, products*w.C), make([]float32, products*w.O)
	sums := make([]float32, products*w.O*w.C)
	for first := 0; first < all; first += w.Tiles {
		clear(sums)
		for tile := first; tile < min(first+w.Tiles, all); tile++ {
			n, y, x := tile/tw/th, tile/tw%th*w.Side, tile%tw*w.Side
			w.input(v, n, y, x)
			w.gradient(u, n, y, x)
			for i := range products {
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

// winogradGradient is A·g: g0, (g0 + g2) ± (g1 + g3), (g0 + 4·g2) ± 2·(g1 + 4·g3), g3.
func winogradGradient(g []float32) []float32 {
	a, b, c, d := g[0]+g[2], g[1]+g[3], g[0]+float32(4*g[2]), float32(2*(g[1]+float32(4*g[3])))
	return []float32{g[0], a + b, a - b, c + d, c - d, g[3]}
}

// gradient transforms that of the outputs of a tile from (y, x) on.
func (w WinogradGrad) gradient(u []float32, n, y, x int) {
	for o := range w.O {
		g := make([]float32, w.Side*w.Side)
		for i := range g {
			if y, x := y+i/w.Side, x+i%w.Side; y < w.OH && x < w.OW {
				g[i] = w.Y[n*w.YImg+y*w.YRow+x*w.YPix+o]
			}
		}
		for i, x := range both(g, w.Side, winogradGradient) {
			u[i*w.O+o] = x
		}
	}
}
