package exec_test

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// TestMoversRunOnIntegers holds that what only chooses elements runs on codes between codes, and hands codes on to
// what makes its input: a convolution before it rounds to the codes behind it.
func TestMoversRunOnIntegers(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range producers() {
		n := &network{Builder: graphtest.New(t), t: t}
		y := p.build(n, func(shape ...int) graph.ValueID {
			x := n.u8(n.Input("x", shape...), 1./32, 120)
			if len(shape) != 4 {
				return x
			}
			return n.conv(x, shape[1], kernel(1, 1, 0, 1), 1, n.perChannel)
		})
		n.u8(y, 0.043, 118)
		n.Outputs(y)
		chooses := func(node graph.Node) bool { return graph.Selects(node.Op) }
		if !slices.ContainsFunc(n.Graph.Nodes, chooses) || p.name == "split, of which one part is read" {
			continue
		}
		r, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		forms := n.forms(r)
		for i, node := range n.Graph.Nodes {
			seen[node.Op.Type()] = true
			if !forms[i].Integer {
				t.Errorf("%s: %s runs on floats: %s", p.name, node.Op.Type(), forms[i].Why)
			}
		}
		n.check(n.spread(2)...)
	}
	for name, integers := range lower.Forms() {
		if integers == plan.Move && !seen[name] {
			t.Errorf("%s is not a producer of TestPairs", name)
		}
	}
}
