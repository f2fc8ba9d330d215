package scalar

import (
	"encoding/binary"
	"math"
)

// value is what a local or a place of the stack holds: 32 or 64 bits in lo, or 128.
type value struct{ lo, hi uint64 }

func of(x uint32) value { return value{lo: uint64(x)} }

func truth(b bool) value {
	if b {
		return value{lo: 1}
	}
	return value{}
}

func (v value) u32() uint32  { return uint32(v.lo) }
func (v value) f32() float32 { return math.Float32frombits(uint32(v.lo)) }

func ofF32(x float32) value { return of(math.Float32bits(x)) }

// Lanes of a vector, the lowest first.

func (v value) lanes4() [4]uint32 {
	return [4]uint32{uint32(v.lo), uint32(v.lo >> 32), uint32(v.hi), uint32(v.hi >> 32)}
}

func of4(l [4]uint32) value {
	return value{uint64(l[0]) | uint64(l[1])<<32, uint64(l[2]) | uint64(l[3])<<32}
}

func (v value) lanes8() (l [8]int16) {
	for i := range 4 {
		l[i], l[i+4] = int16(v.lo>>(16*i)), int16(v.hi>>(16*i))
	}
	return l
}

func of8(l [8]int16) (v value) {
	for i := range 4 {
		v.lo |= uint64(uint16(l[i])) << (16 * i)
		v.hi |= uint64(uint16(l[i+4])) << (16 * i)
	}
	return v
}

func (v value) lanes16() (l [16]byte) {
	binary.LittleEndian.PutUint64(l[:], v.lo)
	binary.LittleEndian.PutUint64(l[8:], v.hi)
	return l
}

func of16(l [16]byte) value {
	return value{binary.LittleEndian.Uint64(l[:]), binary.LittleEndian.Uint64(l[8:])}
}

func each4(a, b value, f func(x, y uint32) uint32) value {
	x, y := a.lanes4(), b.lanes4()
	for i := range x {
		x[i] = f(x[i], y[i])
	}
	return of4(x)
}

func floats4(a, b value, f func(x, y float32) float32) value {
	x, y := a.lanes4(), b.lanes4()
	for i := range x {
		x[i] = math.Float32bits(f(math.Float32frombits(x[i]), math.Float32frombits(y[i])))
	}
	return of4(x)
}

func doubles2(a, b value, f func(x, y float64) float64) value {
	at := math.Float64frombits
	return value{math.Float64bits(f(at(a.lo), at(b.lo))), math.Float64bits(f(at(a.hi), at(b.hi)))}
}

// promote is the two lower lanes as float64.
func promote(a value) value {
	l := a.lanes4()
	double := func(x uint32) uint64 { return math.Float64bits(float64(math.Float32frombits(x))) }
	return value{double(l[0]), double(l[1])}
}

func test4(a, b value, f func(x, y float32) bool) value {
	x, y := a.lanes4(), b.lanes4()
	for i := range x {
		x[i] = ones(f(math.Float32frombits(x[i]), math.Float32frombits(y[i])))
	}
	return of4(x)
}

func ones(b bool) uint32 {
	if b {
		return math.MaxUint32
	}
	return 0
}

func each8(a, b value, f func(x, y int16) int16) value {
	x, y := a.lanes8(), b.lanes8()
	for i := range x {
		x[i] = f(x[i], y[i])
	}
	return of8(x)
}

func each16(a, b value, f func(x, y byte) byte) value {
	x, y := a.lanes16(), b.lanes16()
	for i := range x {
		x[i] = f(x[i], y[i])
	}
	return of16(x)
}

// extend8 and extend4 are the lower or upper half of the lanes, f of each.

func extend8(a value, upper int, f func(b byte) int16) value {
	l := a.lanes16()
	var out [8]int16
	for i := range out {
		out[i] = f(l[8*upper+i])
	}
	return of8(out)
}

