package evaluate

import (
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/report"
)

// What an output means is seen by its shape, by what makes it, and by the labels.
func TestComparisons(t *testing.T) {
	image := []int{1, 3, 16, 16}
	for _, c := range []struct {
		name     string
		in       []int
		build    func(b *graph.Builder, x graph.ValueID) graph.ValueID
		labelled bool
		want     report.Measure
	}{
		{"class scores", []int{1, 10}, relu, false, report.Classes},
		{"embedding", []int{1, 128}, relu, false, report.Embedding},
		{"labelled", []int{1, 128}, relu, true, report.Classes},
		{"probabilities", []int{1, 128}, softmax(1), false, report.Classes},
		{"one number", []int{1, 1}, relu, false, report.Values},
		{"one probability", []int{1, 1}, sigmoid, false, report.Decisions},
		{"segmentation", []int{1, 4, 16, 16}, relu, false, report.Pixels},
		{"segmentation, channels last", []int{1, 16, 16, 4}, relu, false, report.Pixels},
		{"picture", image, relu, false, report.Signals},
		{"masks", image, sigmoid, false, report.Decisions},
		{"characters", []int{1, 40, 97}, softmax(2), false, report.Positions},
		{"boxes", []int{1, 512, 16}, relu, false, report.Signals},
	} {
		b := graph.NewBuilder(c.name)
		g, err := b.Done(c.build(b, b.Input("x", graph.Float32, c.in...)))
		if err != nil {
			t.Fatal(err)
		}
		if got := comparisons(g, c.labelled)[0].Measure; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func relu(b *graph.Builder, x graph.ValueID) graph.ValueID { return b.Node("r", graph.Relu{}, x) }

func sigmoid(b *graph.Builder, x graph.ValueID) graph.ValueID { return b.Node("s", graph.Sigmoid{}, x) }

func softmax(axis int) func(*graph.Builder, graph.ValueID) graph.ValueID {
	return func(b *graph.Builder, x graph.ValueID) graph.ValueID {
		return b.Node("s", graph.Softmax{Axis: axis}, x)
	}
}
