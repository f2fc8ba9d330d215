package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// MinMaxBytes is the size per thread of what MinMax writes: four minima, then four maxima.
const MinMaxBytes = 32

// MinMax leaves the strip as it is and widens the minima and maxima at lanes + thread·MinMaxBytes by
// it. Fill that region with MinMaxReset before the run, and fold it afterwards.
func MinMax(lanes uint32) call.EpilogueOp {
	return call.EpilogueOp{Fn: call.F32VMinMax, Words: []uint32{lanes}}
}

// MinMaxReset is a region for so many threads which has seen no value.
func MinMaxReset(threads int) []float32 {
	lanes := make([]float32, 8*threads)
	for i := range threads {
		ref.ResetMinMax(lanes[8*i:])
	}
	return lanes
}

// MinMaxFold gives the minimum and maximum of all threads' lanes: NaN if any value was, and
// lo = +Inf, hi = -Inf if there was none.
func MinMaxFold(lanes []float32) (lo, hi float32) { return ref.FoldMinMax(lanes) }

// EmitMinMax emits f32_vminmax. Four accumulators each hide the latency; since the order of minima
// does not matter, they are folded in the end.
func EmitMinMax(env kernel.Env) *asm.Func {
	f := env.M.Func("f32_vminmax", kernel.Signature())
	at, data, n, thread := f.I32(), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	var lo, hi [4]asm.F32x4Var
	x := f.F32x4()
	at.Set(f.ParamI32(0).LoadI32(0).Add(thread.MulC(MinMaxBytes)))
	for v := range lo {
		lo[v], hi[v] = f.F32x4(), f.F32x4()
		lo[v].Set(at.LoadF32x4(0))
		hi[v].Set(at.LoadF32x4(16))
	}
	emitStrip(f, n, []asm.I32Var{data}, len(lo), func(l lanes, offset uint32) {
		if l.single {
			x.Set(data.LoadSplatF32x4(offset))
		} else {
			x.Set(data.LoadF32x4(offset))
		}
		v := offset / 16
		lo[v].Set(lo[v].Min(x.F32x4))
		hi[v].Set(hi[v].Max(x.F32x4))
	})
	f.StoreF32x4(at.I32, 0, lo[0].Min(lo[1].F32x4).Min(lo[2].Min(lo[3].F32x4)))
	f.StoreF32x4(at.I32, 16, hi[0].Max(hi[1].F32x4).Max(hi[2].Max(hi[3].F32x4)))
	return f
}
