package plot

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Boxes of a rank do not touch, data goes down, and every edge begins and ends at its boxes.
func TestGraph(t *testing.T) {
	random := make([][]int, 120)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		for range r.IntN(3) {
			if i > 0 {
				random[i] = append(random[i], max(0, i-1-r.IntN(6)))
			}
		}
	}
	for name, from := range map[string][][]int{
		"nothing":  nil,
		"chain":    {nil, {0}, {1}, {2}},
		"residual": {nil, {0}, {1}, {2, 0}, {3}, {4}, {5, 3}},
		"branches": {nil, {0}, {0}, {0}, {1, 2, 3}},
		"two":      {nil, nil, {0, 1}},
		"random":   random,
		"wrong":    {{0, 5, -1}, {0}},
	} {
		g := NewGraph(from)
		edges := 0
		for i, b := range g.Boxes {
			edges += len(b.from)
			if b.X < 0 || b.Y < 0 || b.X+BoxWidth > g.Width+1e-6 || b.Y+BoxHeight > g.Height+1e-6 {
				t.Errorf("%s: box %d is at %g, %g of %g × %g", name, i, b.X, b.Y, g.Width, g.Height)
			}
			for _, f := range b.from {
				if g.Boxes[f].Y >= b.Y {
					t.Errorf("%s: box %d is not below %d", name, i, f)
				}
			}
			for j, o := range g.Boxes[:i] {
				if o.Rank == b.Rank && o.X < b.X+BoxWidth && b.X < o.X+BoxWidth {
					t.Errorf("%s: boxes %d and %d overlap", name, j, i)
				}
			}
		}
		if len(g.Edges) != edges {
			t.Errorf("%s: %d edges of %d", name, len(g.Edges), edges)
		}
		for _, e := range g.Edges {
			if !strings.HasPrefix(e.Path, "M") || !strings.Contains(e.Path, "C") {
				t.Errorf("%s: edge %+v", name, e)
			}
		}
	}
	chain := NewGraph([][]int{nil, {0}, {1}})
	if chain.Boxes[0].X != chain.Boxes[2].X {
		t.Error("a chain is not straight")
	}
}

func TestArrowKeysGoAlongTheGraph(t *testing.T) {
	g := NewGraph([][]int{nil, {0}, {0}, {0}, {1, 2, 3}})
	order := []int{1}
	for g.Step(order[0], "ArrowLeft") != order[0] {
		order[0] = g.Step(order[0], "ArrowLeft")
	}
	for next := g.Step(order[0], "ArrowRight"); next != order[len(order)-1]; next = g.Step(next, "ArrowRight") {
		order = append(order, next)
	}
	if len(order) != 3 {
		t.Errorf("left to right: %v", order)
	}
	for key, want := range map[string]int{"ArrowDown": 4, "ArrowUp": 0, "Home": 0, "End": 4, "x": 2} {
		if got := g.Step(2, key); got != want {
			t.Errorf("%s leads from 2 to %d", key, got)
		}
	}
	if g.Step(4, "ArrowDown") != 4 || g.Step(0, "ArrowUp") != 0 {
		t.Error("a key leads out of the graph")
	}
}
