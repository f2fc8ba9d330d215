package exec_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// A Comparer gives the bits of the sums over what is read of the Runners, whatever the layout and however much.
func TestComparer(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 83))
			n := &network{Builder: graphtest.New(t), t: t}
			n.grow(r)
			n.compare(r)
		})
	}
	t.Run("more than is copied at a time", func(t *testing.T) {
		n := &network{Builder: graphtest.New(t), t: t}
		v := n.Input("x", 1, 5, 200, 200)
		for range 6 {
			v = n.node(graph.Relu{}, n.conv(v, 9, kernel(1, 1, 0, 1), 1, n.perChannel))
		}
		n.Graph.Outputs = []graph.ValueID{v}
		n.compare(rand.New(rand.NewPCG(1, 84)))
	})
}

func (n *network) compare(r *rand.Rand) {
	t, ctx := n.t, n.t.Context()
	t.Helper()
	items := n.spread(2)
	n.calibrate(r, items)
	var keep []graph.ValueID
	for _, v := range n.ends() {
		if !slices.Contains(keep, v) {
			keep = append(keep, v)
		}
	}
	var runs [3]*exec.Runner
	for side, c := range []exec.Config{{Keep: keep}, {Keep: keep}, {Keep: keep, Integer: true}} {
		g := n.quantized()
		if side == 0 {
			g = n.Graph
		}
		var err error
		if runs[side], err = exec.New(ctx, g, c); err != nil {
			t.Fatal(err)
		}
		defer runs[side].Close()
	}
	var compared []exec.Compared
	for i, v := range keep {
		compared = append(compared, exec.Compared{Values: [3]graph.ValueID{v, v, v}, Sum: i / 2}) // some go on with the sums of another
	}
	sums := make([]ref.Moments, len(keep))
	c, err := exec.NewComparer(runs, compared, len(sums), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := slices.Clone(sums)
	for _, item := range items {
		for _, r := range runs {
			if err := r.Run(ctx, item...); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Add(ctx, runs, sums); err != nil {
			t.Fatal(err)
		}
		for i, v := range keep {
			want[i/2].Add(runs[0].Value(v), runs[1].Value(v), runs[2].Value(v))
		}
	}
	for i, v := range keep {
		if sums[i] != want[i] {
			t.Errorf("%q, %v: %+v, want %+v", n.Graph.Values[v].Name, n.Graph.Values[v].Shape, sums[i], want[i])
		}
	}
	if sums[0].AA == 0 {
		t.Error("nothing was added")
	}
}
