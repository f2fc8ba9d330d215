package asm

// I16x8 is an expression of eight 16-bit integers.
type I16x8 struct{ code []byte }

func (a I16x8) bytes() []byte { return a.code }

// I16x8Var is a local; as an I16x8 it is its value.
type I16x8Var struct {
	I16x8
	v variable
}

// I16x8 declares a local.
func (f *Func) I16x8() I16x8Var {
	v := variable{f, f.local(TypeV128)}
	return I16x8Var{I16x8{v.get()}, v}
}

// Set assigns.
func (x I16x8Var) Set(a I16x8) { x.v.set(a.code) }

// Tee assigns when the expression it returns is run, which has the value assigned.
func (x I16x8Var) Tee(a I16x8) I16x8 { return I16x8{x.v.tee(a.code)} }

// Sat saturates; the others wrap. Shifts take one count for all lanes, modulo 16.

func (a I16x8) Eq(b I16x8) I16x8   { return I16x8{simd(0x2d, a.code, b.code)} }
func (a I16x8) GtS(b I16x8) I16x8  { return I16x8{simd(0x31, a.code, b.code)} }
func (a I16x8) Abs() I16x8         { return I16x8{simd(0x80, a.code)} }
func (a I16x8) Neg() I16x8         { return I16x8{simd(0x81, a.code)} }
func (a I16x8) Shl(n I32) I16x8    { return I16x8{simd(0x8b, a.code, n.code)} }
func (a I16x8) ShrS(n I32) I16x8   { return I16x8{simd(0x8c, a.code, n.code)} }
func (a I16x8) ShrU(n I32) I16x8   { return I16x8{simd(0x8d, a.code, n.code)} }
func (a I16x8) Add(b I16x8) I16x8  { return I16x8{simd(0x8e, a.code, b.code)} }
func (a I16x8) Sub(b I16x8) I16x8  { return I16x8{simd(0x91, a.code, b.code)} }
func (a I16x8) Mul(b I16x8) I16x8  { return I16x8{simd(0x95, a.code, b.code)} }
func (a I16x8) MinS(b I16x8) I16x8 { return I16x8{simd(0x96, a.code, b.code)} }
func (a I16x8) MaxS(b I16x8) I16x8 { return I16x8{simd(0x98, a.code, b.code)} }

// DotS is exact: lane i is a[2i]·b[2i] + a[2i+1]·b[2i+1], signed, wrapping only at 2·(−2¹⁵)².
func (a I16x8) DotS(b I16x8) I32x4 { return I32x4{simd(0xba, a.code, b.code)} }

// Extensions of the four lower or upper lanes.

func (a I16x8) LowS() I32x4  { return I32x4{simd(0xa7, a.code)} }
func (a I16x8) HighS() I32x4 { return I32x4{simd(0xa8, a.code)} }
func (a I16x8) LowU() I32x4  { return I32x4{simd(0xa9, a.code)} }
func (a I16x8) HighU() I32x4 { return I32x4{simd(0xaa, a.code)} }

// Products of the four lower or upper lanes, in full.

func (a I16x8) MulLowS(b I16x8) I32x4  { return I32x4{simd(0xbc, a.code, b.code)} }
func (a I16x8) MulHighS(b I16x8) I32x4 { return I32x4{simd(0xbd, a.code, b.code)} }

// PairsS is the sums of neighbouring lanes, signed.
func (a I16x8) PairsS() I32x4 { return I32x4{simd(0x7e, a.code)} }

// NarrowS saturates a's lanes, then b's, to signed 8 bits, and NarrowU to unsigned.

func (a I16x8) NarrowS(b I16x8) I8x16 { return I8x16{simd(0x65, a.code, b.code)} }
func (a I16x8) NarrowU(b I16x8) I8x16 { return I8x16{simd(0x66, a.code, b.code)} }

// LaneS is lane i, sign extended.
func (a I16x8) LaneS(i int) I32 { return I32{lane(0x18, i, a.code)} }

// I32x4 and I8x16 read the same 128 bits in other lanes.

func (a I16x8) I32x4() I32x4 { return I32x4(a) }
func (a I16x8) I8x16() I8x16 { return I8x16(a) }
