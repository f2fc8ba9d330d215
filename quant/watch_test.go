package quant_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/train"
)

// A training that was left, in the midst of an epoch, goes on from its checkpoint to the same bits, also on another
// number of threads. A checkpoint of something else, or a damaged one, is refused.
func TestTrainingIsTakenUpAgain(t *testing.T) {
	j := sampleJob(t)
	j.Recipe.Data.Evaluation = 4
	j.Recipe.Train = recipe.Training{Epochs: 2, Batch: 3, Labels: 0.5} // steps of 3, 3 and 2 items
	whole, err := quant.Quantize(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	for _, last := range []int{2, 5} {
		var kept []byte
		left := j
		ctx, stop := context.WithCancel(t.Context())
		left.Watch = quant.Watch{
			Step: func(m train.Moment) {
				if m.Step == last {
					stop()
				}
			},
			Keep: func(b []byte) error { kept = slices.Clone(b); return nil },
		}
		if _, err := quant.Quantize(ctx, left); !errors.Is(err, context.Canceled) || kept == nil {
			t.Fatalf("left after step %d: %v, %d bytes kept", last, err, len(kept))
		}
		again := j
		var began, ended train.Moment
		var scores []report.Accuracy
		again.Watch = quant.Watch{
			From: kept, Quantizers: true, Began: func(m train.Moment) { began = m }, Step: func(m train.Moment) { ended = m }, Epoch: func(_ int, a report.Accuracy) { scores = append(scores, a) },
		}
		if last == 2 {
			again.Pool = engine.NewPool(2)
			defer again.Pool.Close()
		}
		got, err := quant.Quantize(t.Context(), again)
		if err != nil {
			t.Fatal(err)
		}
		if began.Step != last || began.Steps != 6 || began.Bytes == 0 || len(scores) != 2-last/3 {
			t.Errorf("left after step %d, it goes on at %+v with %d scores", last, began, len(scores))
		}
		if !slices.Equal(got.Trained.Epochs, whole.Trained.Epochs) || got.Report.Logits != whole.Report.Logits {
			t.Errorf("left after step %d it ends at %+v, in one go at %+v", last, got.Trained.Epochs, whole.Trained.Epochs)
		}
		if len(began.Quantizers) == 0 || len(ended.Quantizers) != len(began.Quantizers) {
			t.Fatalf("%d quantizers are told of at first and %d in the end", len(began.Quantizers), len(ended.Quantizers))
		}
		for i, l := range ended.Quantizers {
			if first := began.Quantizers[i]; l.Name == "" || l.Name != first.Name || l.Scale[0] <= 0 || l.Scale[0] > l.Scale[1] || l.Clipped < 0 || l.Clipped > 0.5 || first.Oscillating != 0 {
				t.Errorf("%+v, at first %+v", l, first)
			}
		}
		if last != 5 {
			continue
		}
		other := again
		other.Recipe.Train.Rate = 0.01
		refused(t, other, "belongs to another recipe")
		other = again
		other.Recipe.Data.Seed++
		refused(t, other, "belongs to another recipe")
		for _, b := range [][]byte{{}, kept[:len(kept)/2], slices.Concat(kept[:100], []byte{^kept[100]}, kept[101:])} {
			other = again
			other.Watch.From = b
			refused(t, other, "damaged or no checkpoint")
		}
	}
}

func refused(t *testing.T, j quant.Job, want string) {
	t.Helper()
	if _, err := quant.Quantize(t.Context(), j); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}
