package scalar

import (
	"encoding/binary"
	"fmt"
	"math"
)

// unary is an instruction of one operand, the address of a load among them; false for one of two.
func (m *Instance) unary(i *ins, a value) (value, bool) {
	switch i.op {
	case 0x45:
		return truth(a.u32() == 0), true
	case 0x8b:
		return of(a.u32() &^ (1 << 31)), true
	case 0x8c:
		return of(a.u32() ^ 1<<31), true
	case 0x8d:
		return ofF32(ceil(a.f32())), true
	case 0x8e:
		return ofF32(floor(a.f32())), true
	case 0x8f:
		return ofF32(trunc(a.f32())), true
	case 0x90:
		return ofF32(nearest(a.f32())), true
	case 0x91:
		return ofF32(sqrt(a.f32())), true
	case 0xa7, 0xad: // i32.wrap_i64, i64.extend_i32_u
		return of(a.u32()), true
	case 0xb2:
		return ofF32(float32(int32(a.u32()))), true
	case 0xb3:
		return ofF32(float32(a.u32())), true
	case 0xbc, 0xbe: // the bits as they are
		return a, true
	case bulk + 0:
		return of(truncS(a.f32())), true
	case bulk + 1:
		return of(truncU(a.f32())), true
	}
	if i.op < vector {
		return value{}, false
	}
	switch i.op - vector {
	case 0x01, 0x02:
		var l [16]byte
		copy(l[:], m.at(a, i.x, 8))
		if i.op-vector == 0x01 {
			return extend8(of16(l), 0, signed8), true
		}
		return extend8(of16(l), 0, unsigned8), true
	case 0x09:
		x := binary.LittleEndian.Uint32(m.at(a, i.x, 4))
		return of4([4]uint32{x, x, x, x}), true
	case 0x0a:
		x := binary.LittleEndian.Uint64(m.at(a, i.x, 8))
		return value{x, x}, true
	case 0x5c:
		return of(binary.LittleEndian.Uint32(m.at(a, i.x, 4))), true
	case 0x5d:
		return value{lo: binary.LittleEndian.Uint64(m.at(a, i.x, 8))}, true
	case 0x0f:
		x := uint64(byte(a.lo)) * 0x0101010101010101
		return value{x, x}, true
	case 0x10:
		x := uint64(uint16(a.lo)) * 0x0001000100010001
		return value{x, x}, true
	case 0x11, 0x13:
		x := a.u32()
		return of4([4]uint32{x, x, x, x}), true
	case 0x15:
		return of(uint32(int8(a.lanes16()[i.n]))), true
	case 0x16:
		return of(uint32(a.lanes16()[i.n])), true
	case 0x18:
		return of(uint32(int32(a.lanes8()[i.n]))), true
	case 0x1b, 0x1f:
		return of(a.lanes4()[i.n]), true
	case 0x4d:
		return value{^a.lo, ^a.hi}, true
	case 0x53:
		return truth(a != value{}), true
	case 0x5f:
		return promote(a), true
	case 0x67:
		return unary4(a, ceil), true
	case 0x68:
		return unary4(a, floor), true
	case 0x69:
		return unary4(a, trunc), true
	case 0x6a:
		return unary4(a, nearest), true
	case 0x7c:
		return pairs8(a, signed8), true
	case 0x7d:
		return pairs8(a, unsigned8), true
	case 0x7e:
		return pairs16(a), true
	case 0x80:
		return each8(a, a, func(x, _ int16) int16 { return max(x, -x) }), true
	case 0x81:
		return each8(a, a, func(x, _ int16) int16 { return -x }), true
	case 0x87:
		return extend8(a, 0, signed8), true
	case 0x88:
		return extend8(a, 1, signed8), true
	case 0x89:
		return extend8(a, 0, unsigned8), true
	case 0x8a:
		return extend8(a, 1, unsigned8), true
	case 0xa0:
		return map4(a, abs32), true
	case 0xa1:
		return map4(a, func(x uint32) uint32 { return -x }), true
	case 0xa3:
		l := a.lanes4()
		return truth(l[0] != 0 && l[1] != 0 && l[2] != 0 && l[3] != 0), true
	case 0xa4:
		l := a.lanes4()
		return of(l[0]>>31 | l[1]>>31<<1 | l[2]>>31<<2 | l[3]>>31<<3), true
	case 0xa7:
		return extend4(a, 0, signed16), true
	case 0xa8:
		return extend4(a, 1, signed16), true
	case 0xa9:
		return extend4(a, 0, unsigned16), true
	case 0xaa:
		return extend4(a, 1, unsigned16), true
	case 0xe0:
		return map4(a, func(x uint32) uint32 { return x &^ (1 << 31) }), true
	case 0xe1:
		return map4(a, func(x uint32) uint32 { return x ^ 1<<31 }), true
	case 0xe3:
		return unary4(a, sqrt), true
	case 0xf8:
		return map4(a, func(x uint32) uint32 { return truncS(math.Float32frombits(x)) }), true
	case 0xf9:
		return map4(a, func(x uint32) uint32 { return truncU(math.Float32frombits(x)) }), true
	case 0xfa:
		return map4(a, func(x uint32) uint32 { return math.Float32bits(float32(int32(x))) }), true
	case 0xfb:
		return map4(a, func(x uint32) uint32 { return math.Float32bits(float32(x)) }), true
	}
	return value{}, false
}

