package f32_test

import (
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// testThreads is how many threads unitEngine pretends to be.
const testThreads = 3

// entry is a kernel that a test needs.
type entry struct {
	id   call.ID
	emit func(kernel.Env) *asm.Func
}

// ways is engines for some kernels: one runs all units of a call at once, one unit by unit, last
// first, as so many threads in turn, and one on real threads. Whatever is checked must hold for all.
func ways(t *testing.T, used ...entry) []*engine.Engine {
	t.Helper()
	var ids []call.ID
	for _, k := range used {
		ids = append(ids, k.id)
	}
	return []*engine.Engine{newEngine(t, 1<<21, ids...), unitEngine(t, used...), threadEngine(t, ids...)}
}

func unitEngine(t *testing.T, used ...entry) *engine.Engine {
	t.Helper()
	m := asm.NewModule()
	env := kernel.NewEnv(m)
	used = append(used, entry{call.F32VFakeQuant, f32.EmitFakeQuant}, entry{call.F32VFakeQuantDiv, f32.EmitFakeQuantDiv})
	for _, k := range append(used, entry{call.F32VAffine, f32.EmitAffine}, entry{call.F32VClamp, f32.EmitClamp}, entry{call.F32VMinMax, f32.EmitMinMax}) {
		m.Elem(uint32(k.id), k.emit(env))
	}
	run := m.Func("run", asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32, asm.TypeI32}})
	at, unit, i := run.ParamI32(0), run.I32(), run.I32()
	run.For(i, asm.ConstI32(0), at.LoadI32(8), 1, func() {
		unit.Set(at.LoadI32(8).SubC(1).Sub(i.I32))
		thread := unit.RemU(asm.ConstI32(testThreads))
		run.CallIndirect(kernel.Signature(), at.LoadI32(4), at.AddC(call.Header), unit.I32, unit.AddC(1), thread)
	})
	m.Export("run", run)
	e, err := engine.New(m.Bytes(), 1<<21, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func threadEngine(t *testing.T, used ...call.ID) *engine.Engine {
	t.Helper()
	pool := engine.NewPool(testThreads)
	t.Cleanup(pool.Close)
	for pool.Started() < pool.Threads() {
		time.Sleep(time.Millisecond)
	}
	e, err := engine.New(kernels.Module(withEpilogues(used), pool.Threads() > 1), 1<<21, pool)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// checkAll is arena.check on all engines.
func (a *arena) checkAll(t *testing.T, engines []*engine.Engine, c call.Call, want ...[]float32) bool {
	t.Helper()
	ok := true
	for i, e := range engines {
		if !a.check(t, e, c, want...) {
			t.Logf("on %s", []string{"all units at once", "unit by unit", "threads"}[i])
			ok = false
		}
	}
	return ok
}

// TestEveryIDIsEmitted holds that no number of this family is without a kernel.
func TestEveryIDIsEmitted(t *testing.T) {
	empty := len(kernels.Module(nil, false))
	for id := call.ID(1); id < call.Q8GEMM; id++ {
		if len(kernels.Module([]call.ID{id}, false)) == empty {
			t.Errorf("kernel %d is not emitted", id)
		}
	}
}
