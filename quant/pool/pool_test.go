package pool_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/pool"
)

func newPool(t *testing.T, workers int) *pool.Pool {
	t.Helper()
	b := graphtest.New(t)
	p, err := pool.New(t.Context(), b.Outputs(b.Node("relu", graph.Relu{}, b.Input("x", 1))), exec.Config{}, workers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func TestEachItemOnce(t *testing.T) {
	for _, workers := range []int{0, 1, 3} {
		p := newPool(t, workers)
		got := make([]float32, 20)
		var counts []int
		err := p.Each(context.Background(), 5, 20, func(r *exec.Runner, i int) error {
			if err := r.Run(t.Context(), []float32{float32(i)}); err != nil {
				return err
			}
			got[i] += r.Output(0)[0]
			return nil
		}, func(n int) { counts = append(counts, n) })
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range got {
			if want := float32(i); i < 5 && x != 0 || i >= 5 && x != want {
				t.Errorf("%d workers: item %d gave %v", workers, i, x)
			}
		}
		if len(counts) != 15 || !slices.IsSorted(counts) || counts[0] != 1 {
			t.Errorf("%d workers: progress %v", workers, counts)
		}
	}
}

func TestErrorOfLowestItem(t *testing.T) {
	for _, workers := range []int{1, 2} {
		p := newPool(t, workers)
		var begun atomic.Int32
		var all sync.WaitGroup // the first item of every worker fails when all have one, in whatever order
		all.Add(workers)
		err := p.Each(context.Background(), 0, 100, func(_ *exec.Runner, i int) error {
			begun.Add(1)
			all.Done()
			all.Wait()
			return fmt.Errorf("item %d", i)
		}, func(int) {})
		if err == nil || err.Error() != "item 0" {
			t.Errorf("%d workers: %v", workers, err)
		}
		if n := int(begun.Load()); n != workers {
			t.Errorf("%d workers: %d items begun", workers, n)
		}
	}
}

func TestCancel(t *testing.T) {
	for _, workers := range []int{1, 2} {
		p := newPool(t, workers)
		ctx, cancel := context.WithCancel(context.Background())
		last := 0
		err := p.Each(ctx, 0, 1000, func(*exec.Runner, int) error { return nil }, func(n int) {
			if last = n; n == 10 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) || last > 10+workers {
			t.Errorf("%d workers: %v after %d items", workers, err, last)
		}
	}
}
