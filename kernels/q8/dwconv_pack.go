package q8

import (
	"encoding/binary"
	"math"
	"slices"
)

// DWWeights are the weights of a DWConv, to be packed.
type DWWeights struct {
	Data  []int8    // [channels][kernel rows][kernel columns]; uint8 weights less 128
	Zero  []int32   // zero points of the weights, less 128 where they are uint8: one per channel, or one for all
	XZero int32     // zero point of the activations
	Bias  []int32   // one per channel, or nil for zeros
	M     []float32 // multipliers: one per channel, or one for all
}

// centred are the weights of c channels less their zero points.
func (w DWWeights) centred(c int) []int16 {
	q, positions := make([]int16, len(w.Data)), len(w.Data)/c
	for i := range c {
		zero, row := int16(w.Zero[i%len(w.Zero)]), q[i*positions:(i+1)*positions]
		for k, v := range w.Data[i*positions : (i+1)*positions] {
			row[k] = int16(v) - zero
		}
	}
	return q
}

// Wide says that a weight less its zero point, of c channels, does not fit in 8 bits: DWConv.Wide, which
// takes longer.
func (w DWWeights) Wide(c int) bool {
	if !slices.ContainsFunc(w.Zero, func(z int32) bool { return z != 0 }) {
		return false
	}
	for _, q := range w.centred(c) {
		if q != int16(int8(q)) {
			return true
		}
	}
	return false
}

// position is one in the kernel; ky < 0 is none, a weight of zero.
type position struct{ ky, kx int }

// dwGroups lists the vectors of weights of a k×k window, in groups of g positions that one instruction
// multiplies: for each kernel column g kernel rows at a time, then, of a single kernel row that is
// left over, g columns at a time, and last its last column, in the last place of its group where
// groups overlap (stride 1), else in the first. For two output rows at once the first groups follow
// again, one kernel row further down.
func dwGroups(w dwWindow, g int) [][]position {
	var groups [][]position
	whole, _ := dwRows(w, g)
	for ky := 0; ky < whole; ky += g {
		for kx := range w.k {
			var positions []position
			for i := range g {
				positions = append(positions, position{ky + i, kx})
				if ky+i >= w.k {
					positions[i] = position{-1, 0}
				}
			}
			groups = append(groups, positions)
		}
	}
	if w.pairs() && g == 4 {
		for kx := range w.k {
			groups = append(groups, []position{{-1, 0}, {0, kx}, {1, kx}, {2, kx}})
		}
	}
	if whole >= w.k {
		return groups
	}
	for kx := 0; kx+g <= w.k; kx += g {
		var positions []position
		for i := range g {
			positions = append(positions, position{whole, kx + i})
		}
		groups = append(groups, positions)
	}
	last := make([]position, g)
	for i := range last {
		last[i] = position{-1, 0}
	}
	if w.stride == 1 {
		last[g-1] = position{whole, w.k - 1}
	} else {
		last[0] = position{whole, w.k - 1}
	}
	return append(groups, last)
}

// dwRows gives the kernel rows that are taken g at a time, and whether one is left over.
func dwRows(w dwWindow, g int) (whole int, rest bool) {
	if w.k < g {
		return g, false
	}
	return w.k / g * g, w.k%g > 0
}

// dotSize is how many positions one instruction multiplies.
func (d DWConv) dotSize() int {
	if d.relaxed() {
		return 4
	}
	return 2
}

// dwBlockBytes is the packed weights of dwLanes channels: biases, multipliers, groups of positions.
func dwBlockBytes(w dwWindow, positions int) int { return 8*dwLanes + 32*len(dwGroups(w, positions)) }

// PackedLen is the bytes of the packed weights.
func (d DWConv) PackedLen() int {
	if d.form() == dwAny {
		return int((8 + 2*d.KH*d.KW) * d.C)
	}
	return int(d.C+dwLanes-1) / dwLanes * dwBlockBytes(dwWindows()[d.form()], d.dotSize())
}

// Pack lays the weights out for this call, in PackedLen bytes, with the zero points folded into the
// biases: bias − zx·Σ(w−zw), wrapping as int32 does.
//
// Any window: a bias (int32) per channel, a multiplier (float32) per channel, then for each kernel
// row and column a weight (int16) per channel. A special one: per block of 8 channels 8 biases, 8
// multipliers, then for each of dwGroups the weights of 8 channels, the positions of a channel side by
// side, in bytes (four) or int16 (two); the last block is that of the last 8 channels, whatever
// their number.
func (d DWConv) Pack(dst []byte, w DWWeights) {
	c, window := int(d.C), int(d.KH*d.KW)
	q := w.centred(c)
	if d.form() == dwAny {
		w.packHead(dst, q, 0, window, c)
		dst = dst[8*c:]
		for k := range window {
			for i := range c {
				binary.LittleEndian.PutUint16(dst[2*(k*c+i):], uint16(q[i*window+k]))
			}
		}
		return
	}
	bytes := d.dotSize() == 4
	groups := dwGroups(dwWindows()[d.form()], d.dotSize())
	for b := 0; b < c; b += dwLanes {
		first := min(b, c-dwLanes)
		w.packHead(dst, q[first*window:], first, window, dwLanes)
		dst = dst[8*dwLanes:]
		for _, positions := range groups {
			for i := range dwLanes {
				for _, t := range positions {
					var v int16
					if t.ky >= 0 {
						v = q[(first+i)*window+t.ky*int(d.KW)+t.kx]
					}
					dst[0] = byte(v)
					if !bytes {
						dst[1] = byte(v >> 8)
						dst = dst[1:]
					}
					dst = dst[1:]
				}
			}
		}
	}
}

// packHead writes n biases and n multipliers, from channel first, whose centred weights q begins with.
func (w DWWeights) packHead(dst []byte, q []int16, first, window, n int) {
	for i := range n {
		var bias int32
		if w.Bias != nil {
			bias = w.Bias[first+i]
		}
		for _, v := range q[i*window : (i+1)*window] {
			bias -= w.XZero * int32(v)
		}
		binary.LittleEndian.PutUint32(dst[4*i:], uint32(bias))
		binary.LittleEndian.PutUint32(dst[4*n+4*i:], math.Float32bits(w.M[(first+i)%len(w.M)]))
	}
}
