package q8

import (
	"encoding/binary"
	"math"
)

// Pack lays the weights out for GEMM, in PackedLen bytes: panels of 16 columns, each 16 int32 biases
// and 16 float32 multipliers, then for each run and each group of four of its k, 16 times the four
// weights of a column. Bytes beyond a run and columns beyond N are zero. A bias has the zero points
// folded in: bias − za·Σ(w−zw), wrapping as int32 does.
func (w GEMMWeights) Pack(dst []byte) {
	for n0 := 0; n0 < w.N; n0 += gemmNR {
		panel := dst[:gemmHeader+4*gemmNR*w.Runs*groups(w.RunLen)]
		dst = dst[len(panel):]
		clear(panel)
		for c := range min(gemmNR, w.N-n0) {
			bias, at := int32(0), gemmHeader+4*c
			for run := range w.Runs {
				for i := range w.RunLen {
					q := w.At(run*w.RunLen+i, n0+c)
					panel[at+i/4*4*gemmNR+i%4] = byte(q)
					bias -= w.XZero * (int32(q) - w.Zero)
				}
				at += groups(w.RunLen) * 4 * gemmNR
			}
			if w.Bias != nil {
				bias += w.Bias[n0+c]
			}
			binary.LittleEndian.PutUint32(panel[4*c:], uint32(bias))
			binary.LittleEndian.PutUint32(panel[4*gemmNR+4*c:], math.Float32bits(w.M[(n0+c)%len(w.M)]))
		}
	}
}
