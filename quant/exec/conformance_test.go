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
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
)

var update = flag.Bool("update", false, "rewrite the list of refused conformance tests")

const (
	conformance = "../../../shared/onnx-node"
	refusedList = "testdata/refused.txt"
	tolerance   = 1e-5 // relative to the reference outputs, which are ONNX's own
)

// coarse lists the tests whose reference outputs are known to fewer digits than tolerance asks for.
var coarse = []struct {
	name      string
	tolerance float64
	reason    string
}{
	{"test_averagepool_2d_ceil_last_window_starts_on_pad", 1e-3, "the file holds the outputs rounded to four digits"},
}

// TestConformance runs the ONNX project's own node tests: each passes or is refused by name. Their
// models have shapes, axes and weights as run-time inputs, which real models have as constants: one that
// is refused as it is runs with every input but the first a constant. The list of refusals, with their
// reasons, is kept in testdata and must not change unseen; whatever has float tensors and at most 2-D
// space must not be on it.
func TestConformance(t *testing.T) {
	dirs := shared.Glob(t, "test_*", "onnx-node")
	slices.Sort(dirs)
	var refused strings.Builder
	asIs, constant, refusals := 0, 0, 0
	for _, dir := range dirs {
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			c := newCase(t, dir)
			err := c.build(t)
			passed := &asIs
			if err != nil && len(c.model.Graph.Inputs) > 1 {
				c.freeze(t)
				passed, err = &constant, c.build(t)
			}
			if err != nil {
				refusals++
				text := err.Error()
				fmt.Fprintf(&refused, "%s: %s\n", name, text)
				if !strings.HasPrefix(text, `node "`) {
					t.Errorf("the error names no node: %v", err)
				}
				if !c.outside() {
					t.Errorf("refused, though its tensors are floats and its space has at most two dimensions: %v", err)
				}
				return
			}
			defer c.runner.Close()
			c.run(t)
			if !t.Failed() {
				*passed++
			}
		})
	}
	t.Logf("of %d tests %d pass as they are, %d with constants for parameters, %d are refused by name", len(dirs), asIs, constant, refusals)
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

// conformanceCase is one test of the ONNX project.
type conformanceCase struct {
	dir    string
	model  *onnx.Model
	graph  *graph.Graph
	runner *Runner
}

func newCase(t *testing.T, dir string) *conformanceCase {
	t.Helper()
	b, err := os.ReadFile(dir + "/model.onnx")
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnx.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return &conformanceCase{dir: dir, model: m}
}

// freeze makes every input but the first an initializer with the value of the test, where it is none yet.
func (c *conformanceCase) freeze(t *testing.T) {
	t.Helper()
	given := func(name string) bool {
		return slices.ContainsFunc(c.model.Graph.Initializers, func(t onnx.Tensor) bool { return t.Name == name })
	}
	for i, in := range c.model.Graph.Inputs[1:] {
		if given(in.Name) {
			continue
		}
		v := c.vector(t, "input", i+1)
		v.Name = in.Name
		c.model.Graph.Initializers = append(c.model.Graph.Initializers, *v)
	}
}

func (c *conformanceCase) build(t *testing.T) (err error) {
	t.Helper()
	if c.graph, err = onnx.ToGraph(c.model, onnx.Options{}); err != nil {
		return err
	}
	c.runner, err = New(t.Context(), c.graph, Config{Pool: Compiled})
	return err
}

func (c *conformanceCase) run(t *testing.T) {
	t.Helper()
	var inputs [][]float32
	for _, id := range c.graph.Inputs {
		name := c.graph.Values[id].Name
		at := slices.IndexFunc(c.model.Graph.Inputs, func(v onnx.ValueInfo) bool { return v.Name == name })
		inputs = append(inputs, numbers(t, c.vector(t, "input", at)))
	}
	if err := c.runner.Run(t.Context(), inputs...); err != nil {
		t.Fatal(err)
	}
	allowed := tolerance
	for _, e := range coarse {
		if e.name == filepath.Base(c.dir) {
			t.Logf("tolerance %v: %s", e.tolerance, e.reason)
			allowed = e.tolerance
		}
	}
	for i, id := range c.graph.Outputs {
		want := c.vector(t, "output", i)
		shape := make([]int, len(want.Dims))
		for d, n := range want.Dims {
			shape[d] = int(n)
		}
		if v := c.graph.Values[id]; !slices.Equal(v.Shape, shape) {
			t.Errorf("output %d has shape %v, want %v", i, v.Shape, shape)
			continue
		}
		compare(t, i, c.runner.Output(i), numbers(t, want), allowed)
	}
}

// vector reads input or output i of the test.
func (c *conformanceCase) vector(t *testing.T, kind string, i int) *onnx.Tensor {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("%s/test_data_set_0/%s_%d.pb", c.dir, kind, i))
	if err != nil {
		t.Fatal(err)
	}
	p, err := onnx.DecodeTensor(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// outside reports whether the network computes with integers, at its first input or an output, or has
// 3-D space: what is not meant to run.
func (c *conformanceCase) outside() bool {
	g := c.model.Graph
	for _, v := range append(slices.Clone(g.Outputs), g.Inputs[0]) {
		if v.ElemType != onnx.Float {
			return true
		}
	}
	spatial := []string{"Conv", "ConvTranspose", "MaxPool", "AveragePool"}
	return slices.Contains(spatial, g.Nodes[0].OpType) && len(g.Inputs[0].Dims) > 4
}

func numbers(t *testing.T, p *onnx.Tensor) []float32 {
	t.Helper()
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

// compare holds got against want, relative to each number, those below a hundredth to that.
func compare(t *testing.T, output int, got, want []float32, allowed float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("output %d has %d numbers, want %d", output, len(got), len(want))
	}
	for i := range want {
		g, w := float64(got[i]), float64(want[i])
		if g == w || math.IsNaN(g) && math.IsNaN(w) {
			continue
		}
		if d := math.Abs(g - w); !(d <= allowed*max(math.Abs(w), 1e-2)) {
			t.Fatalf("output %d, element %d is %v, want %v", output, i, got[i], want[i])
		}
	}
}