// binaryOp is an instruction of two operands.
func binaryOp(i *ins, a, b value) value {
	x, y := a.u32(), b.u32()
	switch i.op {
	case 0x46:
		return truth(x == y)
	case 0x47:
		return truth(x != y)
	case 0x48:
		return truth(int32(x) < int32(y))
	case 0x49:
		return truth(x < y)
	case 0x4a:
		return truth(int32(x) > int32(y))
	case 0x4b:
		return truth(x > y)
	case 0x4c:
		return truth(int32(x) <= int32(y))
	case 0x4d:
		return truth(x <= y)
	case 0x4e:
		return truth(int32(x) >= int32(y))
	case 0x4f:
		return truth(x >= y)
	case 0x51:
		return truth(a.lo == b.lo)
	case 0x54:
		return truth(a.lo < b.lo)
	case 0x5b:
		return truth(a.f32() == b.f32())
	case 0x5c:
		return truth(a.f32() != b.f32())
	case 0x5d:
		return truth(a.f32() < b.f32())
	case 0x5e:
		return truth(a.f32() > b.f32())
	case 0x5f:
		return truth(a.f32() <= b.f32())
	case 0x60:
		return truth(a.f32() >= b.f32())
	case 0x6a:
		return of(x + y)
	case 0x6b:
		return of(x - y)
	case 0x6c:
		return of(x * y)
	case 0x6d:
		return of(uint32(int32(x) / int32(y)))
	case 0x6e:
		return of(x / y)
	case 0x6f:
		return of(uint32(int32(x) % int32(y)))
	case 0x70:
		return of(x % y)
	case 0x71:
		return of(x & y)
	case 0x72:
		return of(x | y)
	case 0x73:
		return of(x ^ y)
	case 0x74:
		return of(x << (y & 31))
	case 0x75:
		return of(uint32(int32(x) >> (y & 31)))
	case 0x76:
		return of(x >> (y & 31))
	case 0x7c:
		return value{lo: a.lo + b.lo}
	case 0x7e:
		return value{lo: a.lo * b.lo}
	case 0x83:
		return value{lo: a.lo & b.lo}
	case 0x84:
		return value{lo: a.lo | b.lo}
	case 0x85:
		return value{lo: a.lo ^ b.lo}
	case 0x86:
		return value{lo: a.lo << (b.lo & 63)}
	case 0x88:
		return value{lo: a.lo >> (b.lo & 63)}
	case 0x92:
		return ofF32(a.f32() + b.f32())
	case 0x93:
		return ofF32(a.f32() - b.f32())
	case 0x94:
		return ofF32(a.f32() * b.f32())
	case 0x95:
		return ofF32(a.f32() / b.f32())
	case 0x96:
		return ofF32(min(a.f32(), b.f32()))
	case 0x97:
		return ofF32(max(a.f32(), b.f32()))
	case 0x98:
		return of(x&^(1<<31) | y&(1<<31))
	}
	if i.op < vector {
		panic(fmt.Errorf("instruction %#x is not known", i.op))
	}
	return vectorOp(i, a, b)
}

