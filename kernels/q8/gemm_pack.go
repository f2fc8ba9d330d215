package q8

import (
	"encoding/binary"
	"math"

	"github.com/quantscope/quantscope/kernels/call"
)

// Pack lays the weights out for GEMM, in PackedLen bytes: panels of 16 columns, each 16 int32 biases
// and 16 float32 multipliers, then for each run and each group of four of its k, 16 times the four
// weights of a column: bytes, or without the relaxed dot product int16 less their zero point. Weights
// beyond a run and columns beyond N are zero. A bias has the zero points folded in:
// bias − za·Σ(w−zw), wrapping as int32 does.
func (w GEMMWeights) Pack(dst []byte) {
	size := int(gemmTileOf(w.Dot != call.DotI16).groupBytes()) / (4 * gemmNR) // of a weight
	for n0 := 0; n0 < w.N; n0 += gemmNR {
		panel := dst[:w.panelBytes()]
		dst = dst[len(panel):]
		clear(panel)
		for c := range min(gemmNR, w.N-n0) {
			bias, column := int32(0), panel[gemmHeader+4*size*c:]
			for run := range w.Runs {
				for i := range w.RunLen {
					q := w.At(run*w.RunLen+i, n0+c)
					centred := int32(q) - w.Zero
					bias -= w.XZero * centred
					at := size * (4*gemmNR*(run*groups(w.RunLen)+i/4) + i%4)
					if size == 1 {
						column[at] = byte(q)
					} else {
						binary.LittleEndian.PutUint16(column[at:], uint16(centred))
					}
				}
			}
			if w.Bias != nil {
				bias += w.Bias[n0+c]
			}
			binary.LittleEndian.PutUint32(panel[4*c:], uint32(bias))
			binary.LittleEndian.PutUint32(panel[4*gemmNR+4*c:], math.Float32bits(w.M[(n0+c)%len(w.M)]))
		}
	}
}
