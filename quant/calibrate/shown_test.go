package calibrate_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Every preset comes to its own numbers from what the items have shown to all of them at once; then no item is read, but
// for a recipe that looks otherwise. What calibrates in other batches is not taken for the same.
func TestShown(t *testing.T) {
	xs := [][]float32{{1, -2, 3, -4}, {0.5, 2, -1, 8}, {-3, 1, 1, 0}, {2, 2, -9, 1}, {0.1, 0.2, 0.3, 0.4}}
	var ps []*prepare.Prepared
	for _, r := range recipe.Presets() {
		for _, batch := range []int{2, 3} {
			p := pass(t, batch)
			q := &p.Quantizers[0]
			q.Quantizer = r.Activation
			if q.Scheme.PerChannel {
				continue
			}
			p.Recipe.MQBenchExact = batch == 3
			ps = append(ps, p)
		}
	}
	reads := 0
	all := items(xs...)
	inputs := all.Inputs
	all.Inputs = func(i int) ([][]float32, error) {
		reads++
		return inputs(i)
	}
	all.Shown = &calibrate.Shown{}
	told := 0
	if err := calibrate.Show(context.Background(), ps, all, 1, func(done, total int) { told++ }); err != nil {
		t.Fatal(err)
	}
	if most := 2 * 2 * len(xs); reads == 0 || reads > most || told == 0 {
		t.Errorf("%d items were read and progress told %d times, at most two passes for two sizes of batches are %d", reads, told, most)
	}
	reads = 0
	for k, p := range ps {
		got, err := calibrate.Run(context.Background(), p, all, 1, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		want, err := calibrate.Run(context.Background(), p, items(xs...), 1, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Params, want.Params) || !reflect.DeepEqual(got.Observed, want.Observed) {
			t.Errorf("preset %d: %+v, want %+v", k, got.Params, want.Params)
		}
	}
	if reads != 0 {
		t.Errorf("%d items were read again", reads)
	}
	other := *ps[0]
	other.Quantizers = append([]prepare.Quantizer(nil), ps[0].Quantizers...)
	other.Quantizers[0].Observer = "mse"
	if _, err := calibrate.Run(context.Background(), &other, all, 1, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if reads != 2*len(xs) {
		t.Errorf("another observer read %d items, not each of %d twice", reads, len(xs))
	}
}
