package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Quantize is y = clamp(rhe(x·(1/Scale)) + Zero, Lo, Hi), or with Div clamp(rhe(x/Scale) + Zero, Lo, Hi):
// the rules of PyTorch and of ONNX, every operation rounded to float32; NaN gives Lo. Dimensions come
// in any order, at most 5 that do not merge; it is fast where both sides are contiguous along one.
type Quantize struct {
	Signed             bool   // storage
	X                  uint32 // float32
	Y                  uint32 // bytes
	Shape              []int
	XStrides, YStrides []int // bytes, as many as Shape
	Scale              float32
	Zero               int32
	Lo, Hi             int32
	Div                bool
}

// quantizeArgs are the arguments of the kernel behind its walk; Steps are the bytes from element to element of y and x,
// Scale is what it divides by with Div, else what it multiplies with.
type quantizeArgs[W any] struct {
	kernel.Pieces[W]
	Steps      [2]W
	Round      roundArgs[W]
	Div, Scale W
}

// Call is the kernel call. Its units are pieces of rows.
func (q Quantize) Call() call.Call {
	w := walk.New(q.Shape, q.YStrides, q.XStrides)
	n, strides := w.Inner(func([]int) bool { return true })
	arg := quantizeArgs[uint32]{
		Pieces: kernel.Split(&w, n, pieceBytes, strides), Steps: [2]uint32{uint32(strides[0]), uint32(strides[1])},
		Round: roundOf(q.Signed, q.Zero, q.Lo, q.Hi), Div: truth(q.Div), Scale: math.Float32bits(1 / q.Scale),
	}
	if q.Div {
		arg.Scale = math.Float32bits(q.Scale)
	}
	return call.Call{Kernel: call.Q8Quantize, Units: w.Units(), Args: append(w.Words(q.Y, q.X), kernel.Words(arg)...)}
}

// EmitQuantize emits q8_quantize.
func EmitQuantize(e kernel.Env) *asm.Func {
	f := e.M.Func("q8_quantize", kernel.Signature())
	args, from, to := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	arg := kernel.Fields[quantizeArgs[kernel.Field]](args.I32, walk.Bytes2)
	y, x, i, j, n := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	scale, dense := f.F32x4(), f.I32()
	round := newRounding(f)
	round.load(arg.Round)
	scale.Set(arg.Scale.F32x4())
	dense.Set(stepsAre(arg.Steps[:], 1, 4))
	write := func(l lanes, op func(x, scale asm.F32x4) asm.F32x4) {
		l.store(f, i.I32, round.vectors(l, func(v int) asm.F32x4 { return op(l.loadFloats(j.I32, v), scale.F32x4) }))
	}
	strip := func(op func(x, scale asm.F32x4) asm.F32x4) {
		f.If(dense.I32, func() {
			emitStrip(f, n, []pointer{{i, 1}, {j, 4}}, func(l lanes) { write(l, op) })
		}, nil)
		emitStrided(f, n, arg.Steps[:], []asm.I32Var{i, j}, func(l lanes) { write(l, op) })
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, x}, func(inner asm.I32) {
		kernel.EmitPiece(f, n, arg.Pieces, inner)
		i.Set(y.I32)
		j.Set(x.I32)
		f.If(arg.Div.I32(), func() { strip(asm.F32x4.Div) }, func() { strip(asm.F32x4.Mul) })
	})
	return f
}
