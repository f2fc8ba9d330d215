package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Binary is Y = clamp(A op B) element by element, then the epilogue. Y may be A or B where they have
// the same strides. Dimensions come in any order; those that are evenly spaced are merged, and at
// most 5 may remain. A stride of 0 repeats an operand (see Broadcast).
type Binary struct {
	Op                           call.ID // F32Add, F32Sub, F32Mul, F32Div, F32Min, F32Max, F32Pow, or one of those of compare.go
	A, B, Y                      uint32
	Shape                        []int             // of Y
	AStrides, BStrides, YStrides []int             // bytes, as many as Shape
	Lo, Hi                       float32           // clamp; −Inf and +Inf for none
	C                            int               // channels, for an epilogue that has them; else 1
	Epilogue                     []call.EpilogueOp // over pieces of whole pixels; the channels must be contiguous
}

// Call is the kernel call. Its units are pieces of rows along which Y is contiguous. It is fast
// where A and B are contiguous too, or one of them is constant.
func (b Binary) Call() call.Call {
	w := walk.New(b.Shape, b.YStrides, b.AStrides, b.BStrides)
	n, strides := w.Inner(contiguousOut)
	piece := split(&w, n, b.C, len(b.Epilogue) > 0, strides)
	args := append(w.Words(b.Y, b.A, b.B), kernel.Words(binaryArgs[uint32]{
		Pieces: piece, AStep: uint32(strides[1]), BStep: uint32(strides[2]), Lo: math.Float32bits(b.Lo), Hi: math.Float32bits(b.Hi),
	})...)
	return call.Call{Kernel: b.Op, Units: w.Units(), Args: args, Epilogue: b.Epilogue}
}

// binaryArgs are the arguments of the kernels behind their walk; steps are the bytes from element to element.
type binaryArgs[W any] struct {
	kernel.Pieces[W]
	AStep, BStep, Lo, Hi W
	Epilogue             kernel.Tail
}

// EmitAdd emits f32_vadd.
func EmitAdd(env kernel.Env) *asm.Func { return emitBinary(env, "f32_vadd", asm.F32x4.Add) }

// EmitSub emits f32_vsub.
func EmitSub(env kernel.Env) *asm.Func { return emitBinary(env, "f32_vsub", asm.F32x4.Sub) }

// EmitMul emits f32_vmul.
func EmitMul(env kernel.Env) *asm.Func { return emitBinary(env, "f32_vmul", asm.F32x4.Mul) }

// EmitDiv emits f32_vdiv.
func EmitDiv(env kernel.Env) *asm.Func { return emitBinary(env, "f32_vdiv", asm.F32x4.Div) }

// EmitMin emits f32_vmin.
func EmitMin(env kernel.Env) *asm.Func { return emitBinary(env, "f32_vmin", asm.F32x4.Min) }

// EmitMax emits f32_vmax.
func EmitMax(env kernel.Env) *asm.Func { return emitBinary(env, "f32_vmax", asm.F32x4.Max) }

func emitBinary(env kernel.Env, name string, op func(a, b asm.F32x4) asm.F32x4) *asm.Func {
	f := env.M.Func(name, kernel.Signature())
	args, from, to, thread := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	y, a, b := f.I32(), f.I32(), f.I32()
	i, j, k, n, rest := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	lo, hi, constant := f.F32x4(), f.F32x4(), f.F32x4()
	arg := kernel.Fields[binaryArgs[kernel.Field]](args.I32, walk.Bytes3)
	lo.Set(arg.Lo.F32x4())
	hi.Set(arg.Hi.F32x4())
	row := func(load func(l lanes, offset uint32) asm.F32x4) {
		emitStrip(f, rest, []asm.I32Var{i, j, k}, 4, func(l lanes, offset uint32) {
			l.store(f, i.I32, offset, clamp(load(l, offset), lo.F32x4, hi.F32x4))
		})
	}
	walk.Emit(f, args, from, to, []asm.I32Var{y, a, b}, func(inner asm.I32) {
		kernel.EmitPiece(f, n, arg.Pieces, inner)
		rest.Set(n.I32)
		i.Set(y.I32)
		j.Set(a.I32)
		k.Set(b.I32)
		four, none := asm.ConstI32(4), asm.ConstI32(0)
		aIs := func(stride asm.I32) asm.I32 { return arg.AStep.I32().Eq(stride) }
		bIs := func(stride asm.I32) asm.I32 { return arg.BStep.I32().Eq(stride) }
		f.Block(func(done asm.Label) {
			f.If(aIs(four).And(bIs(four)), func() {
				row(func(l lanes, offset uint32) asm.F32x4 { return op(l.load(j.I32, offset), l.load(k.I32, offset)) })
				f.Br(done)
			}, nil)
			f.If(aIs(four).And(bIs(none)), func() {
				constant.Set(b.LoadSplatF32x4(0))
				row(func(l lanes, offset uint32) asm.F32x4 { return op(l.load(j.I32, offset), constant.F32x4) })
				f.Br(done)
			}, nil)
			f.If(aIs(none).And(bIs(four)), func() {
				constant.Set(a.LoadSplatF32x4(0))
				row(func(l lanes, offset uint32) asm.F32x4 { return op(constant.F32x4, l.load(k.I32, offset)) })
				f.Br(done)
			}, nil)
			one := lanes{single: true}
			emitStrided(f, rest, i, []asm.I32Var{j, k}, []kernel.Field{arg.AStep, arg.BStep}, func() {
				one.store(f, i.I32, 0, clamp(op(one.load(j.I32, 0), one.load(k.I32, 0)), lo.F32x4, hi.F32x4))
			})
		})
		env.Epilogue(f, arg.Epilogue.Address(), y.I32, n.I32, thread.I32)
	})
	return f
}
