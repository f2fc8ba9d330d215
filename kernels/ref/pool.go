package ref

import "math"

// Pool is the geometry of a pooling layer over channels-last images. The window of output (oy, ox)
// starts at input (oy·SH-PT, ox·SW-PL) and has KH×KW positions DH and DW apart. Strides are in elements;
// channels lie side by side.
type Pool struct {
	N, H, W, C             int // input
	OH, OW                 int // output
	KH, KW, SH, SW, DH, DW int // kernel, stride, dilation
	PT, PL, PB, PR         int // padding; PB and PR matter only to a count that includes padding
	SrcN, SrcH, SrcW       int
	DstN, DstH, DstW       int
	CountPad               bool // AvgPool: positions in the padding count, as zeros
}

// inside gives the first position at or after 0 and the first at or after limit, of k positions d apart from start.
func inside(start, k, d, limit int) (lo, hi int) {
	for lo < k && start+lo*d < 0 {
		lo++
	}
	for hi < k && start+hi*d < limit {
		hi++
	}
	return lo, max(lo, hi)
}

// window is what one output pixel sees: positions [y0, y1) × [x0, x1) lie inside the image, position (0, 0)
// is at src[at] (which may lie outside), and padded positions lie inside image and padding.
type window struct{ at, y0, y1, x0, x1, padded int }

func (p Pool) window(n, oy, ox int) window {
	y, x := oy*p.SH-p.PT, ox*p.SW-p.PL
	w := window{at: n*p.SrcN + y*p.SrcH + x*p.SrcW}
	w.y0, w.y1 = inside(y, p.KH, p.DH, p.H)
	w.x0, w.x1 = inside(x, p.KW, p.DW, p.W)
	_, py := inside(y, p.KH, p.DH, p.H+p.PB)
	_, px := inside(x, p.KW, p.DW, p.W+p.PR)
	w.padded = py * px
	return w
}

// pool computes every output element by f and runs the epilogue over each output pixel.
func (p Pool) pool(dst []float32, epilogue []EpilogueOp, f func(w window, c int) float32) {
	for n := range p.N {
		for oy := range p.OH {
			for ox := range p.OW {
				w := p.window(n, oy, ox)
				out := dst[n*p.DstN+oy*p.DstH+ox*p.DstW:][:p.C]
				for c := range out {
					out[c] = f(w, c)
				}
				apply(epilogue, out)
			}
		}
	}
}

// MaxPool takes the greatest of the window's positions inside the image, starting from -Inf, ky then kx
// ascending: best = best < x ? x : best. So a NaN is passed over, and of zeros of both signs the
// first stays. A window without a position gives -Inf. The epilogue runs over each output pixel.
func MaxPool(dst, src []float32, p Pool, epilogue ...EpilogueOp) {
	p.pool(dst, epilogue, func(w window, c int) float32 {
		best := float32(math.Inf(-1))
		for ky := w.y0; ky < w.y1; ky++ {
			for kx := w.x0; kx < w.x1; kx++ {
				if x := src[w.at+ky*p.DH*p.SrcH+kx*p.DW*p.SrcW+c]; best < x {
					best = x
				}
			}
		}
		return best
	})
}

// AvgPool sums the window's positions inside the image from +0, ky then kx ascending, and divides by
// their number, or with CountPad by the number of positions inside image and padding. (ONNX ceil_mode
// lets a window reach beyond the padding; what is there never counts.) No position at all gives NaN.
func AvgPool(dst, src []float32, p Pool, epilogue ...EpilogueOp) {
	p.pool(dst, epilogue, func(w window, c int) float32 {
		sum := float32(0)
		for ky := w.y0; ky < w.y1; ky++ {
			for kx := w.x0; kx < w.x1; kx++ {
				sum += src[w.at+ky*p.DH*p.SrcH+kx*p.DW*p.SrcW+c]
			}
		}
		count := (w.y1 - w.y0) * (w.x1 - w.x0)
		if p.CountPad {
			count = w.padded
		}
		return sum / float32(count)
	})
}
