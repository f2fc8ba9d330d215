package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Map copies X to Y and runs the epilogue over it, piece by piece while it is in the nearest cache. X
// may be Y. Dimensions come in any order; those that are evenly spaced are merged, and at most 5
// may remain. It is fast where the dimension that is contiguous in Y is so in X.
type Map struct {
	X, Y               uint32
	Shape              []int
	XStrides, YStrides []int             // bytes, as many as Shape
	C                  int               // channels, for an epilogue that has them; else 1
	Epilogue           []call.EpilogueOp // over pieces of whole pixels; the channels must be contiguous
}

// mapFloats is the greatest number of floats of a piece, unless a pixel has more.
const mapFloats = 1024

// Call is the kernel call. Its units are the pieces.
func (m Map) Call() call.Call {
	w := walk.New(m.Shape, m.YStrides, m.XStrides)
	n, strides := w.Inner(contiguousOut)
	piece := split(&w, n, m.C, len(m.Epilogue) > 0, strides)
	args := append(w.Words(m.Y, m.X), kernel.Words(mapArgs[uint32]{Pieces: piece, XStep: uint32(strides[1])})...)
	return call.Call{Kernel: call.F32Map, Units: w.Units(), Args: args, Epilogue: m.Epilogue}
}

// contiguousOut says that floats lie side by side in the first operand, which is the output.
func contiguousOut(strides []int) bool { return strides[0] == 4 }

// contiguous says that floats lie side by side in every operand.
func contiguous(strides []int) bool {
	for _, s := range strides {
		if s != 4 {
			return false
		}
	}
	return true
}

// split cuts rows of n floats into pieces of whole pixels.
func split(w *walk.Walk, n, channels int, epilogue bool, strides []int) kernel.Pieces[uint32] {
	channels = max(channels, 1)
	if epilogue && n%channels != 0 {
		panic("f32: an epilogue needs rows of whole pixels")
	}
	return kernel.Split(w, n, max(mapFloats/channels*channels, channels), strides)
}

// mapArgs are the arguments of the kernel behind its walk; XStep is the bytes from element to element of X.
type mapArgs[W any] struct {
	kernel.Pieces[W]
	XStep    W
	Epilogue kernel.Tail
}

// EmitMap emits f32_map.
func EmitMap(env kernel.Env) *asm.Func {
	f := env.M.Func("f32_map", kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	y, x, n, i, j, k := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	arg := kernel.Fields[mapArgs[kernel.Field]](args.I32, walk.Bytes2)
	start := func() {
		i.Set(y.I32)
		j.Set(x.I32)
		k.Set(n.I32)
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(inner asm.I32) {
		kernel.EmitPiece(f, n, arg.Pieces, inner)
		f.If(arg.XStep.I32().Ne(asm.ConstI32(4)), func() {
			start()
			emitStrided(f, k, i, []asm.I32Var{j}, []kernel.Field{arg.XStep}, func() {
				f.StoreI32(i.I32, 0, j.LoadI32(0))
			})
		}, func() {
			f.If(x.Ne(y.I32), func() {
				f.If(n.GeU(asm.ConstI32(256)), func() {
					f.MemoryCopy(y.I32, x.I32, n.ShlC(2))
				}, func() {
					start()
					emitStrip(f, k, []asm.I32Var{i, j}, 4, func(l lanes, offset uint32) {
						l.store(f, i.I32, offset, l.load(j.I32, offset))
					})
				})
			}, nil)
		})
		env.Epilogue(f, arg.Epilogue.Address(), y.I32, n.I32, thread.I32)
	})
	return f
}

// emitStrided emits a loop over n floats, one by one: out advances by 4, each of in by its step. n and the addresses are used up.
func emitStrided(f *asm.Func, n, out asm.I32Var, in []asm.I32Var, steps []kernel.Field, body func()) {
	f.While(func() asm.I32 { return n.I32 }, func() {
		body()
		out.Set(out.AddC(4))
		for k, p := range in {
			p.Set(p.Add(steps[k].I32()))
		}
		n.Set(n.AddC(-1))
	})
}
