package ref

// Lerp is one output coordinate of a linear interpolation: the offsets of its two neighbours and
// their weights.
type Lerp struct {
	Off0, Off1 int
	W0, W1     float32
}

// ResizeLinear makes the image of len(rows)×len(columns) pixels of c channels. Along the row first:
//
//	top = float32(src[y0+x0]·wx0) + float32(src[y0+x1]·wx1), bottom likewise with y1,
//	out = float32(top·wy0) + float32(bottom·wy1).
func ResizeLinear(dst, src []float32, rows, columns []Lerp, c, dstH, dstW int, epilogue ...EpilogueOp) {
	for oy, y := range rows {
		for ox, x := range columns {
			out := dst[oy*dstH+ox*dstW:][:c]
			for k := range out {
				top := float32(src[y.Off0+x.Off0+k]*x.W0) + float32(src[y.Off0+x.Off1+k]*x.W1)
				bottom := float32(src[y.Off1+x.Off0+k]*x.W0) + float32(src[y.Off1+x.Off1+k]*x.W1)
				out[k] = float32(top*y.W0) + float32(bottom*y.W1)
			}
			apply(epilogue, out)
		}
	}
}
