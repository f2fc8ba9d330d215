package threads

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
)

// emitShare emits share(at, seq, end, thread, threads, patience, sync): takes part in the calls
// numbered seq … end-1, the first of which is the record at.
func (e *emitter) emitShare() *asm.Func {
	f := e.fn("share", 7)
	at, seq, end, thread, threads := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4)
	patience, sync := f.ParamI32(5), f.ParamI32(6)
	state := f.I64()
	now, lo, hi, take, size, left := f.I32(), f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	units := at.LoadI32(8)
	forward := func() { // to the record after this one and its followers
		left.Set(asm.CallI32(e.next, at, seq, end))
		seq.Set(seq.Add(left.I32))
		f.Loop(func(again asm.Label) {
			at.Set(at.Add(at.LoadI32(0)))
			f.BrIf(again, left.Tee(left.SubC(1)))
		})
	}
	do := func(from, to asm.I32) {
		f.CallIndirect(signature(4), at.LoadI32(4), at.AddC(call.Header), from, to, thread.I32)
	}
	f.Loop(func(again asm.Label) {
		state.Set(sync.AtomicLoadI64(open))
		now.Set(state.ShrUC(32).Low())
		f.If(now.Sub(end.I32).GeS(asm.ConstI32(0)), func() { f.Return() }, nil)
		f.Loop(func(catchUp asm.Label) {
			f.If(seq.Ne(now.I32), func() {
				forward()
				f.Br(catchUp)
			}, nil)
		})
		lo.Set(state.ShrUC(16).Low().AndC(0xffff))
		hi.Set(state.Low().AndC(0xffff))
		f.If(lo.Eq(hi.I32), func() {
			f.Call(e.wait, sync.AddC(number), now, sync.AddC(waiting), patience)
			f.Br(again)
		}, nil)

		// A thread takes three quarters of its share of what is left, so that the last pieces are
		// small; even ones from the beginning, odd ones from the end, so that each finds what it made
		// in the call before in its own cache.
		take.Set(hi.Sub(lo.I32).MulC(3).DivU(threads.ShlC(2)))
		take.Set(take.Select(asm.ConstI32(1), take.I32))
		claim := func(lo, hi asm.I32) {
			s := now.I64U().ShlC(32).Or(lo.ShlC(16).Or(hi).I64U())
			f.BrIf(again, sync.AtomicCompareExchange(open, state.I64, s).Eq(state.I64).Eqz())
		}
		f.If(thread.AndC(1), func() {
			claim(lo.I32, hi.Sub(take.I32))
			lo.Set(hi.Sub(take.I32))
		}, func() {
			claim(lo.Add(take.I32), hi.I32)
		})
		size.Set(units.AddC(maxGrains - 1).DivU(asm.ConstI32(maxGrains)))
		hi.Set(lo.Add(take.I32).Mul(size.I32))
		do(lo.Mul(size.I32), hi.Select(units, hi.LtU(units)))
		f.If(lo.Eqz(), func() {
			hi.Set(at.I32)
			left.Set(asm.CallI32(e.next, at, seq, end))
			f.Loop(func(follow asm.Label) {
				at.Set(at.Add(at.LoadI32(0)))
				f.If(left.Tee(left.SubC(1)), func() {
					do(asm.ConstI32(0), units)
					f.Br(follow)
				}, nil)
			})
			at.Set(hi.I32)
		}, nil)

		f.If(sync.AtomicAdd(done, take.I32).Add(take.I32).Eq(asm.CallI32(e.grains, at)), func() {
			forward()
			f.AtomicStoreI32(sync.I32, done, asm.ConstI32(0))
			hi.Set(asm.ConstI32(0))
			f.If(seq.Ne(end.I32), func() { hi.Set(asm.CallI32(e.grains, at)) }, nil)
			f.AtomicStoreI64(sync.I32, open, seq.I64U().ShlC(32).Or(hi.I64U()))
			wake(f, sync, number, waiting)
		}, nil)
		f.Br(again)
	})
	return f
}

// emitNext emits next(at, seq, end) i32: how many calls the record at stands for, itself and its
// followers, of those that are run.
func (e *emitter) emitNext() *asm.Func {
	f := e.fn("next", 3, asm.TypeI32)
	n, rest := f.I32(), f.I32()
	n.Set(f.ParamI32(0).LoadI32(12).AddC(1))
	rest.Set(f.ParamI32(2).Sub(f.ParamI32(1).I32))
	f.Push(n.Select(rest.I32, n.LtU(rest.I32)))
	return f
}

// emitGrains emits grains(at) i32: the pieces that the units of the record at are taken in. A call
// without units is one piece of nothing.
func (e *emitter) emitGrains() *asm.Func {
	f := e.fn("grains", 1, asm.TypeI32)
	units, size := f.I32(), f.I32()
	units.Set(f.ParamI32(0).LoadI32(8))
	f.If(units.Eqz(), func() { f.Return(asm.ConstI32(1)) }, nil)
	size.Set(units.AddC(maxGrains - 1).DivU(asm.ConstI32(maxGrains)))
	f.Push(units.Add(size.I32).SubC(1).DivU(size.I32))
	return f
}
