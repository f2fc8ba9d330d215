package search

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
)

// The choice is the one that trying all gives.
func TestBestIsExact(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		layers := make([][]Option, 1+draw.IntN(6))
		for l := range layers {
			for range 1 + draw.IntN(4) {
				layers[l] = append(layers[l], Option{int64(draw.IntN(30)), float64(draw.IntN(20))})
			}
		}
		budget := int64(draw.IntN(120))
		best, found := math.Inf(1), false
		var try func(l int, size int64, cost float64)
		try = func(l int, size int64, cost float64) {
			if l == len(layers) {
				if size <= budget {
					best, found = min(best, cost), true
				}
				return
			}
			for _, o := range layers[l] {
				try(l+1, size+o.Size, cost+o.Cost)
			}
		}
		try(0, 0, 0)
		c, err := Best(context.Background(), layers, budget)
		if (err == nil) != found || found && c.Cost != best {
			t.Fatalf("%v within %d: %+v, %v; the best costs %v", layers, budget, c, err, best)
		}
		size, cost := int64(0), 0.0
		for l, k := range c.Options {
			size, cost = size+layers[l][k].Size, cost+layers[l][k].Cost
		}
		if found && (size != c.Size || cost != c.Cost || size > budget) {
			t.Fatalf("%+v has size %d and costs %v", c, size, cost)
		}
		if front, err := Front(context.Background(), layers, 9); err != nil || len(front) == 0 {
			t.Fatal(front, err)
		}
	}
	large := make([][]Option, 60)
	for l := range large {
		n := int64(1 + draw.IntN(300000))
		for _, bits := range []int64{2, 3, 4, 5, 6, 8, 16} {
			large[l] = append(large[l], Option{n * bits, math.Exp2(-2*float64(bits)) * (0.5 + draw.Float64())})
		}
	}
	if front, err := Front(context.Background(), large, 16); err != nil || len(front) < 16 {
		t.Errorf("%d points, %v", len(front), err)
	}
}

// MQBench's integer program (PuLP with GLPK) chooses the same bits.
func TestBestIsMQBench(t *testing.T) {
	var golden struct {
		Layers map[string]struct{ Numel int64 }
		Bits   []int64
		ILP    []struct {
			Sensitivity string
			Budget      float64 `json:"budget_bits"`
			Choice      map[string]int64
			Objective   float64
		}
		Sensitivity map[string]map[string][]float64
	}
	if err := json.Unmarshal(shared.Read(t, "golden", "hawq", "hessian.json"), &golden); err != nil {
		t.Fatal(err)
	}
	for _, want := range golden.ILP {
		costs, negative := golden.Sensitivity[want.Sensitivity], false
		var names []string
		var layers [][]Option
		for name, cost := range costs { // the order does not matter
			least := 0.0 // of a loss that shrinks; MQBench's objective may be negative
			for _, x := range cost {
				least = min(least, x)
			}
			negative = negative || least < 0
			var options []Option
			for k, bits := range golden.Bits {
				options = append(options, Option{golden.Layers[name].Numel * bits, cost[k] - least})
			}
			names, layers = append(names, name), append(layers, options)
		}
		c, err := Best(context.Background(), layers, int64(want.Budget))
		if err != nil {
			t.Fatal(err)
		}
		objective := 0.0
		for l, k := range c.Options {
			objective += costs[names[l]][k]
			if got := golden.Bits[k]; got != want.Choice[names[l]] {
				t.Errorf("%s, %g bits: %s has %d bits, in MQBench's choice %d", want.Sensitivity, want.Budget, names[l], got, want.Choice[names[l]])
			}
		}
		t.Logf("%s within %.0f: %.6g, MQBench's %.6g", want.Sensitivity, want.Budget, objective, want.Objective)
	}
	if len(golden.ILP) < 4 {
		t.Errorf("only %d programs", len(golden.ILP))
	}
}
