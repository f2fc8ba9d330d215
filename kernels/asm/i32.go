package asm

// I32 is an expression of a 32-bit integer: an address, a count, a condition.
type I32 struct{ code []byte }

func (a I32) bytes() []byte { return a.code }

// I32Var is a local; as an I32 it is its value.
type I32Var struct {
	I32
	v variable
}

// I32 declares a local.
func (f *Func) I32() I32Var { return i32Var(variable{f, f.local(TypeI32)}) }

// ParamI32 is parameter i.
func (f *Func) ParamI32(i int) I32Var { return i32Var(variable{f, uint32(i)}) }

func i32Var(v variable) I32Var { return I32Var{I32{v.get()}, v} }

// Set assigns.
func (x I32Var) Set(a I32) { x.v.set(a.code) }

// Tee assigns when the expression it returns is run, which has the value assigned.
func (x I32Var) Tee(a I32) I32 { return I32{x.v.tee(a.code)} }

// ConstI32 is a constant.
func ConstI32(c int32) I32 { return I32{sleb([]byte{0x41}, int64(c))} }

// ConstU32 is a constant.
func ConstU32(c uint32) I32 { return ConstI32(int32(c)) }

// Comparisons give 1 or 0; S is signed, U unsigned. Shifts take their count modulo 32. Division
// by zero traps.

func (a I32) Eqz() I32       { return I32{op(0x45, a.code)} }
func (a I32) Eq(b I32) I32   { return I32{op(0x46, a.code, b.code)} }
func (a I32) Ne(b I32) I32   { return I32{op(0x47, a.code, b.code)} }
func (a I32) LtS(b I32) I32  { return I32{op(0x48, a.code, b.code)} }
func (a I32) LtU(b I32) I32  { return I32{op(0x49, a.code, b.code)} }
func (a I32) GtS(b I32) I32  { return I32{op(0x4a, a.code, b.code)} }
func (a I32) GtU(b I32) I32  { return I32{op(0x4b, a.code, b.code)} }
func (a I32) LeS(b I32) I32  { return I32{op(0x4c, a.code, b.code)} }
func (a I32) LeU(b I32) I32  { return I32{op(0x4d, a.code, b.code)} }
func (a I32) GeS(b I32) I32  { return I32{op(0x4e, a.code, b.code)} }
func (a I32) GeU(b I32) I32  { return I32{op(0x4f, a.code, b.code)} }
func (a I32) Add(b I32) I32  { return I32{op(0x6a, a.code, b.code)} }
func (a I32) Sub(b I32) I32  { return I32{op(0x6b, a.code, b.code)} }
func (a I32) Mul(b I32) I32  { return I32{op(0x6c, a.code, b.code)} }
func (a I32) DivU(b I32) I32 { return I32{op(0x6e, a.code, b.code)} }
func (a I32) RemU(b I32) I32 { return I32{op(0x70, a.code, b.code)} }
func (a I32) And(b I32) I32  { return I32{op(0x71, a.code, b.code)} }
func (a I32) Or(b I32) I32   { return I32{op(0x72, a.code, b.code)} }
func (a I32) Xor(b I32) I32  { return I32{op(0x73, a.code, b.code)} }
func (a I32) Shl(b I32) I32  { return I32{op(0x74, a.code, b.code)} }
func (a I32) ShrS(b I32) I32 { return I32{op(0x75, a.code, b.code)} }
func (a I32) ShrU(b I32) I32 { return I32{op(0x76, a.code, b.code)} }

// The same with a constant.

func (a I32) AddC(c int32) I32  { return a.Add(ConstI32(c)) }
func (a I32) SubC(c int32) I32  { return a.Sub(ConstI32(c)) }
func (a I32) MulC(c int32) I32  { return a.Mul(ConstI32(c)) }
func (a I32) AndC(c int32) I32  { return a.And(ConstI32(c)) }
func (a I32) ShlC(c int32) I32  { return a.Shl(ConstI32(c)) }
func (a I32) ShrUC(c int32) I32 { return a.ShrU(ConstI32(c)) }

// Select is a where the condition is not zero, else b; both are run.
func (a I32) Select(b, condition I32) I32 { return I32{op(0x1b, a.code, b.code, condition.code)} }

// Float conversions; F32Bits takes the 32 bits as they are.

func (a I32) F32S() F32    { return F32{op(0xb2, a.code)} }
func (a I32) F32U() F32    { return F32{op(0xb3, a.code)} }
func (a I32) F32Bits() F32 { return F32{op(0xbe, a.code)} }

// Splats: every lane is the low bits of a.

func (a I32) SplatI32x4() I32x4 { return I32x4{simd(0x11, a.code)} }
func (a I32) SplatI16x8() I16x8 { return I16x8{simd(0x10, a.code)} }
func (a I32) SplatI8x16() I8x16 { return I8x16{simd(0x0f, a.code)} }
