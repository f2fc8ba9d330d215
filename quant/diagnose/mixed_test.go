package diagnose_test

import (
	"context"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Bits that are searched for leave less noise than the same number of them everywhere, in no more bytes, and the choice is
// applied: its size is what the network takes then.
func TestMixIsBetterThanUniform(t *testing.T) {
	g := network.Shared(t, "resnet20_cifar10_bn")
	train := images(t, "cifar10_test2000_u8.bin", "cifar")
	of := func(from, n int) []int {
		var list []int
		for i := range n {
			list = append(list, from+i)
		}
		return list
	}
	lab := func(workers int) *diagnose.Lab {
		return &diagnose.Lab{Graph: g, Calibration: train.items(of(0, 32)).Items, Items: train.items(of(32, 16)), Workers: workers}
	}
	r := preset(t, "config1")
	uniform := r
	uniform.Overrides = nil
	for _, n := range g.Nodes {
		if n.Op.Type() == "Conv" || n.Op.Type() == "Gemm" {
			w := r.Weight
			w.Scheme.Bits = 4
			uniform.Overrides = append(uniform.Overrides, recipe.Override{Name: n.Name, Weight: &w})
		}
	}
	even, err := lab(2).Try(context.Background(), uniform, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	p := diagnose.MixedPlan{Limit: diagnose.LimitBytes, Budget: even.Bytes, Bits: []int{2, 4, 8}, Points: 3, Budgets: 9, Progress: func(string, int, int) {}}
	m, err := lab(2).Mix(context.Background(), r, p)
	if err != nil {
		t.Fatal(err)
	}
	c := m.Chosen
	t.Logf("%d bytes: uniform %.1f dB, searched %.1f dB in %d bytes, predicted %.1f dB: %v", even.Bytes, even.Outcome.SQNR, c.Outcome.SQNR, c.Bytes, c.Predicted, c.Bits)
	if c.Size != c.Bytes || c.Bytes > even.Bytes {
		t.Errorf("the choice has %d bytes by the search, %d applied, of %d", c.Size, c.Bytes, even.Bytes)
	}
	if c.Outcome.SQNR < even.Outcome.SQNR+1 {
		t.Errorf("searched bits leave %.1f dB, uniform ones %.1f dB", c.Outcome.SQNR, even.Outcome.SQNR)
	}
	for i, point := range m.Front {
		if point.Size != point.Bytes || i > 0 && (point.Bytes <= m.Front[i-1].Bytes || point.Outcome.SQNR <= m.Front[i-1].Outcome.SQNR) {
			t.Errorf("the front's point %d does not go on from the one before: %d bytes, %d applied, %.1f dB", i, point.Size, point.Bytes, point.Outcome.SQNR)
		}
	}
	for i, c := range m.Choices {
		if len(c.Bits) != len(m.Layers) || i > 0 && (c.Size <= m.Choices[i-1].Size || c.Predicted <= m.Choices[i-1].Predicted) {
			t.Errorf("choice %d does not go on from the one before: %d bytes, %.1f dB", i, c.Size, c.Predicted)
		}
	}
	if len(m.Choices) < 5 {
		t.Errorf("%d choices", len(m.Choices))
	}
	if len(m.Front) < 2 {
		t.Errorf("the front has %d points", len(m.Front))
	}
	one, err := lab(1).Mix(context.Background(), r, p)
	if err != nil || !slices.Equal(one.Chosen.Bits, c.Bits) || one.Chosen.Outcome != c.Outcome {
		t.Errorf("one worker chooses %v, two %v, %v", one.Chosen.Bits, c.Bits, err)
	}
	p.Limit, p.Budget, p.Points = diagnose.LimitOperations, 1_000_000_000, 2
	if m, err = lab(2).Mix(context.Background(), r, p); err != nil || m.Chosen.Size > p.Budget {
		t.Errorf("operations: %v, %v", m, err)
	}
	for _, budget := range []int64{1, 1 << 40} {
		p.Budget, p.Bits = budget, []int{2, diagnose.Float}
		if _, err := lab(2).Mix(context.Background(), r, p); err == nil {
			t.Errorf("a budget of %d is taken", budget)
		}
	}
}
