package asm

// I8x16 is an expression of sixteen 8-bit integers.
type I8x16 struct{ code []byte }

func (a I8x16) bytes() []byte { return a.code }

// I8x16Var is a local; as an I8x16 it is its value.
type I8x16Var struct {
	I8x16
	v variable
}

// I8x16 declares a local.
func (f *Func) I8x16() I8x16Var {
	v := variable{f, f.local(TypeV128)}
	return I8x16Var{I8x16{v.get()}, v}
}

// Set assigns.
func (x I8x16Var) Set(a I8x16) { x.v.set(a.code) }

// Tee assigns when the expression it returns is run, which has the value assigned.
func (x I8x16Var) Tee(a I8x16) I8x16 { return I8x16{x.v.tee(a.code)} }

func (a I8x16) Eq(b I8x16) I8x16   { return I8x16{simd(0x23, a.code, b.code)} }
func (a I8x16) Add(b I8x16) I8x16  { return I8x16{simd(0x6e, a.code, b.code)} }
func (a I8x16) Sub(b I8x16) I8x16  { return I8x16{simd(0x71, a.code, b.code)} }
func (a I8x16) MinS(b I8x16) I8x16 { return I8x16{simd(0x76, a.code, b.code)} }
func (a I8x16) MinU(b I8x16) I8x16 { return I8x16{simd(0x77, a.code, b.code)} }
func (a I8x16) MaxS(b I8x16) I8x16 { return I8x16{simd(0x78, a.code, b.code)} }
func (a I8x16) MaxU(b I8x16) I8x16 { return I8x16{simd(0x79, a.code, b.code)} }

// Extensions of the eight lower or upper lanes.

func (a I8x16) LowS() I16x8  { return I16x8{simd(0x87, a.code)} }
func (a I8x16) HighS() I16x8 { return I16x8{simd(0x88, a.code)} }
func (a I8x16) LowU() I16x8  { return I16x8{simd(0x89, a.code)} }
func (a I8x16) HighU() I16x8 { return I16x8{simd(0x8a, a.code)} }

// PairsS is the sums of neighbouring lanes, signed.

func (a I8x16) PairsS() I16x8 { return I16x8{simd(0x7c, a.code)} }

// Products of the eight lower or upper lanes, in full.

func (a I8x16) MulLowS(b I8x16) I16x8  { return I16x8{simd(0x9c, a.code, b.code)} }
func (a I8x16) MulHighS(b I8x16) I16x8 { return I16x8{simd(0x9d, a.code, b.code)} }

// LaneS is lane i, sign extended.
func (a I8x16) LaneS(i int) I32 { return I32{lane(0x15, i, a.code)} }

// LaneU is lane i, zero extended.
func (a I8x16) LaneU(i int) I32 { return I32{lane(0x16, i, a.code)} }

// Shuffle picks sixteen lanes: 0–15 are a's, 16–31 are b's.
func (a I8x16) Shuffle(b I8x16, lanes [16]int) I8x16 {
	c := simd(0x0d, a.code, b.code)
	for _, l := range lanes {
		c = append(c, byte(l))
	}
	return I8x16{c}
}

// RelaxedDot is the sums of products of neighbouring lanes, a signed, b of 7 bits. Where b has an
// eighth bit, the machine decides whether it is a sign and whether the sum saturates.
func (a I8x16) RelaxedDot(b I8x16) I16x8 { return I16x8{simd(0x112, a.code, b.code)} }

// RelaxedDotAdd is c plus the sums of four products of neighbouring lanes, as RelaxedDot.
func (a I8x16) RelaxedDotAdd(b I8x16, c I32x4) I32x4 {
	return I32x4{simd(0x113, a.code, b.code, c.code)}
}

// I32x4 and I16x8 read the same 128 bits in other lanes.

func (a I8x16) I32x4() I32x4 { return I32x4(a) }
func (a I8x16) I16x8() I16x8 { return I16x8(a) }
