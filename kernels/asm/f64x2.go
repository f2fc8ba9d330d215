package asm

// F64x2 is an expression of two float64.
type F64x2 struct{ code []byte }

func (a F64x2) bytes() []byte { return a.code }

// F64x2Var is a local; as an F64x2 it is its value.
type F64x2Var struct {
	F64x2
	v variable
}

// F64x2 declares a local.
func (f *Func) F64x2() F64x2Var {
	v := variable{f, f.local(TypeV128)}
	return F64x2Var{F64x2{v.get()}, v}
}

// Set assigns.
func (x F64x2Var) Set(a F64x2) { x.v.set(a.code) }

func (a F64x2) Add(b F64x2) F64x2 { return F64x2{simd(0xf0, a.code, b.code)} }
func (a F64x2) Sub(b F64x2) F64x2 { return F64x2{simd(0xf1, a.code, b.code)} }
func (a F64x2) Mul(b F64x2) F64x2 { return F64x2{simd(0xf2, a.code, b.code)} }

// Shuffle picks two lanes: 0 and 1 are a's, 2 and 3 are b's.
func (a F64x2) Shuffle(b F64x2, lanes [2]int) F64x2 {
	words := [4]int{2 * lanes[0], 2*lanes[0] + 1, 2 * lanes[1], 2*lanes[1] + 1}
	return F64x2(I32x4(a).Shuffle(I32x4(b), words))
}

// Promote is lanes 0 and 1 as float64, which is exact.
func (a F32x4) Promote() F64x2 { return F64x2{simd(0x5f, a.code)} }

// I32x4 reads the same 128 bits as integers.
func (a F64x2) I32x4() I32x4 { return I32x4(a) }
