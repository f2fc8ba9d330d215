package refine

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
)

// A network is known again by what it is made of, and another by itself.
func TestMemoryIsOfANetwork(t *testing.T) {
	made := func(weight float32) *graph.Graph {
		b := graph.NewBuilder("scaled")
		x := b.Input("x", graph.Float32, 1, 4)
		g, err := b.Done(b.Node("y", graph.Mul{}, x, b.Const("w", &graph.Tensor{DType: graph.Float32, Shape: []int{1}, F: []float32{weight}})))
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	var m Memory
	m.Of(made(1)).Means[meanOf{value: "x"}] = []float64{3}
	if got := m.Of(made(1)).Means[meanOf{value: "x"}]; !slices.Equal(got, []float64{3}) {
		t.Errorf("of the same network %v is known, not 3", got)
	}
	if got := m.Of(made(2)).Means; len(got) != 0 {
		t.Errorf("of another network %v is known", got)
	}
	if got := (*Memory)(nil).Of(made(1)).Means; len(got) != 0 {
		t.Errorf("without a memory %v is known", got)
	}
}

// What is known has a bound: what comes last takes the place of what was there.
func TestRoundedHasABound(t *testing.T) {
	r := NewKnown().Rounded
	for k := range 5 {
		of := roundedOf{quantizer: string(rune('a' + k))}
		r.addWeights(of, make([]float32, mostRounded/4/2-1))
		if _, ok := r.weights[of]; !ok || r.bytes > mostRounded {
			t.Errorf("weights %d: known %v, %d bytes", k, ok, r.bytes)
		}
	}
	r.addInverses(givenOf{weight: "w"}, []*triangle{{x: make([]float64, mostRounded/8+1)}})
	if len(r.inverses) != 0 || len(r.weights) == 0 {
		t.Error("what is more than may be known at all took the place of what was known")
	}
}
