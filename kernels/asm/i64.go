package asm

// I64 is an expression of a 64-bit integer: what threads agree on in one atomic step, or a random number.
type I64 struct{ code []byte }

func (a I64) bytes() []byte { return a.code }

// I64Var is a local; as an I64 it is its value.
type I64Var struct {
	I64
	v variable
}

// I64 declares a local.
func (f *Func) I64() I64Var {
	v := variable{f, f.local(TypeI64)}
	return I64Var{I64{v.get()}, v}
}

// Set assigns.
func (x I64Var) Set(a I64) { x.v.set(a.code) }

// Tee assigns when the expression it returns is run, which has the value assigned.
func (x I64Var) Tee(a I64) I64 { return I64{x.v.tee(a.code)} }

// ConstI64 is a constant.
func ConstI64(c int64) I64 { return I64{sleb([]byte{0x42}, c)} }

// Low is the lower 32 bits.
func (a I64) Low() I32 { return I32{op(0xa7, a.code)} }

// I64U extends with zeros.
func (a I32) I64U() I64 { return I64{op(0xad, a.code)} }

// LtU is unsigned. Shifts take their count modulo 64.

func (a I64) LtU(b I64) I32     { return I32{op(0x54, a.code, b.code)} }
func (a I64) Add(b I64) I64     { return I64{op(0x7c, a.code, b.code)} }
func (a I64) Mul(b I64) I64     { return I64{op(0x7e, a.code, b.code)} }
func (a I64) And(b I64) I64     { return I64{op(0x83, a.code, b.code)} }
func (a I64) Xor(b I64) I64     { return I64{op(0x85, a.code, b.code)} }
func (a I64) Eq(b I64) I32      { return I32{op(0x51, a.code, b.code)} }
func (a I64) Or(b I64) I64      { return I64{op(0x84, a.code, b.code)} }
func (a I64) ShlC(c int64) I64  { return I64{op(0x86, a.code, ConstI64(c).code)} }
func (a I64) ShrUC(c int64) I64 { return I64{op(0x88, a.code, ConstI64(c).code)} }
