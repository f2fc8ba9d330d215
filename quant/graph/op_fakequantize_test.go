package graph_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

func quantizer(v graph.ValueID, axis int, scales ...float32) graph.Quantizer {
	return graph.Quantizer{Value: v, FakeQuantize: graph.FakeQuantize{Params: scheme.QParams{Scale: scales, ZeroPoint: make([]int32, len(scales)), QMax: 255, Axis: axis}}}
}

// Who reads a value reads what its fake-quantizers make of it, and values and nodes keep their numbers and order.
func TestQuantize(t *testing.T) {
	b := graphtest.New(t)
	x, w := b.Input("x", 1, 2), b.Const("w", []float32{1, 2}, 1, 2)
	y := b.Node("y", graph.Mul{}, x, w)
	z := b.Node("z", graph.Relu{}, y)
	g := b.Outputs(z)
	q := graph.Quantize(g, []graph.Quantizer{quantizer(x, -1, 1), quantizer(w, 1, 1, 2), quantizer(y, -1, 3), quantizer(y, -1, 4), quantizer(z, -1, 5)})
	var names []string
	seen := map[graph.ValueID]bool{q.Inputs[0]: true}
	for _, n := range q.Nodes {
		names = append(names, n.Name)
		for _, v := range n.Inputs {
			if !seen[v] && q.Values[v].Const == nil {
				t.Errorf("%s reads %q before it is made", n.Name, q.Values[v].Name)
			}
		}
		seen[n.Outputs[0]] = true
		in := make([]graph.Value, len(n.Inputs))
		for i, v := range n.Inputs {
			in[i] = q.Values[v]
		}
		if out, err := n.Op.Infer(in); err != nil || !slices.Equal(out[0].Shape, q.Values[n.Outputs[0]].Shape) {
			t.Errorf("%s: %v, %v", n.Name, out, err)
		}
	}
	if got, want := strings.Join(names, " "), "x_fake_quantize w_fake_quantize y y_out_fake_quantize y_out_fake_quantize_2 z z_out_fake_quantize"; got != want {
		t.Errorf("nodes %s, want %s", got, want)
	}
	if !slices.Equal(q.At, []int{2, 5}) || q.Outputs[0] != z || q.Inputs[0] == x || q.Values[w].Const != nil || g.Values[w].Const == nil {
		t.Errorf("%+v", q)
	}
	if !slices.Equal(q.Nodes[2].Inputs, []graph.ValueID{x, w}) || q.Nodes[5].Inputs[0] != y || !seen[y] || !seen[z] {
		t.Errorf("readers read %+v", q.Nodes)
	}
	if err := q.PerItem(); err != nil {
		t.Error(err)
	}
	if same := graph.Quantize(g, nil); !reflect.DeepEqual(same.Graph, g) || !slices.Equal(same.At, []int{0, 1}) {
		t.Error("without quantizers it is another graph")
	}
	in := []graph.Value{{Name: "x", Shape: []int{1, 3}}}
	for _, q := range []graph.Quantizer{quantizer(0, 1, 1, 2), quantizer(0, 2, 1), quantizer(0, -1, 1, 2)} {
		if _, err := q.Infer(in); err == nil || !strings.Contains(err.Error(), `input "x" [1 3]`) {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
