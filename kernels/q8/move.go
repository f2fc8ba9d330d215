package q8

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Lookup is y = Table[x], element by element: any function of one 8-bit activation (SiLU, sigmoid,
// tanh, hard-swish, requantization of a Concat's inputs), made by NewTable. Y may be X where they
// have the same strides. Dimensions come in any order, at most 5 that do not merge; it is fast where
// both sides are contiguous along one.
type Lookup struct {
	X, Y               uint32
	Shape              []int
	XStrides, YStrides []int  // bytes, as many as Shape
	Table              uint32 // address of 256 bytes: entry i is for the byte i, as it is stored
}

// Copy copies bytes from X to Y, which do not overlap: Concat of equal scales, Split, Slice, the
// inside of Pad, changes of layout. Dimensions come in any order, at most 5 that do not merge. For an
// XStride that is negative, X is the address of the byte that goes to index 0.
type Copy struct {
	X, Y               uint32
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
}

// Fill sets bytes to a value: halos. Dimensions come in any order, at most 5 that do not merge.
type Fill struct {
	Y        uint32
	Shape    []int
	YStrides []int // bytes, as many as Shape
	Value    byte  // as it is stored
}

// Words of a Lookup or Copy behind its walk.
const (
	moveN = walk.Bytes2 + 4*iota
	movePiece
	moveSteps // of y, x
	_
	moveTable
)

// Call is the kernel call. Its units are pieces of rows.
func (l Lookup) Call() call.Call {
	return move(call.Q8Lookup, l.X, l.Y, l.Shape, l.XStrides, l.YStrides, l.Table)
}

// Call is the kernel call. Its units are pieces of rows.
func (c Copy) Call() call.Call {
	return move(call.X8Copy, c.X, c.Y, c.Shape, c.XStrides, c.YStrides, 0)
}

func move(kernel call.ID, x, y uint32, shape, xs, ys []int, table uint32) call.Call {
	w := walk.New(shape, ys, xs)
	n, strides := w.Inner(func([]int) bool { return true })
	piece := split(&w, n, pieceBytes, strides)
	args := append(w.Words(y, x), uint32(n), uint32(piece), uint32(strides[0]), uint32(strides[1]), table)
	return call.Call{Kernel: kernel, Units: w.Units(), Args: args}
}

// Words of a Fill behind its walk.
const (
	fillN = walk.Bytes1 + 4*iota
	fillPiece
	fillStep
	fillValue
)

// Call is the kernel call. Its units are pieces of rows.
func (c Fill) Call() call.Call {
	w := walk.New(c.Shape, c.YStrides)
	n, strides := w.Inner(func([]int) bool { return true })
	piece := split(&w, n, pieceBytes, strides)
	args := append(w.Words(c.Y), uint32(n), uint32(piece), uint32(strides[0]), uint32(c.Value)*0x01010101)
	return call.Call{Kernel: call.X8Fill, Units: w.Units(), Args: args}
}

// EmitLookup emits q8_lookup.
func EmitLookup(e f32.Env) *asm.Func {
	strip := emitLookup(e.M)
	return emitMove(e, "q8_lookup", func(f *asm.Func, args, y, x, n asm.I32Var) {
		f.Call(strip, x, y, n, args.LoadI32(moveTable))
	}, func(args asm.I32Var, byte asm.I32) asm.I32 {
		return args.LoadI32(moveTable).Add(byte).LoadI8U(0)
	})
}

// EmitCopy emits x8_copy.
func EmitCopy(e f32.Env) *asm.Func {
	return emitMove(e, "x8_copy", func(f *asm.Func, _, y, x, n asm.I32Var) {
		f.If(n.GeU(asm.ConstI32(512)), func() { f.MemoryCopy(y.I32, x.I32, n.I32) }, func() {
			emitStrip(f, n, []pointer{{y, 1}, {x, 1}}, func(l lanes) { l.store(f, y.I32, l.load(x.I32)) })
		})
	}, func(_ asm.I32Var, byte asm.I32) asm.I32 { return byte })
}

// emitMove emits a kernel that makes bytes of bytes: a row that is contiguous on both sides, which
// uses up its addresses and count, or one by one.
func emitMove(e f32.Env, name string, row func(f *asm.Func, args, y, x, n asm.I32Var), one func(args asm.I32Var, byte asm.I32) asm.I32) *asm.Func {
	f := e.M.Func(name, f32.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	y, x, i, j, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(inner asm.I32) {
		emitPiece(f, n, args, moveN, inner)
		i.Set(y.I32)
		j.Set(x.I32)
		f.If(stepsAre(args, moveSteps, 1, 1), func() { row(f, args, i, j, n) }, func() {
			emitStrided(f, n, args, moveSteps, []asm.I32Var{i, j}, func(lanes) { f.StoreI8(i.I32, 0, one(args, j.LoadI8U(0))) })
		})
	})
	return f
}

// EmitFill emits x8_fill.
func EmitFill(e f32.Env) *asm.Func {
	f := e.M.Func("x8_fill", f32.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	y, i, n, value := f.I32(), f.I32(), f.I32(), f.I32x4()
	value.Set(args.LoadSplatI32x4(fillValue))
	walk.Emit(f, args, from, to, []asm.I32Var{y}, func(inner asm.I32) {
		emitPiece(f, n, args, fillN, inner)
		i.Set(y.I32)
		write := func(l lanes) { l.store(f, i.I32, value.I8x16()) }
		f.If(stepsAre(args, fillStep, 1), func() { emitStrip(f, n, []pointer{{i, 1}}, write) }, nil)
		emitStrided(f, n, args, fillStep, []asm.I32Var{i}, write)
	})
	return f
}
