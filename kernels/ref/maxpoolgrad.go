package ref

// MaxPoolGrad gives the gradient dy of a maximum to the first element of its window, in the order of the kernel, that
// equals it. dx lies as src, dy and y as the outputs of p. Sums start from 0; windows ascend, image by image and row by
// row; every sum is rounded to float32.
func (p Pool) MaxPoolGrad(dx, dy, src, y []float32) {
	for n := range p.N {
		for iy := range p.H {
			for ix := range p.W {
				clear(dx[n*p.SrcN+iy*p.SrcH+ix*p.SrcW:][:p.C])
			}
		}
		for oy := range p.OH {
			for ox := range p.OW {
				w := p.window(n, oy, ox)
				out := n*p.DstN + oy*p.DstH + ox*p.DstW
				for c := range p.C {
					p.first(w, c, func(at int) bool { return src[at] == y[out+c] }, func(at int) { dx[at] += dy[out+c] })
				}
			}
		}
	}
}

// first calls do for the first element of a window that is one.
func (p Pool) first(w window, c int, is func(at int) bool, do func(at int)) {
	for ky := w.y0; ky < w.y1; ky++ {
		for kx := w.x0; kx < w.x1; kx++ {
			if at := w.at + ky*p.DH*p.SrcH + kx*p.DW*p.SrcW + c; is(at) {
				do(at)
				return
			}
		}
	}
}