// vectorOp is a vector instruction of two operands.
func vectorOp(i *ins, a, b value) value {
	switch i.op - vector {
	case 0x0e:
		return swizzle(a, b)
	case 0x1c, 0x20:
		l := a.lanes4()
		l[i.n] = b.u32()
		return of4(l)
	case 0x23:
		return each16(a, b, func(x, y byte) byte { return byte(ones(x == y)) })
	case 0x2d:
		return each8(a, b, func(x, y int16) int16 { return int16(ones(x == y)) })
	case 0x31:
		return each8(a, b, func(x, y int16) int16 { return int16(ones(x > y)) })
	case 0x37:
		return each4(a, b, func(x, y uint32) uint32 { return ones(x == y) })
	case 0x38:
		return each4(a, b, func(x, y uint32) uint32 { return ones(x != y) })
	case 0x39:
		return each4(a, b, func(x, y uint32) uint32 { return ones(int32(x) < int32(y)) })
	case 0x3b:
		return each4(a, b, func(x, y uint32) uint32 { return ones(int32(x) > int32(y)) })
	case 0x3d:
		return each4(a, b, func(x, y uint32) uint32 { return ones(int32(x) <= int32(y)) })
	case 0x3f:
		return each4(a, b, func(x, y uint32) uint32 { return ones(int32(x) >= int32(y)) })
	case 0x41:
		return test4(a, b, func(x, y float32) bool { return x == y })
	case 0x42:
		return test4(a, b, func(x, y float32) bool { return x != y })
	case 0x43:
		return test4(a, b, func(x, y float32) bool { return x < y })
	case 0x44:
		return test4(a, b, func(x, y float32) bool { return x > y })
	case 0x45:
		return test4(a, b, func(x, y float32) bool { return x <= y })
	case 0x46:
		return test4(a, b, func(x, y float32) bool { return x >= y })
	case 0x4e:
		return value{a.lo & b.lo, a.hi & b.hi}
	case 0x4f:
		return value{a.lo &^ b.lo, a.hi &^ b.hi}
	case 0x50:
		return value{a.lo | b.lo, a.hi | b.hi}
	case 0x51:
		return value{a.lo ^ b.lo, a.hi ^ b.hi}
	case 0x65:
		return narrow8(a, b, math.MinInt8, math.MaxInt8)
	case 0x66:
		return narrow8(a, b, 0, math.MaxUint8)
	case 0x6e:
		return each16(a, b, func(x, y byte) byte { return x + y })
	case 0x71:
		return each16(a, b, func(x, y byte) byte { return x - y })
	case 0x76:
		return each16(a, b, func(x, y byte) byte { return byte(min(int8(x), int8(y))) })
	case 0x77:
		return each16(a, b, func(x, y byte) byte { return min(x, y) })
	case 0x78:
		return each16(a, b, func(x, y byte) byte { return byte(max(int8(x), int8(y))) })
	case 0x79:
		return each16(a, b, func(x, y byte) byte { return max(x, y) })
	case 0x85:
		return narrow16(a, b, math.MinInt16, math.MaxInt16)
	case 0x86:
		return narrow16(a, b, 0, math.MaxUint16)
	case 0x8b:
		return each8(a, value{}, func(x, _ int16) int16 { return x << (b.lo & 15) })
	case 0x8c:
		return each8(a, value{}, func(x, _ int16) int16 { return x >> (b.lo & 15) })
	case 0x8d:
		return each8(a, value{}, func(x, _ int16) int16 { return int16(uint16(x) >> (b.lo & 15)) })
	case 0x8e:
		return each8(a, b, func(x, y int16) int16 { return x + y })
	case 0x8f:
		return each8(a, b, func(x, y int16) int16 { return int16(between(int32(x)+int32(y), math.MinInt16, math.MaxInt16)) })
	case 0x91:
		return each8(a, b, func(x, y int16) int16 { return x - y })
	case 0x92:
		return each8(a, b, func(x, y int16) int16 { return int16(between(int32(x)-int32(y), math.MinInt16, math.MaxInt16)) })
	case 0x95:
		return each8(a, b, func(x, y int16) int16 { return x * y })
	case 0x96:
		return each8(a, b, func(x, y int16) int16 { return min(x, y) })
	case 0x98:
		return each8(a, b, func(x, y int16) int16 { return max(x, y) })
	case 0x9c, 0x9d:
		upper := int(i.op&1) ^ int(0x9c&1)
		return each8(extend8(a, upper, signed8), extend8(b, upper, signed8), func(x, y int16) int16 { return x * y })
	case 0xab:
		return map4(a, func(x uint32) uint32 { return x << (b.lo & 31) })
	case 0xac:
		return map4(a, func(x uint32) uint32 { return uint32(int32(x) >> (b.lo & 31)) })
	case 0xad:
		return map4(a, func(x uint32) uint32 { return x >> (b.lo & 31) })
	case 0xae:
		return each4(a, b, func(x, y uint32) uint32 { return x + y })
	case 0xb1:
		return each4(a, b, func(x, y uint32) uint32 { return x - y })
	case 0xb5:
		return each4(a, b, func(x, y uint32) uint32 { return x * y })
	case 0xb6:
		return each4(a, b, func(x, y uint32) uint32 { return uint32(min(int32(x), int32(y))) })
	case 0xb7:
		return each4(a, b, func(x, y uint32) uint32 { return min(x, y) })
	case 0xb8:
		return each4(a, b, func(x, y uint32) uint32 { return uint32(max(int32(x), int32(y))) })
	case 0xb9:
		return each4(a, b, func(x, y uint32) uint32 { return max(x, y) })
	case 0xbc, 0xbd:
		upper := int(i.op & 1)
		return each4(extend4(a, upper, signed16), extend4(b, upper, signed16), func(x, y uint32) uint32 { return x * y })
	case 0xe5:
		return floats4(a, b, func(x, y float32) float32 { return x - y })
	case 0xe7:
		return floats4(a, b, func(x, y float32) float32 { return x / y })
	case 0xe8:
		return floats4(a, b, func(x, y float32) float32 { return min(x, y) })
	case 0xe9:
		return floats4(a, b, func(x, y float32) float32 { return max(x, y) })
	case 0xf0:
		return doubles2(a, b, func(x, y float64) float64 { return x + y })
	case 0xf1:
		return doubles2(a, b, func(x, y float64) float64 { return x - y })
	case 0xf2:
		return doubles2(a, b, func(x, y float64) float64 { return x * y })
	case 0xea, 0xeb: // by bits, so that a NaN stays the one it is
		x, y := a.lanes4(), b.lanes4()
		for k := range x {
			f, g := math.Float32frombits(x[k]), math.Float32frombits(y[k])
			if i.op == vector+0xea && g < f || i.op == vector+0xeb && f < g {
				x[k] = y[k]
			}
		}
		return of4(x)
	}
	panic(fmt.Errorf("vector instruction %#x is not known", i.op-vector))
}
