package onnx

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestPerturbed changes the models of TestOperators in a few places each to numbers that are wrong or
// extreme: none panics, none takes a lot of memory, and what is built can be built again.
func TestPerturbed(t *testing.T) {
	const rounds = 300
	cases := operatorCases()
	r := rand.New(rand.NewPCG(1, 2))
	extreme := []int64{math.MinInt64, -1 << 31, -9, -2, -1, 0, 1, 2, 3, 7, 8, 1 << 20, 1 << 30, 1 << 31, 1 << 62, math.MaxInt64}
	small := []int64{0, 1, 2, 3, 8}
	pick := func(list []int64) int64 { return list[r.IntN(len(list))] }
	built := 0
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		for range rounds {
			c := cases[name]
			n := c.node
			n.Attrs = slices.Clone(n.Attrs)
			n.Inputs = slices.Clone(n.Inputs)
			var init []Tensor
			for _, x := range c.init {
				if x.DataType == Int64 {
					v, err := x.Ints(nil)
					if err != nil {
						t.Fatal(err)
					}
					for i := range v {
						if r.IntN(4) == 0 {
							v[i] = pick(extreme)
						}
					}
					x = ints(x.Name, v[:r.IntN(len(v)+1)]...)
				} else if r.IntN(4) == 0 {
					dims := slices.Clone(x.Dims)
					for i := range dims {
						dims[i] = pick(small)
					}
					x = weight(x.Name, dims...)
				}
				init = append(init, x)
			}
			for i := range n.Attrs {
				a := &n.Attrs[i]
				if r.IntN(3) == 0 {
					a.I, a.F = pick(extreme), float32(pick(extreme))
				}
				a.Ints = slices.Clone(a.Ints)
				for j := range a.Ints {
					if r.IntN(4) == 0 {
						a.Ints[j] = pick(extreme)
					}
				}
				if r.IntN(8) == 0 {
					a.Ints = a.Ints[:r.IntN(len(a.Ints)+1)]
				}
			}
			if r.IntN(8) == 0 {
				n.Inputs[r.IntN(len(n.Inputs))] = []string{"", "x"}[r.IntN(2)]
			}
			opset := c.opset
			if r.IntN(4) == 0 {
				opset = MinOpset + r.Int64N(MaxOpset-MinOpset+1)
			}
			m := model(opset, []Node{n}, init...)
			if r.IntN(4) == 0 {
				dims := []int64{2, 3, 8, 8}
				for i := range dims {
					dims[i] = pick(small)
				}
				m.Graph.Inputs[0] = info("x", dims[:r.IntN(5)]...)
			}
			if r.IntN(8) == 0 { // everything constant, so that it folds
				d := m.Graph.Inputs[0].Dims
				dims := make([]int64, len(d))
				for i := range d {
					dims[i] = d[i].Value
				}
				m.Graph.Initializers = append(m.Graph.Initializers, weight("x", dims...))
			}
			g, err := ToGraph(m, Options{})
			if err != nil {
				continue
			}
			built++
			w, err := FromGraph(g, 21)
			if err != nil {
				continue
			}
			if _, err := ToGraph(w, Options{}); err != nil {
				t.Errorf("%s: %+v is written as what is refused: %v", name, n, err)
			}
		}
	}
	t.Logf("%d of %d are built", built, len(cases)*rounds)
}
