package scheme_test

import (
	"math"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/scheme"
)

// A number of a table stays what it is, and any other goes to the nearest; a scale stretches the table.
func TestTables(t *testing.T) {
	for _, g := range []scheme.Grid{scheme.NF4, scheme.AF4, scheme.E2M1, scheme.FP4BNB} {
		table := g.Table()
		if !slices.IsSorted(table) || len(table) > 16 || g.Most() != table[len(table)-1] || g.Most() != -table[0] || !slices.Contains(table, 0) {
			t.Errorf("%s: %v", g, table)
		}
		p := scheme.QParams{Scale: []float32{0.5}, ZeroPoint: []int32{0}, Axis: -1, Grid: g}
		x := []float32{float32(math.NaN()), float32(math.Inf(1)), -1e30}
		for v := -2 * g.Most(); v < 2*g.Most(); v += g.Most() / 500 {
			x = append(x, v)
		}
		y := make([]float32, len(x))
		p.FakeQuantize(y, x, []int{len(x)}, scheme.PyTorch)
		if y[0] == y[0] || y[1] != g.Most()/2 || y[2] != -g.Most()/2 {
			t.Errorf("%s: NaN and what is too large become %v", g, y[:3])
		}
		for i, v := range x[3:] {
			least := float32(math.Inf(1))
			for _, n := range table {
				least = min(least, abs(v/0.5-n))
			}
			if got := y[3+i]; !slices.Contains(table, got*2) || abs(v/0.5-got*2) > least*(1+1e-6) {
				t.Fatalf("%s: %v becomes %v", g, v, got)
			}
		}
	}
}

func abs(x float32) float32 { return float32(math.Abs(float64(x))) }

// bfloat16 is the upper half of a float, rounded half to even, down to 2^−118.
func TestBF16(t *testing.T) {
	p := scheme.QParams{Scale: []float32{1}, ZeroPoint: []int32{0}, Axis: -1, Grid: scheme.BF16}
	for i := range 1 << 18 {
		bits := uint32(i) * 16385
		x := math.Float32frombits(bits)
		if magnitude := abs(x); magnitude < 0x1p-118 || !(magnitude <= 0x1.fep127) {
			continue
		}
		want := math.Float32frombits((bits + 0x7fff + bits>>16&1) &^ 0xffff)
		y := []float32{x}
		if p.FakeQuantize(y, y, []int{1}, scheme.PyTorch); y[0] != want {
			t.Fatalf("%v (%#x) becomes %v, want %v", x, bits, y[0], want)
		}
	}
}
