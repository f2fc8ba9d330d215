package q8

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// AvgPool is y = clamp(rhe(float32(Σ(x−zx))·M) + zy, lo, hi) with an exact sum and
// M = sx/(sy·count), every operation rounded to float32, as ONNX Runtime's QLinearGlobalAveragePool
// orders them; see ref.QAvgPool. A count of zero gives zy, within its bounds. GlobalAveragePool is a
// window of the whole image. The sum is exact for windows of less than 2²³ positions.
type AvgPool struct {
	Pool
	XScale, YScale float32
	XZero, YZero   int32
	Lo, Hi         int32 // bounds of y
	CountPad       bool  // count_include_pad: positions in the padding count, as zeros
}

// Call is the kernel call. Its units are the N·OH output rows times the groups of channels.
func (p AvgPool) Call() call.Call {
	arg := p.args()
	arg.CountPad, arg.Round = truth(p.CountPad), roundOf(p.Signed, p.YZero, p.Lo, p.Hi)
	arg.XZero, arg.XScale, arg.YScale = uint32(p.XZero+int32(flip(p.Signed)&128)), math.Float32bits(p.XScale), math.Float32bits(p.YScale)
	return p.call(call.Q8AvgPool, arg)
}

// EmitAvgPool emits q8_avgpool.
func EmitAvgPool(e kernel.Env) *asm.Func {
	f := newPool(e, "q8_avgpool")
	acc, m, zeros := []asm.I32x4Var{f.I32x4(), f.I32x4(), f.I32x4(), f.I32x4()}, f.F32x4(), f.I16x8()
	zeros.Set(asm.ConstI32(0).SplatI16x8())
	f.emit(poolOp{
		start: func() {
			for _, a := range acc {
				a.Set(f.inside.Mul(asm.ConstI32(0).Sub(f.arg.XZero.I32())).SplatI32x4())
			}
			m.Set(f.arg.XScale.F32x4().Div(f.arg.YScale.F32x4().Mul(f.count.F32S().Splat())))
			f.If(f.count.Eqz(), func() { m.Set(asm.ConstF32x4(0)) }, nil)
		},
		add: func(l lanes, x asm.I8x16) {
			for v := range l.vectors() {
				acc[v].Set(acc[v].Add(l.widen(x, v, zeros.I16x8)))
			}
		},
		finish: func(l lanes) asm.I8x16 {
			return f.round.vectors(l, func(v int) asm.F32x4 { return acc[v].F32S().Mul(m.F32x4) })
		},
	})
	return f.Func
}
