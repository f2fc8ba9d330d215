package engine_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
)

// A program in parts gives the bits of one run, and ends, with its context's error, between two of them.
func TestRunUntil(t *testing.T) { everyRuntime(t, testRunUntil) }

func testRunUntil(t *testing.T, newPool func(int) *engine.Pool) {
	for _, threads := range []int{1, 2} {
		until(t, started(t, newPool, threads))
	}
}

func until(t *testing.T, pool *engine.Pool) {
	list, ranges := chain()
	e, err := engine.New(kernels.Module(call.Used(list), pool.Shared()), arenaBytes, pool)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	encoded, offsets := call.Encode(list)
	const program = arenaBytes - 1<<16
	e.Write(program, encoded)

	reset(e, ranges, pool.Threads())
	if err := e.Run(program, uint32(len(list))); err != nil {
		t.Fatal(err)
	}
	want := result(e, ranges, pool.Threads())
	for range 2 {
		reset(e, ranges, pool.Threads())
		if err := e.RunUntil(t.Context(), program, offsets); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(result(e, ranges, pool.Threads()), want) {
			t.Error("other bits in parts")
		}
		if err := e.RunUntil(t.Context(), program, offsets[:1]); err != nil { // of one call, which takes no time
			t.Fatal(err)
		}
	}

	if err := e.RunUntil(t.Context(), program, nil); err != nil {
		t.Errorf("a program of no calls: %v", err)
	}

	ended, end := context.WithCancel(t.Context())
	end()
	reset(e, ranges, pool.Threads())
	if err := e.RunUntil(ended, program, offsets); !errors.Is(err, context.Canceled) {
		t.Errorf("the context has ended, and the error is %v", err)
	}
	if slices.Equal(result(e, ranges, pool.Threads()), want) {
		t.Error("the context had ended, and all calls were done")
	}
	reset(e, ranges, pool.Threads())
	if err := e.RunUntil(t.Context(), program, offsets); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(result(e, ranges, pool.Threads()), want) {
		t.Error("other bits after a run that was ended")
	}
}
