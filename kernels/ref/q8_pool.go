package ref

// QMaxPool takes the greatest of the window's positions inside the image; none gives the least byte.
func QMaxPool(dst, src []byte, p Pool, signed bool) {
	p.bytes(dst, func(w window, c int) byte {
		best := byte(0)
		if signed {
			best = 128
		}
		p.each(w, c, func(i int) {
			if QValue(src[i], signed) > QValue(best, signed) {
				best = src[i]
			}
		})
		return best
	})
}

// QAvgPool is clamp(rhe(float32(Σ(x-zx))·m) + zy, lo, hi) with m = sx/(sy·count), each operation
// rounded to float32: AScale, AZero and YScale, YZero of q. count is the number of positions inside the
// image, or with CountPad inside image and padding; zero gives zy within its bounds. Of ONNX
// Runtime's operators QLinearGlobalAveragePool has this order; QLinearAveragePool sums floats.
func QAvgPool(dst, src []byte, p Pool, q QBinary) {
	p.bytes(dst, func(w window, c int) byte {
		sum, count := int32(0), 0
		p.each(w, c, func(i int) {
			sum += QValue(src[i], q.Signed) - q.AZero
			count++
		})
		if p.CountPad {
			count = w.padded
		}
		m := float32(0)
		if count > 0 {
			m = q.AScale / float32(q.YScale*float32(count))
		}
		return QRound(float32(sum)*m, q.YZero, q.Lo, q.Hi)
	})
}

// each calls f with where every window position lies that is inside the image.
func (p Pool) each(w window, c int, f func(i int)) {
	for ky := w.y0; ky < w.y1; ky++ {
		for kx := w.x0; kx < w.x1; kx++ {
			f(w.at + ky*p.DH*p.SrcH + kx*p.DW*p.SrcW + c)
		}
	}
}

// bytes computes every output element by f.
func (p Pool) bytes(dst []byte, f func(w window, c int) byte) {
	for n := range p.N {
		for oy := range p.OH {
			for ox := range p.OW {
				w := p.window(n, oy, ox)
				for c := range p.C {
					dst[n*p.DstN+oy*p.DstH+ox*p.DstW+c] = f(w, c)
				}
			}
		}
	}
}
