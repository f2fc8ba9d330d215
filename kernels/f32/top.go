package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// Top finds the K greatest of N numbers, or the smallest, and their places; see ref.Top. X, Values and Places are
// dense, [Rows/Inner, N, Inner] and K in the place of N.
type Top struct {
	X, Values, Places uint32
	Rows, N, Inner, K int
	Least, Last       bool
}

// Call is the kernel call. Its units are the rows.
func (t Top) Call() call.Call {
	flag := func(on bool) uint32 {
		if on {
			return 1
		}
		return 0
	}
	return call.Call{Kernel: call.F32Top, Units: uint32(t.Rows), Args: kernel.Words(topArgs[uint32]{
		X: t.X, Values: t.Values, Places: t.Places, N: uint32(t.N), Inner: uint32(t.Inner), K: uint32(t.K), Least: flag(t.Least), Last: flag(t.Last),
	})}
}

type topArgs[W any] struct{ X, Values, Places, N, Inner, K, Least, Last W }

// EmitTop emits f32_top: for each of the K a look at all N.
func EmitTop(env kernel.Env) *asm.Func {
	f := env.M.Func("f32_top", kernel.Signature())
	arg := kernel.Fields[topArgs[kernel.Field]](f.ParamI32(0).I32, 0)
	from, to := f.ParamI32(1), f.ParamI32(2)
	unit, x, p, y, j, e, step := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	late, order, place, before, turn, sign := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	v, best, least := f.F32(), f.F32(), f.F32()
	zero, one := asm.ConstI32(0), asm.ConstI32(1)
	step.Set(arg.Inner.I32().ShlC(2))
	sign.Set(arg.Least.I32().ShlC(31))
	turn.Set(one.Sub(arg.Last.I32().ShlC(1))) // 1, or -1 where the last comes first
	f.For(unit, from.I32, to.I32, 1, func() {
		image := func(n kernel.Field) asm.I32 {
			return unit.DivU(arg.Inner.I32()).Mul(n.I32()).Mul(arg.Inner.I32()).Add(unit.RemU(arg.Inner.I32())).ShlC(2)
		}
		x.Set(arg.X.I32().Add(image(arg.N)))
		y.Set(image(arg.K))
		place.Set(asm.ConstI32(-1))
		f.For(j, zero, arg.K.I32(), 1, func() {
			least.Set(best.F32)
			before.Set(place.Mul(turn.I32))
			place.Set(asm.ConstI32(-1))
			p.Set(x.I32)
			f.For(e, zero, arg.N.I32(), 1, func() {
				v.Set(p.LoadI32(0).Xor(sign.I32).F32Bits())
				late.Set(e.Mul(turn.I32))
				order.Set(place.Mul(turn.I32))
				after := j.Eqz().Or(v.Lt(least.F32)).Or(v.Eq(least.F32).And(late.GtS(before.I32)))
				better := place.LtS(zero).Or(v.Gt(best.F32)).Or(v.Eq(best.F32).And(late.LtS(order.I32)))
				f.If(after.And(better), func() {
					best.Set(v.F32)
					place.Set(e.I32)
				}, nil)
				p.Set(p.Add(step.I32))
			})
			f.If(place.LtS(zero), func() {
				place.Set(zero)
				best.Set(x.LoadI32(0).Xor(sign.I32).F32Bits())
			}, nil)
			f.StoreI32(arg.Values.I32().Add(y.I32), 0, x.Add(place.Mul(step.I32)).LoadI32(0))
			f.StoreF32(arg.Places.I32().Add(y.I32), 0, place.F32S())
			y.Set(y.Add(step.I32))
		})
	})
	return f
}
