package diagnose_test

import (
	"context"
	"testing"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/graph"
)

// Of items that are alike half are enough, whichever they are; where one is ten times as large as the others, it is named, ranges
// without it are a tenth, and more items are asked for. Workers change nothing.
func TestAdequate(t *testing.T) {
	b := graph.NewBuilder("one layer")
	x := b.Input("x", graph.Float32, 1, 4)
	w := b.Const("w", &graph.Tensor{DType: graph.Float32, Shape: []int{3, 4}, F: []float32{1, -2, 3, 1, .5, 1, -1, 2, 1, 1, 1, -1}})
	g, err := b.Done(b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, w))
	if err != nil {
		t.Fatal(err)
	}
	r := preset(t, "config1")
	r.Activation.Observer, r.Activation.EMARatio = "minmax", 0
	item := func(k int, scale float32) [][]float32 {
		x := []float32{1, -1, 0.5, -0.25}
		for i := range x {
			x[i] *= scale * (1 + float32((k*7+i)%5)/100)
		}
		return [][]float32{x}
	}
	measure := func(outlier float32, workers int) *diagnose.Adequacy {
		var inputs [][][]float32
		for k := range 32 {
			scale := float32(1)
			if k == 5 {
				scale = outlier
			}
			inputs = append(inputs, item(k, scale))
		}
		l := &diagnose.Lab{Graph: g, Calibration: given(inputs...).Items, Items: given(item(40, 1), item(41, 1), item(42, outlier)), Workers: workers}
		a, err := l.Adequate(context.Background(), r, func(done, total int) {
			if done > total {
				t.Errorf("progress %d of %d", done, total)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	alike := measure(1, 1)
	if !alike.Enough || alike.More != 0 || len(alike.Makers) != 0 || alike.Ranges[0].Middle < 0.95 {
		t.Errorf("items that are alike: %+v", alike)
	}
	one := measure(10, 1)
	if one.Enough || one.More < 32 || len(one.Makers) != 1 || one.Makers[0].Item != 5 || one.Makers[0].Share < 0.85 || one.Ranges[0].Middle > 0.15 {
		t.Errorf("with an outlier: %+v", one)
	}
	if last := one.Ranges[len(one.Ranges)-1]; last.Items != 32 || last.Low != 1 || last.High != 1 {
		t.Errorf("all items have %+v of their range", last)
	}
	if two := measure(10, 2); two.Sentence() != one.Sentence() || two.Makers[0] != one.Makers[0] {
		t.Errorf("one worker: %s; two: %s", one.Sentence(), two.Sentence())
	}
}
