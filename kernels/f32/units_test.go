package f32_test

import (
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
)

// testThreads is how many threads unitEngine pretends to be.
const testThreads = 3

// kernel is one that a test needs.
type kernel struct {
	id   call.ID
	emit func(f32.Env) *asm.Func
}

// ways is engines for some kernels: one runs all units of a call at once, one unit by unit, last
// first, as so many threads in turn, and one on real threads. Whatever is checked must hold for all.
func ways(t *testing.T, used ...kernel) []*engine.Engine {
	t.Helper()
	var ids []call.ID
	for _, k := range used {
		ids = append(ids, k.id)
	}
	return []*engine.Engine{newEngine(t, 1<<20, ids...), unitEngine(t, used...), threadEngine(t, ids...)}
}

func unitEngine(t *testing.T, used ...kernel) *engine.Engine {
	t.Helper()
	m := asm.NewModule()
	m.TableSize(uint32(call.Count))
	env := f32.NewEnv(m)
	used = append(used, kernel{call.F32VFakeQuant, f32.EmitFakeQuant}, kernel{call.F32VFakeQuantDiv, f32.EmitFakeQuantDiv})
	for _, k := range append(used, kernel{call.F32VAffine, f32.EmitAffine}, kernel{call.F32VClamp, f32.EmitClamp}, kernel{call.F32VMinMax, f32.EmitMinMax}) {
		m.Elem(uint32(k.id), k.emit(env))
	}
	run := m.Func("run", asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32, asm.TypeI32}})
	at, unit, i := run.ParamI32(0), run.I32(), run.I32()
	run.For(i, asm.ConstI32(0), at.LoadI32(8), 1, func() {
		unit.Set(at.LoadI32(8).SubC(1).Sub(i.I32))
		thread := unit.RemU(asm.ConstI32(testThreads))
		run.CallIndirect(f32.Signature(), at.LoadI32(4), at.AddC(call.Header), unit.I32, unit.AddC(1), thread)
	})
	m.Export("run", run)
	e, err := engine.New(m.Bytes(), 1<<20, nil)
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
	e, err := engine.New(kernels.Module(withPosts(used), pool.Threads() > 1), 1<<20, pool)
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
	for id := call.ID(1); id <= call.F32Softmax; id++ {
		if len(kernels.Module([]call.ID{id}, false)) == empty {
			t.Errorf("kernel %d is not emitted", id)
		}
	}
}
