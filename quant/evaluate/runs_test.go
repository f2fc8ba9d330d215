package evaluate

import (
	"context"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// An evaluation item comes once, whether layers are compared on it or not; and a report is the same where the float
// network's answers are known from another recipe, and where every item's part is run by itself.
func TestItemsComeOnce(t *testing.T) {
	b := graphtest.New(t)
	y := b.Node("c", conv(3, 1, 1), b.Input("x", 1, 2, 6, 6), b.Random("w", 5, 2, 3, 3), b.Random("b", 5))
	g := b.Outputs(b.Node("d", conv(1, 0, 1), b.Node("r", graph.Relu{}, y), b.Random("v", 3, 5, 1, 1)))
	const n = layerItems + 5
	r := rand.New(rand.NewPCG(17, 18))
	var xs [n][]float32
	for i := range xs {
		for range 72 {
			xs[i] = append(xs[i], float32(r.NormFloat64()))
		}
	}
	read := make([]int, n)
	items := Items{Items: calibrate.Items{Len: n, Inputs: func(i int) ([][]float32, error) {
		read[i]++
		return [][]float32{xs[i]}, nil
	}}, Label: func(i int) int { return i % 3 }}
	known := &Known{}
	for _, name := range []string{"config1", "config2", "tensorrt"} {
		preset, err := recipe.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := prepare.Prepare(g, preset)
		if err != nil {
			t.Fatal(err)
		}
		c, err := calibrate.Run(context.Background(), p, items.Items, 1, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		clear(read)
		last, all := 0, 0
		want, err := Run(context.Background(), c, items, 1, func(int, int) {}, func(done, total int) { last, all = done, total })
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range read {
			if k != 1 {
				t.Errorf("%s: item %d came %d times", name, i, k)
			}
		}
		if last != n-layerItems || all != last {
			t.Errorf("%s: progress ends at %d of %d", name, last, all)
		}
		items.Known = known
		got, err := Run(context.Background(), c, items, 1, func(int, int) {}, func(int, int) {})
		items.Known = nil
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: with what is known %+v, want %+v", name, got, want)
		}
		accuracy, err := Accuracy(context.Background(), c, items, 1)
		if err != nil {
			t.Fatal(err)
		}
		if accuracy != want.Accuracy {
			t.Errorf("%s: %+v by itself, %+v beside the comparison", name, accuracy, want.Accuracy)
		}
	}
	if len(known.networks) != 1 {
		t.Errorf("%d float networks for recipes that leave it as it is", len(known.networks))
	}
	for _, answers := range known.networks {
		if len(answers) != n {
			t.Errorf("%d answers are known, not %d", len(answers), n)
		}
	}
}
