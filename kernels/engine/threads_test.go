package engine_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
)

const arenaBytes = 4 << 20

// started makes a pool and waits until all threads have started.
func started(t *testing.T, newPool func(int) *engine.Pool, threads int) *engine.Pool {
	t.Helper()
	pool := newPool(threads)
	t.Cleanup(pool.Close)
	for pool.Started() < pool.Threads() {
		time.Sleep(time.Millisecond)
	}
	return pool
}

// chain is a program whose every call reads what the one before has written: matrix products of all
// kinds of sizes, with calls of one unit and calls that run along between them. ranges is where the
// minimum and maximum of what it makes are found.
func chain() (calls []call.Call, ranges uint32) {
	r := rand.New(rand.NewPCG(7, 7))
	const n, weights, side = 24, 1 << 20, 3 << 20
	x, y := uint32(2<<20), uint32(5<<19)
	ranges = 64
	inf := float32(math.Inf(1))
	for i := range 80 {
		m := uint32([]int{1, 2, 6, 33, 700, 4000}[r.IntN(6)])
		calls = append(calls, f32.GEMM{
			A: x, LDA: 4 * n, Runs: 1, RunLen: n, B: weights, C: y, LDC: 4 * n, M: m, N: n, Lo: -inf, Hi: inf,
			Epilogue: []call.EpilogueOp{f32.MinMax(ranges), f32.Tanh()},
		}.Call())
		for range r.IntN(3) {
			c := f32.Fill{Y: side + uint32(4096*i), Shape: []int{1 + r.IntN(40), 5}, YStrides: []int{100, 4}, Value: uint32(i)}.Call()
			c.Along = true
			calls = append(calls, c)
		}
		for range r.IntN(3) { // of one unit, each after the other
			calls = append(calls, f32.Map{X: y, Y: y, Shape: []int{20}, XStrides: []int{4}, YStrides: []int{4}, Epilogue: []call.EpilogueOp{f32.SiLU()}}.Call())
		}
		if r.IntN(8) == 0 {
			calls = append(calls, call.Call{Kernel: call.F32IGEMM}) // no units
		}
		x, y = y, x
	}
	return calls, ranges
}

// start gives an engine with random floats in all of its arena and the chain behind them.
func start(t *testing.T, pool *engine.Pool) (e *engine.Engine, program, calls, ranges uint32) {
	t.Helper()
	list, ranges := chain()
	e, err := engine.New(kernels.Module(call.Used(list), pool.Threads() > 1), arenaBytes, pool)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	bytes, _ := call.Encode(list)
	program = arenaBytes - 1<<16
	reset(e, ranges, pool.Threads())
	e.Write(program, bytes)
	return e, program, uint32(len(list)), ranges
}

func reset(e *engine.Engine, ranges uint32, threads int) {
	r := rand.New(rand.NewPCG(8, 8))
	x := make([]float32, (arenaBytes-1<<16)/4)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	e.WriteF32(0, x)
	e.WriteF32(ranges, f32.MinMaxReset(threads))
}

// result is all that a chain writes, and the minimum and maximum.
func result(e *engine.Engine, ranges uint32, threads int) []float32 {
	x := make([]float32, (arenaBytes-1<<16-1<<20)/4)
	e.ReadF32(1<<20, x)
	m := make([]float32, 8*threads)
	e.ReadF32(ranges, m)
	lo, hi := f32.MinMaxFold(m)
	return append(x, lo, hi)
}

// Any number of threads gives the same bits, run after run, on any runtime.
func TestThreads(t *testing.T) { everyRuntime(t, testThreads) }

func testThreads(t *testing.T, newPool func(int) *engine.Pool) {
	one, program, calls, ranges := start(t, nil)
	if err := one.Run(program, calls); err != nil {
		t.Fatal(err)
	}
	want := result(one, ranges, 1)
	for _, threads := range []int{1, 2, 3, 5} {
		pool := started(t, newPool, threads)
		e, program, calls, ranges := start(t, pool)
		helped := false
		for i := range 15 {
			reset(e, ranges, pool.Threads())
			if err := e.Run(program, calls); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(result(e, ranges, pool.Threads()), want) {
				t.Fatalf("%d threads, run %d: other bits than one thread", threads, i)
			}
			if pool.Threads() > 1 {
				m := make([]float32, 8)
				e.ReadF32(ranges+f32.MinMaxBytes, m) // of the second thread
				helped = helped || m[0] < m[4]
			}
		}
		if pool.Threads() > 1 && !helped {
			t.Errorf("%d threads: the second has never taken any work", threads)
		}
	}
}

// Engines of one pool run in turn, and one may be closed between.
func TestEnginesInTurn(t *testing.T) { everyRuntime(t, testEnginesInTurn) }

func testEnginesInTurn(t *testing.T, newPool func(int) *engine.Pool) {
	pool := started(t, newPool, 2)
	a, program, calls, ranges := start(t, pool)
	var want []float32
	for i := range 6 {
		b, _, _, _ := start(t, pool)
		for _, e := range []*engine.Engine{a, b, a} {
			reset(e, ranges, pool.Threads())
			if err := e.Run(program, calls); err != nil {
				t.Fatal(err)
			}
			got := result(e, ranges, pool.Threads())
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Fatalf("round %d: other bits", i)
			}
		}
		b.Close()
	}
}

// A trap on any thread ends the run with an error, on all of them, and the engine with it.
func TestTrapOnThread(t *testing.T) { everyRuntime(t, testTrapOnThread) }

func testTrapOnThread(t *testing.T, newPool func(int) *engine.Pool) {
	pool := started(t, newPool, 3)
	if pool.Threads() == 1 {
		t.Skip("no threads here")
	}
	for range 20 {
		e, _, _, _ := start(t, pool)
		bad := f32.GEMM{A: 1 << 20, LDA: 1 << 16, Runs: 1, RunLen: 8, B: 1 << 20, C: 2 << 20, LDC: 32, M: 3000, N: 8}.Call() // runs out of the arena
		program, _ := call.Encode([]call.Call{bad, bad})
		e.Write(64, program)
		for range 2 {
			if err := e.Run(64, 2); err == nil {
				t.Fatal("no error")
			}
		}
		e.Close()
	}
}
