package q8

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/quantscope/quantscope/kernels/call"
)

// Pack lays the weights out for GEMM, in PackedLen bytes: panels of 16 columns, each 16 int32 biases
// and 16 float32 multipliers, then for each run and each group of four of its k, 16 times the four
// weights of a column: bytes, or without the relaxed dot product int16 less their zero point. Weights
// beyond a run and columns beyond N are zero. A bias has the zero points folded in:
// bias − za·Σ(w−zw), wrapping as int32 does.
func (w GEMMWeights) Pack(dst []byte) {
	k := w.Runs * w.RunLen
	group := int(gemmTileOf(w.Dot != call.DotI16).groupBytes())
	place := packBytes
	if w.Dot == call.DotI16 {
		place = func(dst []byte, line []int8) { packWords(dst, line, w.Zero) }
	}
	line := make([]int8, k)
	for n0 := 0; n0 < w.N; n0 += gemmNR {
		panel := dst[:w.panelBytes()]
		dst = dst[len(panel):]
		clear(panel)
		for c := range min(gemmNR, w.N-n0) {
			w.column(line, n0+c)
			bias := -w.XZero * (sum(line) - int32(k)*w.Zero)
			if w.Bias != nil {
				bias += w.Bias[n0+c]
			}
			binary.LittleEndian.PutUint32(panel[4*c:], uint32(bias))
			binary.LittleEndian.PutUint32(panel[4*gemmNR+4*c:], math.Float32bits(w.M[(n0+c)%len(w.M)]))
			column := panel[gemmHeader+group/gemmNR*c:]
			for run := range w.Runs {
				place(column[run*groups(w.RunLen)*group:], line[run*w.RunLen:][:w.RunLen])
			}
		}
	}
}

// column reads column n in the order of the runs.
func (w GEMMWeights) column(line []int8, n int) {
	x := w.Data[n*w.ColumnStride:]
	for position := 0; len(line) > 0; position++ {
		from, at := x[position:], 0
		if w.ChannelStride == 1 {
			copy(line[:w.Channels], from)
		} else {
			for ch := range line[:w.Channels] {
				line[ch] = from[at]
				at += w.ChannelStride
			}
		}
		line = line[w.Channels:]
	}
}

func sum(line []int8) int32 {
	s := int32(0)
	for _, q := range line {
		s += int32(q)
	}
	return s
}

// packBytes writes a run of a column, four bytes for each group. This and packWords are most of the
// time of loading a quantized network.
func packBytes(dst []byte, line []int8) {
	x := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(line))), len(line))
	at := 0
	for len(x) >= 4 {
		*(*[4]byte)(dst[at:]) = [4]byte(x)
		x, at = x[4:], at+4*gemmNR
	}
	copy(dst[min(at, len(dst)):], x)
}

// packWords writes a run of a column less the zero point, four int16 for each group.
func packWords(dst []byte, line []int8, zero int32) {
	at := 0
	for len(line) > 0 {
		group := line[:min(4, len(line))]
		for i, q := range group {
			binary.LittleEndian.PutUint16(dst[at+2*i:], uint16(int32(q)-zero))
		}
		line, at = line[len(group):], at+8*gemmNR
	}
}
