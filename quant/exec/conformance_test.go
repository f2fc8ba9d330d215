package exec

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

var update = flag.Bool("update", false, "rewrite the list of refused conformance tests")

const (
	conformance = "../../../shared/onnx-node"
	refusedList = "testdata/refused.txt"
	tolerance   = 1e-5 // relative to the reference outputs, which are ONNX's own
)

// TestConformance runs the ONNX project's own node tests: each passes or is refused by name. The list
// of refusals, with their reasons, is kept in testdata and must not change unseen.
func TestConformance(t *testing.T) {
	dirs, err := filepath.Glob(conformance + "/test_*")
	if err != nil || len(dirs) == 0 {
		t.Skip("../shared/onnx-node is absent")
	}
	slices.Sort(dirs)
	var refused strings.Builder
	passed, refusals := 0, 0
	for _, dir := range dirs {
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			r, want, inputs, err := load(t, dir)
			if err != nil {
				refusals++
				fmt.Fprintf(&refused, "%s: %v\n", name, err)
				return
			}
			defer r.Close()
			if err := r.Run(inputs...); err != nil {
				t.Fatal(err)
			}
			for i, w := range want {
				compare(t, r.Output(i), w)
			}
			passed++
		})
	}
	t.Logf("%d of %d pass, %d are refused by name", passed, len(dirs), refusals)
	if *update {
		if err := os.WriteFile(refusedList, []byte(refused.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(refusedList)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != refused.String() {
		t.Errorf("the refusals have changed; look at them and run with -update:\n%s", refused.String())
	}
}

func load(t *testing.T, dir string) (r *Runner, want [][]float32, inputs [][]float32, err error) {
	t.Helper()
	b, err := os.ReadFile(dir + "/model.onnx")
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnx.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(m, graph.Options{})
	if err != nil {
		return nil, nil, nil, err
	}
	data := func(kind string, i int) []float32 {
		b, err := os.ReadFile(fmt.Sprintf("%s/test_data_set_0/%s_%d.pb", dir, kind, i))
		if err != nil {
			t.Fatal(err)
		}
		return numbers(t, b)
	}
	for i := range g.Inputs {
		name := g.Values[g.Inputs[i]].Name
		at := slices.IndexFunc(m.Graph.Inputs, func(v onnx.ValueInfo) bool { return v.Name == name })
		inputs = append(inputs, data("input", at))
	}
	for i := range g.Outputs {
		want = append(want, data("output", i))
	}
	r, err = New(g, Config{})
	return r, want, inputs, err
}

func numbers(t *testing.T, b []byte) []float32 {
	t.Helper()
	p, err := onnx.DecodeTensor(b)
	if err != nil {
		t.Fatal(err)
	}
	if x, err := p.Floats(nil); err == nil {
		return x
	}
	ints, err := p.Ints(nil)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(ints))
	for i, v := range ints {
		x[i] = float32(v)
	}
	return x
}

func compare(t *testing.T, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d numbers, want %d", len(got), len(want))
	}
	for i := range want {
		g, w := float64(got[i]), float64(want[i])
		if g == w || math.IsNaN(g) && math.IsNaN(w) {
			continue
		}
		if d := math.Abs(g - w); !(d <= tolerance*max(math.Abs(w), 1e-2)) {
			t.Fatalf("element %d is %v, want %v", i, got[i], want[i])
		}
	}
}
