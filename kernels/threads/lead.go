package threads

import "github.com/quantscope/quantscope/kernels/asm"

func (e *emitter) emitLead() *asm.Func {
	f := e.fn("lead", 5, asm.TypeI32)
	at, calls, threads, patience, sync := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4)
	seq := f.I32()
	f.If(sync.AtomicLoadI32(failed), func() { f.Return(asm.ConstI32(1)) }, nil)
	f.If(calls.I32, func() {
		seq.Set(sync.AtomicLoadI32(number))
		// Opened before it is published, so that nobody finds it closed and goes to sleep.
		f.AtomicStoreI64(sync.I32, open, seq.I64U().ShlC(32).Or(asm.CallI32(e.grains, at).I64U()))
		publish(f, sync, at.I32, seq.I32, seq.Add(calls.I32))
		f.Call(e.share, at, seq, seq.Add(calls.I32), asm.ConstI32(0), threads, patience, sync)
	}, nil)
	f.Push(sync.AtomicLoadI32(failed))
	return f
}

func (e *emitter) emitWork() *asm.Func {
	f := e.fn("work", 5)
	thread, threads, patience, sync, epoch := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4)
	now, at, from, to := f.I32(), f.I32(), f.I32(), f.I32()
	f.Loop(func(again asm.Label) {
		now.Set(sync.AtomicLoadI32(Epoch))
		f.If(now.Eq(epoch.I32), func() {
			f.Call(e.wait, sync.AddC(Epoch), now, sync.AddC(idle), patience)
			f.Br(again)
		}, nil)
		at.Set(sync.AtomicLoadI32(program))
		from.Set(sync.AtomicLoadI32(first))
		to.Set(sync.AtomicLoadI32(end))
		// All of one job only where the epoch is even and still the same.
		f.BrIf(again, now.AndC(1).Or(sync.AtomicLoadI32(Epoch).Ne(now.I32)))
		epoch.Set(now.I32)
		f.If(from.Ne(to.I32), func() {
			f.Call(e.share, at, from, to, thread, threads, patience, sync)
			f.Br(again)
		}, nil)
	})
	f.Drop(sync.AtomicAdd(Left, asm.ConstI32(1)))
	return f
}

func (e *emitter) emitDismiss() *asm.Func {
	f := e.fn("dismiss", 1)
	zero := asm.ConstI32(0)
	publish(f, f.ParamI32(0), zero, zero, zero)
	return f
}

// emitFail closes the run after its last call. What the trapped thread had taken is never done, so
// that no other thread opens a call any more.
func (e *emitter) emitFail() *asm.Func {
	f := e.fn("fail", 1)
	sync := f.ParamI32(0)
	f.AtomicStoreI32(sync.I32, failed, asm.ConstI32(1))
	f.AtomicStoreI64(sync.I32, open, sync.AtomicLoadI32(end).I64U().ShlC(32))
	wake(f, sync, number, waiting)
	return f
}

// emitWait emits wait(word, value, sleepers, patience): returns when the word may have another value.
func (e *emitter) emitWait() *asm.Func {
	f := e.fn("wait", 4)
	word, value, sleepers, patience := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3)
	looks := f.I32()
	looks.Set(patience.I32)
	f.Loop(func(again asm.Label) {
		f.If(word.AtomicLoadI32(0).Ne(value.I32), func() { f.Return() }, nil)
		f.BrIf(again, patience.Eq(asm.ConstI32(-1)))
		f.BrIf(again, looks.Tee(looks.SubC(1)))
	})
	f.Drop(sleepers.AtomicAdd(0, asm.ConstI32(1)))
	f.Drop(word.AtomicWait(0, value.I32, -1))
	f.Drop(sleepers.AtomicAdd(0, asm.ConstI32(-1)))
	return f
}

// wake wakes those who wait for a word, which has changed, if there are any.
func wake(f *asm.Func, sync asm.I32Var, word int32, sleepers uint32) {
	f.If(sync.AtomicLoadI32(sleepers), func() {
		f.Drop(sync.AddC(word).AtomicNotify(0, asm.ConstI32(-1)))
	}, nil)
}

// publish tells the others what to run. The epoch is odd meanwhile.
func publish(f *asm.Func, sync asm.I32Var, at, from, to asm.I32) {
	f.Drop(sync.AtomicAdd(Epoch, asm.ConstI32(1)))
	f.AtomicStoreI32(sync.I32, program, at)
	f.AtomicStoreI32(sync.I32, first, from)
	f.AtomicStoreI32(sync.I32, end, to)
	f.Drop(sync.AtomicAdd(Epoch, asm.ConstI32(1)))
	wake(f, sync, Epoch, idle)
}
