package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Lookup is y = Table[x], element by element: any function of one 8-bit activation (SiLU, sigmoid,
// tanh, hard-swish, requantization of a Concat's inputs). Y may be X where they
// have the same strides. Dimensions come in any order, at most 5 that do not merge; it is fast where
// both sides are contiguous along one.
type Lookup struct {
	X, Y               uint32
	Shape              []int
	XStrides, YStrides []int  // bytes, as many as Shape
	Table              uint32 // address of 256 bytes: entry i is for the byte i, as it is stored
	Signed             bool   // storage, for a Line
	Line               Line   // the same as Table if it is one, which takes less time
}

// Call is the kernel call. Its units are pieces of rows.
func (l Lookup) Call() call.Call {
	return move(call.Q8Lookup, l.X, l.Y, l.Shape, l.XStrides, l.YStrides, l.Table, l.Line.args(l.Signed))
}

// EmitLookup emits q8_lookup.
func EmitLookup(e kernel.Env) *asm.Func {
	strip := emitLookup(e.M)
	return emitMove(e, "q8_lookup", func(f *asm.Func, arg moveArgs[kernel.Field], y, x, n asm.I32Var) {
		f.If(arg.Line.Factors.I32(), func() { emitLine(f, arg.Line, y, x, n) }, nil)
		f.Call(strip, x, y, n, arg.Table.I32())
	}, func(arg moveArgs[kernel.Field], byte asm.I32) asm.I32 {
		return arg.Table.I32().Add(byte).LoadI8U(0)
	})
}

// emitLookup emits q8_lookup_strip(from, to, n, table): to[i] = table[from[i]]. Loads of single bytes
// are the fastest way in browsers: sixteen swizzles and their indices take twice as long.
func emitLookup(m *asm.Module) *asm.Func {
	f := m.Func("q8_lookup_strip", kernel.Signature())
	from, to, n, table := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	entry := func(i uint32) asm.I32 { return table.Add(from.LoadI8U(i)).LoadI8U(0) }
	loop := func(bytes int32, body func()) {
		f.While(func() asm.I32 { return n.GeS(asm.ConstI32(bytes)) }, func() {
			body()
			from.Set(from.AddC(bytes))
			to.Set(to.AddC(bytes))
			n.Set(n.SubC(bytes))
		})
	}
	for _, bytes := range []int32{32, 4} {
		loop(bytes, func() {
			for i := uint32(0); i < uint32(bytes); i += 4 {
				f.StoreI32(to.I32, i, entry(i).Or(entry(i+1).ShlC(8)).Or(entry(i+2).ShlC(16).Or(entry(i+3).ShlC(24))))
			}
		})
	}
	loop(1, func() { f.StoreI8(to.I32, 0, entry(0)) })
	return f
}
