package asm

import "math"

// F32 is an expression of a float32.
type F32 struct{ code []byte }

func (a F32) bytes() []byte { return a.code }

// F32Var is a local; as an F32 it is its value.
type F32Var struct {
	F32
	v variable
}

// F32 declares a local.
func (f *Func) F32() F32Var { return f32Var(variable{f, f.local(TypeF32)}) }

// ParamF32 is parameter i.
func (f *Func) ParamF32(i int) F32Var { return f32Var(variable{f, uint32(i)}) }

func f32Var(v variable) F32Var { return F32Var{F32{v.get()}, v} }

// Set assigns.
func (x F32Var) Set(a F32) { x.v.set(a.code) }

// Tee assigns when the expression it returns is run, which has the value assigned.
func (x F32Var) Tee(a F32) F32 { return F32{x.v.tee(a.code)} }

// ConstF32 is a constant.
func ConstF32(c float32) F32 { return F32{float32Bytes([]byte{0x43}, math.Float32bits(c))} }

// Comparisons give 1 or 0, and 0 with a NaN, except Ne. Min and Max give NaN with a NaN and order
// −0 before +0; Nearest rounds half to even.

func (a F32) Eq(b F32) I32       { return I32{op(0x5b, a.code, b.code)} }
func (a F32) Ne(b F32) I32       { return I32{op(0x5c, a.code, b.code)} }
func (a F32) Lt(b F32) I32       { return I32{op(0x5d, a.code, b.code)} }
func (a F32) Gt(b F32) I32       { return I32{op(0x5e, a.code, b.code)} }
func (a F32) Le(b F32) I32       { return I32{op(0x5f, a.code, b.code)} }
func (a F32) Ge(b F32) I32       { return I32{op(0x60, a.code, b.code)} }
func (a F32) Abs() F32           { return F32{op(0x8b, a.code)} }
func (a F32) Neg() F32           { return F32{op(0x8c, a.code)} }
func (a F32) Ceil() F32          { return F32{op(0x8d, a.code)} }
func (a F32) Floor() F32         { return F32{op(0x8e, a.code)} }
func (a F32) Trunc() F32         { return F32{op(0x8f, a.code)} }
func (a F32) Nearest() F32       { return F32{op(0x90, a.code)} }
func (a F32) Sqrt() F32          { return F32{op(0x91, a.code)} }
func (a F32) Add(b F32) F32      { return F32{op(0x92, a.code, b.code)} }
func (a F32) Sub(b F32) F32      { return F32{op(0x93, a.code, b.code)} }
func (a F32) Mul(b F32) F32      { return F32{op(0x94, a.code, b.code)} }
func (a F32) Div(b F32) F32      { return F32{op(0x95, a.code, b.code)} }
func (a F32) Min(b F32) F32      { return F32{op(0x96, a.code, b.code)} }
func (a F32) Max(b F32) F32      { return F32{op(0x97, a.code, b.code)} }
func (a F32) Copysign(b F32) F32 { return F32{op(0x98, a.code, b.code)} }

// Select is a where the condition is not zero, else b; both are run.
func (a F32) Select(b F32, condition I32) F32 {
	return F32{op(0x1b, a.code, b.code, condition.code)}
}

// I32Bits is the 32 bits as they are.
func (a F32) I32Bits() I32 { return I32{op(0xbc, a.code)} }

// TruncSatS rounds towards zero to a signed integer, saturating; NaN gives 0.
func (a F32) TruncSatS() I32 { return I32{append(op(0xfc, a.code), 0)} }

// TruncSatU rounds towards zero to an unsigned integer, saturating; NaN gives 0.
func (a F32) TruncSatU() I32 { return I32{append(op(0xfc, a.code), 1)} }

// Splat is a vector of four times a.
func (a F32) Splat() F32x4 { return F32x4{simd(0x13, a.code)} }
