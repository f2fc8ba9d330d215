package network

import (
	"fmt"
	"math"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
)

// Near is how far, of the greatest magnitude there is, floats may be from ONNX Runtime's: sums are in another order, and what
// normalizes divides by small deviations.
const Near = 1e-4

// Apart is an element of got that is farther from want than step, a code, and than floats may be; -1 where there is none.
// Both have the same length.
func Apart(got, want []float32, step float64) int {
	most := 1e-2
	for _, w := range want {
		if d := math.Abs(float64(w)); !math.IsInf(d, 0) && !math.IsNaN(d) {
			most = max(most, d)
		}
	}
	for i, w := range want {
		d := math.Abs(float64(got[i]) - float64(w))
		if got[i] != w && !(d <= max(1.001*step, Near*most)) && !(math.IsNaN(float64(got[i])) && math.IsNaN(float64(w))) {
			return i
		}
	}
	return -1
}

// Lines is a network, a node a line; what more says of node i stands behind it, nil for nothing.
func Lines(g *graph.Graph, more func(i int) string) string {
	var b strings.Builder
	for i, n := range g.Nodes {
		fmt.Fprintf(&b, "%s %+v", n.Op.Type(), n.Op)
		for _, v := range n.Inputs {
			if v != graph.None {
				fmt.Fprintf(&b, " %s%v", g.Values[v].Name, g.Values[v].Shape)
			}
		}
		y := g.Values[n.Outputs[0]]
		fmt.Fprintf(&b, " → %s%v", y.Name, y.Shape)
		if more != nil {
			b.WriteString(" " + more(i))
		}
		b.WriteString("\n")
	}
	return b.String()
}
