package asm

import "encoding/binary"

// I32x4 is an expression of four 32-bit integers.
type I32x4 struct{ code []byte }

func (a I32x4) bytes() []byte { return a.code }

// I32x4Var is a local; as an I32x4 it is its value.
type I32x4Var struct {
	I32x4
	v variable
}

// I32x4 declares a local.
func (f *Func) I32x4() I32x4Var {
	v := variable{f, f.local(TypeV128)}
	return I32x4Var{I32x4{v.get()}, v}
}

// Set assigns.
func (x I32x4Var) Set(a I32x4) { x.v.set(a.code) }

// Tee assigns when the expression it returns is run, which has the value assigned.
func (x I32x4Var) Tee(a I32x4) I32x4 { return I32x4{x.v.tee(a.code)} }

// ConstI32x4 is a constant.
func ConstI32x4(c [4]int32) I32x4 {
	b := []byte{0xfd, 0x0c}
	for _, x := range c {
		b = binary.LittleEndian.AppendUint32(b, uint32(x))
	}
	return I32x4{b}
}

// Comparisons give lanes of all ones or all zeros. S is signed, U unsigned.

func (a I32x4) Eq(b I32x4) I32x4   { return I32x4{simd(0x37, a.code, b.code)} }
func (a I32x4) Ne(b I32x4) I32x4   { return I32x4{simd(0x38, a.code, b.code)} }
func (a I32x4) LtS(b I32x4) I32x4  { return I32x4{simd(0x39, a.code, b.code)} }
func (a I32x4) GtS(b I32x4) I32x4  { return I32x4{simd(0x3b, a.code, b.code)} }
func (a I32x4) LeS(b I32x4) I32x4  { return I32x4{simd(0x3d, a.code, b.code)} }
func (a I32x4) GeS(b I32x4) I32x4  { return I32x4{simd(0x3f, a.code, b.code)} }
func (a I32x4) Abs() I32x4         { return I32x4{simd(0xa0, a.code)} }
func (a I32x4) Neg() I32x4         { return I32x4{simd(0xa1, a.code)} }
func (a I32x4) Add(b I32x4) I32x4  { return I32x4{simd(0xae, a.code, b.code)} }
func (a I32x4) Sub(b I32x4) I32x4  { return I32x4{simd(0xb1, a.code, b.code)} }
func (a I32x4) Mul(b I32x4) I32x4  { return I32x4{simd(0xb5, a.code, b.code)} }
func (a I32x4) MinS(b I32x4) I32x4 { return I32x4{simd(0xb6, a.code, b.code)} }
func (a I32x4) MinU(b I32x4) I32x4 { return I32x4{simd(0xb7, a.code, b.code)} }
func (a I32x4) MaxS(b I32x4) I32x4 { return I32x4{simd(0xb8, a.code, b.code)} }
func (a I32x4) MaxU(b I32x4) I32x4 { return I32x4{simd(0xb9, a.code, b.code)} }

// Bits.

func (a I32x4) Not() I32x4           { return I32x4{simd(0x4d, a.code)} }
func (a I32x4) And(b I32x4) I32x4    { return I32x4{simd(0x4e, a.code, b.code)} }
func (a I32x4) AndNot(b I32x4) I32x4 { return I32x4{simd(0x4f, a.code, b.code)} }
func (a I32x4) Or(b I32x4) I32x4     { return I32x4{simd(0x50, a.code, b.code)} }
func (a I32x4) Xor(b I32x4) I32x4    { return I32x4{simd(0x51, a.code, b.code)} }

// Shifts take one count for all lanes, modulo 32.

func (a I32x4) Shl(n I32) I32x4  { return I32x4{simd(0xab, a.code, n.code)} }
func (a I32x4) ShrS(n I32) I32x4 { return I32x4{simd(0xac, a.code, n.code)} }
func (a I32x4) ShrU(n I32) I32x4 { return I32x4{simd(0xad, a.code, n.code)} }

// AnyTrue is 1 if any bit is set.

func (a I32x4) AnyTrue() I32 { return I32{simd(0x53, a.code)} }

// Lane is lane i.
func (a I32x4) Lane(i int) I32 { return I32{lane(0x1b, i, a.code)} }

// WithLane is a with lane i replaced.
func (a I32x4) WithLane(i int, b I32) I32x4 { return I32x4{lane(0x1c, i, a.code, b.code)} }

// Select takes a's bits where the mask has ones, else b's.
func (a I32x4) Select(b, mask I32x4) I32x4 { return I32x4{simd(0x52, a.code, b.code, mask.code)} }

// Shuffle picks four lanes: 0–3 are a's, 4–7 are b's.
func (a I32x4) Shuffle(b I32x4, lanes [4]int) I32x4 {
	var bytes [16]int
	for i := range bytes {
		bytes[i] = 4*lanes[i/4] + i%4
	}
	return I32x4(I8x16(a).Shuffle(I8x16(b), bytes))
}

// F32S and F32U convert to float32, rounding half to even.

func (a I32x4) F32S() F32x4 { return F32x4{simd(0xfa, a.code)} }
func (a I32x4) F32U() F32x4 { return F32x4{simd(0xfb, a.code)} }

// F32x4, I16x8 and I8x16 read the same 128 bits in other lanes.

func (a I32x4) F32x4() F32x4 { return F32x4(a) }
func (a I32x4) I16x8() I16x8 { return I16x8(a) }
func (a I32x4) I8x16() I8x16 { return I8x16(a) }

// NarrowS saturates a's lanes, then b's, to signed 16 bits, and NarrowU to unsigned.

func (a I32x4) NarrowS(b I32x4) I16x8 { return I16x8{simd(0x85, a.code, b.code)} }
func (a I32x4) NarrowU(b I32x4) I16x8 { return I16x8{simd(0x86, a.code, b.code)} }
