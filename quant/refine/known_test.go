package refine

import (
	"context"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/recipe"
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

// What Before makes of a network is made once for what it depends on: another number of items makes another.
func TestMemoryScalesOnce(t *testing.T) {
	b := graphtest.New(t)
	one := graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4), Group: 1}
	x := b.Node("relu", graph.Relu{}, b.Node("a", one, b.Input("x", 1, 3, 2, 2), b.Random("a.weight", 4, 3, 1, 1)))
	g := b.Outputs(b.Node("b", one, x, b.Random("b.weight", 2, 4, 1, 1)))
	read := 0
	items := calibrate.Items{Len: 3, Inputs: func(i int) ([][]float32, error) { read++; return b.Item(), nil }}
	r := recipe.Recipe{Refine: recipe.Refine{Equalize: true}}
	var m Memory
	scale := func(m *Memory) (*graph.Graph, []string) {
		read = 0
		made, notes, err := m.Before(context.Background(), g, r, items, 1, func(int, int) {})
		if err != nil || made == g || len(notes) != 1 {
			t.Fatalf("%v, notes %q", err, notes)
		}
		return made, notes
	}
	first, said := scale(&m)
	if again, notes := scale(&m); again != first || read != 0 || notes[0] != said[0] {
		t.Errorf("the same network was scaled again, on %d items", read)
	}
	if scale(nil); read == 0 {
		t.Error("without a memory nothing was looked for")
	}
	items.Len = 2
	if other, _ := scale(&m); other == first {
		t.Error("of other items the same was taken")
	}
	r.MQBenchExact = true
	if other, _ := scale(&m); other == first {
		t.Error("by MQBench's rule the same was taken")
	}
}
