package refine_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
)

// A rounding that was left goes on behind the iteration where it was kept, and comes to the same bits.
func TestResumedRoundingIsTheSame(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1, 3, 12, 12)
	for _, name := range []string{"a", "b", "c", "d"} {
		x = b.Node("relu_"+name, graph.Relu{}, b.Conv(name, x, 3, 3))
	}
	g, data := b.Outputs(x), items(b, 8)
	for _, c := range []struct {
		method string
		left   int // behind which iteration: at the end of a part, in the middle of one, at the first of all
	}{{recipe.AdaRound, 20}, {recipe.AdaRound, 33}, {recipe.QDrop, 7}, {recipe.QDrop, 1}, {recipe.QDrop, 20}} {
		method, left := c.method, c.left
		r, err := recipe.Preset("config1")
		if err != nil {
			t.Fatal(err)
		}
		r.Weight.Scheme.Bits, r.Data.Calibration, r.Data.Batch = 3, 8, 4
		r.Refine.Rounding = recipe.Rounding{Method: method, Iterations: 20}
		first := 0 // iteration
		run := func(ctx context.Context, w refine.Watch) (*calibrate.Calibrated, error) {
			first = 0
			return refine.Watched(ctx, g, r, data, 2, nil, w, func(stage string, done, _ int) {
				if stage == refine.StageRefine && first == 0 {
					first = done
				}
			})
		}
		whole, err := run(context.Background(), refine.Watch{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		var kept []byte
		_, err = run(ctx, refine.Watch{Of: "this", Keep: func(m refine.Moment, checkpoint func() []byte) error {
			if m.Done == left {
				kept = checkpoint()
				cancel()
			}
			return nil
		}})
		if !errors.Is(err, context.Canceled) || !refine.IsCheckpoint(kept) {
			t.Fatalf("%s: %d bytes kept (%v)", method, len(kept), err)
		}
		again, err := run(context.Background(), refine.Watch{Of: "this", From: kept})
		if err != nil || first != left+1 {
			t.Fatalf("%s: goes on with iteration %d of all parts (%v)", method, first, err)
		}
		for v := range whole.Graph.Values {
			if c := whole.Graph.Values[v].Const; c != nil && !slices.Equal(c.F, again.Graph.Values[v].Const.F) {
				t.Errorf("%s: %q has other numbers", method, whole.Graph.Values[v].Name)
			}
		}
		for i := range whole.Params {
			if !slices.Equal(whole.Params[i].Scale, again.Params[i].Scale) {
				t.Errorf("%s: quantizer %d has another scale", method, i)
			}
		}
		broken := slices.Clone(kept)
		broken[len(broken)/2]++
		for _, w := range []refine.Watch{{Of: "another", From: kept}, {Of: "this", From: broken}, {Of: "this", From: kept[:40]}} {
			if _, err := run(context.Background(), w); err == nil {
				t.Errorf("%s: a checkpoint of %d bytes was taken for %q", method, len(w.From), w.Of)
			}
		}
	}
}
