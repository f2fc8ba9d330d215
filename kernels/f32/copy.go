package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Copy copies 32-bit elements from X to Y, which do not overlap: Transpose, Concat, Split, Slice,
// the inside of Pad, changes of layout. Dimensions come in any order, at most 6 that do not merge.
// For an XStride that is negative, X is the address of the element that goes to index 0.
type Copy struct {
	X, Y               uint32
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
}

// Call is the kernel call. Three kernels share the work: rows that are contiguous on both sides
// (f32_map), a contiguous dimension of X crossed with one of Y (x32_transpose), and single elements.
func (c Copy) Call() call.Call {
	w := walk.New(c.Shape, c.YStrides, c.XStrides)
	last := len(w.Shape) - 1
	if last < 0 || w.Strides[0][last] == 4 && w.Strides[1][last] == 4 {
		return Map{X: c.X, Y: c.Y, Shape: c.Shape, XStrides: c.XStrides, YStrides: c.YStrides}.Call()
	}
	if w.Strides[0][last] == 4 {
		for d, stride := range w.Strides[1] {
			if stride == 4 {
				return c.transpose(w, d)
			}
		}
	}
	n, strides := w.Inner(func([]int) bool { return true })
	args := append(w.Words(c.Y, c.X), kernel.Words(stridedArgs[uint32]{N: uint32(n), YStep: uint32(strides[0]), XStep: uint32(strides[1])})...)
	return call.Call{Kernel: call.X32Strided, Units: w.Units(), Args: args}
}

// stridedArgs are the arguments of x32_strided behind its walk: elements of a row, and bytes from one to the next.
type stridedArgs[W any] struct{ N, YStep, XStep W }

// EmitStrided emits x32_strided: rows of single elements at any stride.
func EmitStrided(env kernel.Env) *asm.Func {
	f := env.M.Func("x32_strided", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	y, x, i, j, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	arg := kernel.Fields[stridedArgs[kernel.Field]](args.I32, walk.Bytes2)
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(asm.I32) {
		i.Set(y.I32)
		j.Set(x.I32)
		n.Set(arg.N.I32())
		f.While(func() asm.I32 { return n.I32 }, func() {
			f.StoreI32(i.I32, 0, j.LoadI32(0))
			i.Set(i.Add(arg.YStep.I32()))
			j.Set(j.Add(arg.XStep.I32()))
			n.Set(n.AddC(-1))
		})
	})
	return f
}
