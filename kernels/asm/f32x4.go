package asm

// F32x4 is an expression of four float32.
type F32x4 struct{ code []byte }

func (a F32x4) bytes() []byte { return a.code }

// F32x4Var is a local; as an F32x4 it is its value.
type F32x4Var struct {
	F32x4
	v variable
}

// F32x4 declares a local.
func (f *Func) F32x4() F32x4Var { return f32x4Var(variable{f, f.local(TypeV128)}) }

func f32x4Var(v variable) F32x4Var { return F32x4Var{F32x4{v.get()}, v} }

// Set assigns.
func (x F32x4Var) Set(a F32x4) { x.v.set(a.code) }

// Tee assigns when the expression it returns is run, which has the value assigned.
func (x F32x4Var) Tee(a F32x4) F32x4 { return F32x4{x.v.tee(a.code)} }

// ConstF32x4 is a constant with all lanes equal.
func ConstF32x4(c float32) F32x4 { return ConstF32(c).Splat() }

// Comparisons give lanes of all ones or all zeros.

func (a F32x4) Eq(b F32x4) I32x4 { return I32x4{simd(0x41, a.code, b.code)} }
func (a F32x4) Ne(b F32x4) I32x4 { return I32x4{simd(0x42, a.code, b.code)} }
func (a F32x4) Lt(b F32x4) I32x4 { return I32x4{simd(0x43, a.code, b.code)} }
func (a F32x4) Gt(b F32x4) I32x4 { return I32x4{simd(0x44, a.code, b.code)} }
func (a F32x4) Le(b F32x4) I32x4 { return I32x4{simd(0x45, a.code, b.code)} }
func (a F32x4) Ge(b F32x4) I32x4 { return I32x4{simd(0x46, a.code, b.code)} }

// PMin is b < a ? b : a and PMax is a < b ? b : a, so that a NaN in a stays; Min and Max give NaN
// with a NaN on either side and order −0 before +0. Nearest rounds half to even.

func (a F32x4) Ceil() F32x4        { return F32x4{simd(0x67, a.code)} }
func (a F32x4) Floor() F32x4       { return F32x4{simd(0x68, a.code)} }
func (a F32x4) Trunc() F32x4       { return F32x4{simd(0x69, a.code)} }
func (a F32x4) Nearest() F32x4     { return F32x4{simd(0x6a, a.code)} }
func (a F32x4) Abs() F32x4         { return F32x4{simd(0xe0, a.code)} }
func (a F32x4) Neg() F32x4         { return F32x4{simd(0xe1, a.code)} }
func (a F32x4) Sqrt() F32x4        { return F32x4{simd(0xe3, a.code)} }
func (a F32x4) Add(b F32x4) F32x4  { return F32x4{simd(0xe4, a.code, b.code)} }
func (a F32x4) Sub(b F32x4) F32x4  { return F32x4{simd(0xe5, a.code, b.code)} }
func (a F32x4) Mul(b F32x4) F32x4  { return F32x4{simd(0xe6, a.code, b.code)} }
func (a F32x4) Div(b F32x4) F32x4  { return F32x4{simd(0xe7, a.code, b.code)} }
func (a F32x4) Min(b F32x4) F32x4  { return F32x4{simd(0xe8, a.code, b.code)} }
func (a F32x4) Max(b F32x4) F32x4  { return F32x4{simd(0xe9, a.code, b.code)} }
func (a F32x4) PMin(b F32x4) F32x4 { return F32x4{simd(0xea, a.code, b.code)} }
func (a F32x4) PMax(b F32x4) F32x4 { return F32x4{simd(0xeb, a.code, b.code)} }

// Lane is lane i.
func (a F32x4) Lane(i int) F32 { return F32{lane(0x1f, i, a.code)} }

// WithLane is a with lane i replaced.
func (a F32x4) WithLane(i int, b F32) F32x4 { return F32x4{lane(0x20, i, a.code, b.code)} }

// TruncSatS rounds towards zero to signed integers, saturating; NaN gives 0.
func (a F32x4) TruncSatS() I32x4 { return I32x4{simd(0xf8, a.code)} }

// TruncSatU rounds towards zero to unsigned integers, saturating; NaN gives 0.
func (a F32x4) TruncSatU() I32x4 { return I32x4{simd(0xf9, a.code)} }

// I32x4 reads the same 128 bits as integers.
func (a F32x4) I32x4() I32x4 { return I32x4(a) }

// Shuffle picks four lanes: 0–3 are a's, 4–7 are b's.
func (a F32x4) Shuffle(b F32x4, lanes [4]int) F32x4 {
	return F32x4(I32x4(a).Shuffle(I32x4(b), lanes))
}

// Select takes a's bits where the mask has ones, else b's.
func (a F32x4) Select(b F32x4, mask I32x4) F32x4 {
	return F32x4{simd(0x52, a.code, b.code, mask.code)}
}
