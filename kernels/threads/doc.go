// Package threads emits the functions by which several threads do a program together, each with its
// own instance of the module on one shared memory.
//
// They go call by call, and nobody waits for a thread that is late: whoever comes takes some of the
// units that are left, and the thread that finishes the last one opens the next call. A thread that
// the machine has no time for costs nothing but its help. Since units are independent of each other,
// who does them changes no bit.
package threads

import "github.com/quantscope/quantscope/kernels/asm"

// What threads share is a block of Bytes zeros at a multiple of 64:
//
//	 0  i64  the call that is open, numbered through all runs, <<32 | lo<<16 | hi: its grains
//	         lo … hi-1 are not taken yet
//	 8  i32  grains of it that are done
//	12  i32  threads that sleep until the next call
//	64  i32  epoch, odd while the job below it is written
//	68  i32  program
//	72  i32  number of its first call
//	76  i32  number after its last call; that of the first says to leave
//	80  i32  threads that sleep until the next epoch
//	84  i32  threads that have left, in all
//	88  i32  1 after a trap
const (
	Bytes = 128
	Epoch = 64
	Left  = 84
)

const (
	open    = 0
	number  = 4 // the upper half of the open call
	done    = 8
	waiting = 12
	program = 68
	first   = 72
	end     = 76
	idle    = 80
	failed  = 88
)

// maxGrains is the most pieces that a call's units are taken in. With fewer units a grain is a unit.
const maxGrains = 256

// Emit adds to m and exports the functions that threads call; sync is the address of their block.
//
//	lead(program, calls, threads, patience, sync) i32   thread 0: runs a program; 1 after a trap
//	work(thread, threads, patience, sync, epoch)        the others: take part in what is run after
//	                                                    that epoch, until they are dismissed
//	dismiss(sync)                                       lets the others leave
//	fail(sync)                                          to be called after a trap: gives the run up
//
// Patience is how often a thread looks before it goes to sleep, at least 1; -1 is never to sleep.
func Emit(m *asm.Module) {
	e := emitter{m: m}
	e.wait, e.grains, e.next = e.emitWait(), e.emitGrains(), e.emitNext()
	e.share = e.emitShare()
	m.Export("lead", e.emitLead())
	m.Export("work", e.emitWork())
	m.Export("dismiss", e.emitDismiss())
	m.Export("fail", e.emitFail())
}

// emitter holds the functions that others call.
type emitter struct {
	m                         *asm.Module
	wait, grains, next, share *asm.Func
}

// fn begins a function of so many i32 parameters.
func (e *emitter) fn(name string, params int, results ...asm.Type) *asm.Func {
	return e.m.Func(name, asm.Signature{Params: signature(params).Params, Results: results})
}

func signature(params int) (s asm.Signature) {
	for range params {
		s.Params = append(s.Params, asm.TypeI32)
	}
	return s
}
