package asm

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

type vec [16]byte

func (v vec) w(i int) int32 { return int32(binary.LittleEndian.Uint32(v[4*i:])) }
func (v vec) h(i int) int32 { return int32(int16(binary.LittleEndian.Uint16(v[2*i:]))) }
func (v vec) b(i int) int32 { return int32(int8(v[i])) }
func words(f func(i int) int32) (v vec) {
	for i := range 4 {
		binary.LittleEndian.PutUint32(v[4*i:], uint32(f(i)))
	}
	return v
}
func halves(f func(i int) int32) (v vec) {
	for i := range 8 {
		binary.LittleEndian.PutUint16(v[2*i:], uint16(f(i)))
	}
	return v
}
func bytes16(f func(i int) int32) (v vec) {
	for i := range 16 {
		v[i] = byte(f(i))
	}
	return v
}
func clamp(x, lo, hi int32) int32 { return min(max(x, lo), hi) }
func abs(x int32) int32           { return max(x, -x) }
func all(c bool) int32            { return -bit(c) }

// TestIntegerVectors runs every integer vector instruction on random and extreme lanes against Go.
func TestIntegerVectors(t *testing.T) {
	ww := func(f func(a, b int32) int32) func(a, b vec) vec {
		return func(a, b vec) vec { return words(func(i int) int32 { return f(a.w(i), b.w(i)) }) }
	}
	hh := func(f func(a, b int32) int32) func(a, b vec) vec {
		return func(a, b vec) vec { return halves(func(i int) int32 { return f(a.h(i), b.h(i)) }) }
	}
	bb := func(f func(a, b int32) int32) func(a, b vec) vec {
		return func(a, b vec) vec { return bytes16(func(i int) int32 { return f(a.b(i), b.b(i)) }) }
	}
	three := ConstI32(35) // shift counts are modulo the width: 3
	w := func(f func(a, b I32x4) I32x4) func(a, b I32x4) Expr { return func(a, b I32x4) Expr { return f(a, b) } }
	h := func(f func(a, b I16x8) I16x8) func(a, b I32x4) Expr {
		return func(a, b I32x4) Expr { return f(a.I16x8(), b.I16x8()) }
	}
	b := func(f func(a, b I8x16) I8x16) func(a, b I32x4) Expr {
		return func(a, b I32x4) Expr { return f(a.I8x16(), b.I8x16()) }
	}
	ops := []struct {
		name string
		emit func(a, b I32x4) Expr
		want func(a, b vec) vec
	}{
		{"i32x4.eq", w(I32x4.Eq), ww(func(a, b int32) int32 { return all(a == b) })},
		{"i32x4.ne", w(I32x4.Ne), ww(func(a, b int32) int32 { return all(a != b) })},
		{"i32x4.lt", w(I32x4.LtS), ww(func(a, b int32) int32 { return all(a < b) })},
		{"i32x4.gt", w(I32x4.GtS), ww(func(a, b int32) int32 { return all(a > b) })},
		{"i32x4.le", w(I32x4.LeS), ww(func(a, b int32) int32 { return all(a <= b) })},
		{"i32x4.ge", w(I32x4.GeS), ww(func(a, b int32) int32 { return all(a >= b) })},
		{"i32x4.abs", w(func(a, _ I32x4) I32x4 { return a.Abs() }), ww(func(a, _ int32) int32 { return abs(a) })},
		{"i32x4.neg", w(func(a, _ I32x4) I32x4 { return a.Neg() }), ww(func(a, _ int32) int32 { return -a })},
		{"i32x4.add", w(I32x4.Add), ww(func(a, b int32) int32 { return a + b })},
		{"i32x4.sub", w(I32x4.Sub), ww(func(a, b int32) int32 { return a - b })},
		{"i32x4.mul", w(I32x4.Mul), ww(func(a, b int32) int32 { return a * b })},
		{"i32x4.min_s", w(I32x4.MinS), ww(func(a, b int32) int32 { return min(a, b) })},
		{"i32x4.max_s", w(I32x4.MaxS), ww(func(a, b int32) int32 { return max(a, b) })},
		{"i32x4.min_u", w(I32x4.MinU), ww(func(a, b int32) int32 { return int32(min(uint32(a), uint32(b))) })},
		{"i32x4.max_u", w(I32x4.MaxU), ww(func(a, b int32) int32 { return int32(max(uint32(a), uint32(b))) })},
		{"not", w(func(a, _ I32x4) I32x4 { return a.Not() }), ww(func(a, _ int32) int32 { return ^a })},
		{"and", w(I32x4.And), ww(func(a, b int32) int32 { return a & b })},
		{"andnot", w(I32x4.AndNot), ww(func(a, b int32) int32 { return a &^ b })},
		{"or", w(I32x4.Or), ww(func(a, b int32) int32 { return a | b })},
		{"xor", w(I32x4.Xor), ww(func(a, b int32) int32 { return a ^ b })},
		{"select", w(func(a, b I32x4) I32x4 { return a.Select(b, a.GtS(b)) }), ww(func(a, b int32) int32 { return max(a, b) })},
		{"i32x4.shl", w(func(a, _ I32x4) I32x4 { return a.Shl(three) }), ww(func(a, _ int32) int32 { return a << 3 })},
		{"i32x4.shr_s", w(func(a, _ I32x4) I32x4 { return a.ShrS(three) }), ww(func(a, _ int32) int32 { return a >> 3 })},
		{"i32x4.shr_u", w(func(a, _ I32x4) I32x4 { return a.ShrU(three) }), ww(func(a, _ int32) int32 { return int32(uint32(a) >> 3) })},
		{"any_true", w(func(a, b I32x4) I32x4 { return a.Xor(b).AnyTrue().SplatI32x4() }), func(a, b vec) vec { return words(func(int) int32 { return bit(a != b) }) }},
		{"i32x4.shuffle", w(func(a, b I32x4) I32x4 { return a.Shuffle(b, [4]int{3, 4, 0, 6}) }), func(a, b vec) vec {
			return words(func(i int) int32 { return [4]int32{a.w(3), b.w(0), a.w(0), b.w(2)}[i] })
		}},
		{"i32x4.f32_u", w(func(a, _ I32x4) I32x4 { return a.F32U().I32x4() }), ww(func(a, _ int32) int32 { return int32(math.Float32bits(float32(uint32(a)))) })},
		{"i32x4.narrow_s", func(a, b I32x4) Expr { return a.NarrowS(b) }, func(a, b vec) vec {
			return halves(func(i int) int32 { return clamp([2]vec{a, b}[i/4].w(i%4), -1<<15, 1<<15-1) })
		}},
		{"i32x4.narrow_u", func(a, b I32x4) Expr { return a.NarrowU(b) }, func(a, b vec) vec {
			return halves(func(i int) int32 { return clamp([2]vec{a, b}[i/4].w(i%4), 0, 1<<16-1) })
		}},
		{"i16x8.eq", h(I16x8.Eq), hh(func(a, b int32) int32 { return all(a == b) })},
		{"i16x8.gt", h(I16x8.GtS), hh(func(a, b int32) int32 { return all(a > b) })},
		{"i16x8.abs", h(func(a, _ I16x8) I16x8 { return a.Abs() }), hh(func(a, _ int32) int32 { return abs(a) })},
		{"i16x8.neg", h(func(a, _ I16x8) I16x8 { return a.Neg() }), hh(func(a, _ int32) int32 { return -a })},
		{"i16x8.shl", h(func(a, _ I16x8) I16x8 { return a.Shl(three) }), hh(func(a, _ int32) int32 { return a << 3 })},
		{"i16x8.shr_s", h(func(a, _ I16x8) I16x8 { return a.ShrS(three) }), hh(func(a, _ int32) int32 { return a >> 3 })},
		{"i16x8.shr_u", h(func(a, _ I16x8) I16x8 { return a.ShrU(three) }), hh(func(a, _ int32) int32 { return a & 0xffff >> 3 })},
		{"i16x8.add", h(I16x8.Add), hh(func(a, b int32) int32 { return a + b })},
		{"i16x8.sub", h(I16x8.Sub), hh(func(a, b int32) int32 { return a - b })},
		{"i16x8.mul", h(I16x8.Mul), hh(func(a, b int32) int32 { return a * b })},
		{"i16x8.min", h(I16x8.MinS), hh(func(a, b int32) int32 { return min(a, b) })},
		{"i16x8.max", h(I16x8.MaxS), hh(func(a, b int32) int32 { return max(a, b) })},
		{"dot", func(a, b I32x4) Expr { return a.I16x8().DotS(b.I16x8()) }, func(a, b vec) vec {
			return words(func(i int) int32 { return a.h(2*i)*b.h(2*i) + a.h(2*i+1)*b.h(2*i+1) })
		}},
		{"i16x8.low_s", func(a, _ I32x4) Expr { return a.I16x8().LowS() }, func(a, _ vec) vec { return words(a.h) }},
		{"i16x8.high_s", func(a, _ I32x4) Expr { return a.I16x8().HighS() }, func(a, _ vec) vec { return words(func(i int) int32 { return a.h(i + 4) }) }},
		{"i16x8.low_u", func(a, _ I32x4) Expr { return a.I16x8().LowU() }, func(a, _ vec) vec { return words(func(i int) int32 { return a.h(i) & 0xffff }) }},
		{"i16x8.high_u", func(a, _ I32x4) Expr { return a.I16x8().HighU() }, func(a, _ vec) vec { return words(func(i int) int32 { return a.h(i+4) & 0xffff }) }},
		{"i16x8.mul_low", func(a, b I32x4) Expr { return a.I16x8().MulLowS(b.I16x8()) }, func(a, b vec) vec { return words(func(i int) int32 { return a.h(i) * b.h(i) }) }},
		{"i16x8.mul_high", func(a, b I32x4) Expr { return a.I16x8().MulHighS(b.I16x8()) }, func(a, b vec) vec { return words(func(i int) int32 { return a.h(i+4) * b.h(i+4) }) }},
		{"i16x8.pairs", func(a, _ I32x4) Expr { return a.I16x8().PairsS() }, func(a, _ vec) vec { return words(func(i int) int32 { return a.h(2*i) + a.h(2*i+1) }) }},
		{"i16x8.narrow_s", func(a, b I32x4) Expr { return a.I16x8().NarrowS(b.I16x8()) }, func(a, b vec) vec {
			return bytes16(func(i int) int32 { return clamp([2]vec{a, b}[i/8].h(i%8), -128, 127) })
		}},
		{"i16x8.narrow_u", func(a, b I32x4) Expr { return a.I16x8().NarrowU(b.I16x8()) }, func(a, b vec) vec {
			return bytes16(func(i int) int32 { return clamp([2]vec{a, b}[i/8].h(i%8), 0, 255) })
		}},
		{"i8x16.eq", b(I8x16.Eq), bb(func(a, b int32) int32 { return all(a == b) })},
		{"i8x16.add", b(I8x16.Add), bb(func(a, b int32) int32 { return a + b })},
		{"i8x16.sub", b(I8x16.Sub), bb(func(a, b int32) int32 { return a - b })},
		{"i8x16.min_s", b(I8x16.MinS), bb(func(a, b int32) int32 { return min(a, b) })},
		{"i8x16.max_s", b(I8x16.MaxS), bb(func(a, b int32) int32 { return max(a, b) })},
		{"i8x16.min_u", b(I8x16.MinU), bb(func(a, b int32) int32 { return min(a&255, b&255) })},
		{"i8x16.max_u", b(I8x16.MaxU), bb(func(a, b int32) int32 { return max(a&255, b&255) })},
		{"i8x16.low_s", func(a, _ I32x4) Expr { return a.I8x16().LowS() }, func(a, _ vec) vec { return halves(a.b) }},
		{"i8x16.high_s", func(a, _ I32x4) Expr { return a.I8x16().HighS() }, func(a, _ vec) vec { return halves(func(i int) int32 { return a.b(i + 8) }) }},
		{"i8x16.low_u", func(a, _ I32x4) Expr { return a.I8x16().LowU() }, func(a, _ vec) vec { return halves(func(i int) int32 { return a.b(i) & 255 }) }},
		{"i8x16.high_u", func(a, _ I32x4) Expr { return a.I8x16().HighU() }, func(a, _ vec) vec { return halves(func(i int) int32 { return a.b(i+8) & 255 }) }},
		{"i8x16.pairs_s", func(a, _ I32x4) Expr { return a.I8x16().PairsS() }, func(a, _ vec) vec { return halves(func(i int) int32 { return a.b(2*i) + a.b(2*i+1) }) }},
		{"i8x16.mul_low", func(a, b I32x4) Expr { return a.I8x16().MulLowS(b.I8x16()) }, func(a, b vec) vec { return halves(func(i int) int32 { return a.b(i) * b.b(i) }) }},
		{"i8x16.mul_high", func(a, b I32x4) Expr { return a.I8x16().MulHighS(b.I8x16()) }, func(a, b vec) vec { return halves(func(i int) int32 { return a.b(i+8) * b.b(i+8) }) }},
	}
	m := NewModule()
	for _, o := range ops {
		f := m.Func(o.name, Signature{})
		x, y := f.I32x4(), f.I32x4()
		x.Set(ConstI32(0).LoadI32x4(0))
		y.Set(ConstI32(0).LoadI32x4(16))
		f.store([]byte{0xfd, 0x0b}, ConstI32(0), 32, o.emit(x.I32x4, y.I32x4))
		m.Export(o.name, f)
	}
	mod := instance(t, m)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 64 {
		var x, y vec
		for i := range x {
			x[i] = []byte{0, 1, 0x7f, 0x80, 0xff, byte(rnd.Uint32())}[rnd.IntN(6)]
			y[i] = []byte{0, 1, 0x7f, 0x80, 0xff, x[i], byte(rnd.Uint32()), byte(rnd.IntN(16))}[rnd.IntN(8)]
		}
		if rnd.IntN(4) == 0 {
			y = x
		}
		mod.Memory().Write(0, x[:])
		mod.Memory().Write(16, y[:])
		for _, o := range ops {
			run(t, mod, o.name)
			if got, _ := mod.Memory().Read(32, 16); vec(got) != o.want(x, y) {
				t.Errorf("%s(%x, %x) = %x, want %x", o.name, x, y, got, o.want(x, y))
			}
		}
	}
}