func extend4(a value, upper int, f func(x int16) uint32) value {
	l := a.lanes8()
	var out [4]uint32
	for i := range out {
		out[i] = f(l[4*upper+i])
	}
	return of4(out)
}

func signed8(b byte) int16      { return int16(int8(b)) }
func unsigned8(b byte) int16    { return int16(b) }
func signed16(x int16) uint32   { return uint32(int32(x)) }
func unsigned16(x int16) uint32 { return uint32(uint16(x)) }

func between(x, lo, hi int32) int32 { return min(max(x, lo), hi) }

// narrow8 saturates the lanes of a, then of b, to lo … hi.
func narrow8(a, b value, lo, hi int32) value {
	x, y := a.lanes8(), b.lanes8()
	var out [16]byte
	for i := range x {
		out[i], out[i+8] = byte(between(int32(x[i]), lo, hi)), byte(between(int32(y[i]), lo, hi))
	}
	return of16(out)
}

func narrow16(a, b value, lo, hi int32) value {
	x, y := a.lanes4(), b.lanes4()
	var out [8]int16
	for i := range x {
		out[i], out[i+4] = int16(between(int32(x[i]), lo, hi)), int16(between(int32(y[i]), lo, hi))
	}
	return of8(out)
}

func dot(a, b value) value {
	x, y := a.lanes8(), b.lanes8()
	var out [4]uint32
	for i := range out {
		out[i] = uint32(int32(x[2*i])*int32(y[2*i]) + int32(x[2*i+1])*int32(y[2*i+1]))
	}
	return of4(out)
}

func pairs8(a value, f func(b byte) int16) value {
	l := a.lanes16()
	var out [8]int16
	for i := range out {
		out[i] = f(l[2*i]) + f(l[2*i+1])
	}
	return of8(out)
}

func pairs16(a value) value {
	l := a.lanes8()
	var out [4]uint32
	for i := range out {
		out[i] = uint32(int32(l[2*i]) + int32(l[2*i+1]))
	}
	return of4(out)
}

func shuffle(a, b, lanes value) value {
	x, y, l := a.lanes16(), b.lanes16(), lanes.lanes16()
	var out [16]byte
	for i, k := range l {
		if k < 16 {
			out[i] = x[k]
		} else {
			out[i] = y[k-16]
		}
	}
	return of16(out)
}

func swizzle(a, indices value) value {
	x, l := a.lanes16(), indices.lanes16()
	var out [16]byte
	for i, k := range l {
		if k < 16 {
			out[i] = x[k]
		}
	}
	return of16(out)
}

// Float to integer towards zero, saturating; NaN gives 0.

func truncS(x float32) uint32 {
	switch {
	case x != x:
		return 0
	case x <= math.MinInt32:
		return 1 << 31
	case x >= 1<<31:
		return math.MaxInt32
	}
	return uint32(int32(x))
}

func truncU(x float32) uint32 {
	switch {
	case !(x > 0):
		return 0
	case x >= 1<<32:
		return math.MaxUint32
	}
	return uint32(x)
}

func nearest(x float32) float32 { return float32(math.RoundToEven(float64(x))) }
func ceil(x float32) float32    { return float32(math.Ceil(float64(x))) }
func floor(x float32) float32   { return float32(math.Floor(float64(x))) }
func trunc(x float32) float32   { return float32(math.Trunc(float64(x))) }
func sqrt(x float32) float32    { return float32(math.Sqrt(float64(x))) }

func unary4(a value, f func(x float32) float32) value {
	l := a.lanes4()
	for i := range l {
		l[i] = math.Float32bits(f(math.Float32frombits(l[i])))
	}
	return of4(l)
}

func map4(a value, f func(x uint32) uint32) value {
	l := a.lanes4()
	for i := range l {
		l[i] = f(l[i])
	}
	return of4(l)
}

func abs32(x uint32) uint32 {
	if int32(x) < 0 {
		return -x
	}
	return x
}
