package exec

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// A run is left when its context ends, in the middle of a long call; its memory is freed once
// nobody computes on it. Work that has not begun does not begin.
func TestCancelledRun(t *testing.T) {
	const n = 9 << 8
	b := graphtest.New(t)
	g := b.Outputs(b.Node("product", graph.MatMul{}, b.Input("x", n, n), b.Input("y", n, n)))
	r, err := New(t.Context(), g, Config{})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, n*n)
	started := time.Now()
	if err := r.Run(t.Context(), x, x); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(started)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(whole/20, cancel)
	if err := r.Run(ctx, x, x); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if r.left == nil || len(r.left) > 0 {
		t.Error("the call ended before it was left")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := New(ctx, g, Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("planned all the same: %v", err)
	}
	if _, err := Need(ctx, g, Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("reckoned all the same: %v", err)
	}
}
