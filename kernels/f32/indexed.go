package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// MostIndices is how many dimensions Take and Put find by an index.
const MostIndices = 6

// Indexed is what Take and Put have in common: dense tensors in C order, and an index of floats; see ref.Indexed,
// whose numbers of elements these are.
type Indexed struct {
	X, Index, Y                                 uint32
	Units, Len, Outer, OuterStep, Inner, Tuples int
	Dims, Strides                               []int // at most MostIndices
}

// Take makes Y of elements of X that are found by an index; see ref.Take.
type Take struct{ Indexed }

// Put writes the elements of X over those of Y that are found by an index; see ref.Put.
type Put struct{ Indexed }

// Call is the kernel call. Its units are those of ref.Indexed.
func (t Take) Call() call.Call {
	return call.Call{Kernel: call.X32Take, Units: uint32(t.Units), Args: t.words()}
}

// Call is the kernel call, of a single unit: of elements that are written twice, the last stays.
func (p Put) Call() call.Call {
	return call.Call{Kernel: call.X32Put, Units: 1, Args: p.words()}
}

func (x Indexed) words() []uint32 {
	if len(x.Dims) > MostIndices {
		panic("f32: too many dimensions are found by an index")
	}
	args := indexedArgs[uint32]{
		X: x.X, Index: x.Index, Y: x.Y, Units: uint32(x.Units), Len: uint32(x.Len), Outer: uint32(x.Outer), OuterStep: uint32(4 * x.OuterStep),
		Inner: uint32(x.Inner), Tuples: uint32(x.Tuples), Axes: uint32(len(x.Dims)),
	}
	for k := range x.Dims {
		args.Axis[k] = indexedAxis[uint32]{uint32(x.Dims[k]), uint32(4 * x.Strides[k])}
	}
	return kernel.Words(args)
}

// indexedArgs are the arguments of the kernels, steps in bytes.
type indexedArgs[W any] struct {
	X, Index, Y, Units, Len, Outer, OuterStep, Inner, Tuples, Axes W
	Axis                                                           [MostIndices]indexedAxis[W]
}

type indexedAxis[W any] struct{ N, Stride W }

// EmitTake emits x32_take.
func EmitTake(env kernel.Env) *asm.Func { return emitIndexed(env, "x32_take", false) }

// EmitPut emits x32_put.
func EmitPut(env kernel.Env) *asm.Func { return emitIndexed(env, "x32_put", true) }

func emitIndexed(env kernel.Env, name string, put bool) *asm.Func {
	f := env.M.Func(name, kernel.Signature())
	arg := kernel.Fields[indexedArgs[kernel.Field]](f.ParamI32(0).I32, 0)
	from, to := f.ParamI32(1), f.ParamI32(2)
	if put {
		to.Set(arg.Units.I32())
	}
	unit, at, index, axis, left, i, n, p, q := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	zero := asm.ConstI32(0)
	f.For(unit, from.I32, to.I32, 1, func() {
		at.Set(unit.DivU(arg.Outer.I32()).Mul(arg.OuterStep.I32()).Add(unit.RemU(arg.Inner.I32()).ShlC(2)))
		index.Set(arg.Index.I32().Add(unit.RemU(arg.Tuples.I32()).Mul(arg.Axes.I32()).ShlC(2)))
		axis.Set(arg.Axis[0].N.Address())
		left.Set(arg.Axes.I32())
		f.While(func() asm.I32 { return left.I32 }, func() {
			n.Set(axis.LoadI32(0))
			i.Set(index.LoadF32(0).TruncSatS())
			f.If(i.LtS(zero), func() { i.Set(i.Add(n.I32)) }, nil)
			f.If(i.LtS(zero), func() { i.Set(zero) }, nil)
			f.If(i.GeS(n.I32), func() { i.Set(n.SubC(1)) }, nil)
			at.Set(at.Add(i.Mul(axis.LoadI32(4))))
			axis.Set(axis.AddC(8))
			index.Set(index.AddC(4))
			left.Set(left.SubC(1))
		})
		row := unit.Mul(arg.Len.I32()).ShlC(2)
		if put {
			p.Set(arg.Y.I32().Add(at.I32))
			q.Set(arg.X.I32().Add(row))
		} else {
			p.Set(arg.Y.I32().Add(row))
			q.Set(arg.X.I32().Add(at.I32))
		}
		n.Set(arg.Len.I32())
		emitStrip(f, n, []asm.I32Var{p, q}, 4, func(l lanes, offset uint32) {
			l.store(f, p.I32, offset, l.load(q.I32, offset))
		})
	})
	return f
}
