package quant_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// ../shared/golden/backends: what MQBench's backends make of small networks, quantizer by quantizer, of
// networks in evaluation mode and in training mode. Recipes are the backends' presets with mqbenchExact.

// backendShare is how much of MQBench's own quantization error the outputs may differ by.
const backendShare = 0.05

// backendCase is one network for one backend.
type backendCase struct{ mode, network, backend string }

func (c backendCase) String() string { return c.mode + "/" + c.network + "/" + c.backend }

func (c backendCase) path(file string) []string {
	return []string{"golden", "backends", c.mode, c.network, file}
}

// backendStops are the cases in which MQBench itself stops before it has a result, and why.
var backendStops = map[string]string{
	"eval/Deconv": "MQBench multiplies the factors of a normalisation along the wrong axis of a transposed convolution and raises",
}

// backendFlattens are the cases whose quantizers stand on the other side of a flatten, or on one side where
// MQBench has them on both. It tells torch.flatten(x, 1) from x.flatten(1), which an ONNX file does not:
// mqbenchExact takes every one for a method. The numbers are the same at both sides.
var backendFlattens = []string{
	"eval/SE/OPENVINO", "eval/SE/PPLCUDA", "eval/SE/PPLW8A16", "eval/SE/SNPE", "eval/SE/STPU", "eval/SE/Tengine_u8",
	"eval/Scalar/OPENVINO", "eval/Scalar/PPLCUDA", "eval/Scalar/PPLW8A16", "eval/Scalar/SNPE", "eval/Scalar/STPU", "eval/Scalar/Tengine_u8",
}

func TestGoldenBackends(t *testing.T) {
	networks := map[string]*graph.Graph{}
	cases := backendCases(t)
	for _, c := range cases {
		at := c.mode + "/" + c.network
		if networks[at] == nil {
			m, err := onnx.Decode(shared.Read(t, c.path("model_bn.onnx")...))
			if err != nil {
				t.Fatal(err)
			}
			if networks[at], err = onnx.ToGraph(m, onnx.Options{}); err != nil {
				t.Fatal(err)
			}
		}
		if differences := c.differences(t, networks[at]); len(differences) > 0 {
			t.Errorf("%v:\n\t%s", c, strings.Join(differences, "\n\t"))
		}
	}
	for _, listed := range backendFlattens { // that each still has such a quantizer, differences says
		if !slices.ContainsFunc(cases, func(c backendCase) bool { return c.String() == listed }) {
			t.Errorf("%s is listed in backendFlattens, and is no case with a result", listed)
		}
	}
	t.Logf("%d cases", len(cases))
}

// backendCases are the cases with a result; those without must be among backendStops, and each of these must have some.
func backendCases(t *testing.T) (cases []backendCase) {
	t.Helper()
	stopped := map[string]bool{}
	for _, mode := range []string{"eval", "train"} {
		networks, err := os.ReadDir(shared.Path(t, "golden", "backends", mode))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range networks {
			found := map[string]bool{}
			files, err := filepath.Glob(filepath.Join(shared.Path(t, "golden", "backends", mode, n.Name()), "*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				name, ext, _ := strings.Cut(filepath.Base(f), ".")
				found[name] = found[name] || ext == "json"
			}
			for _, name := range slices.Sorted(maps.Keys(found)) {
				c := backendCase{mode, n.Name(), name}
				_, ok := backend.Of(name)
				switch {
				case !ok: // the network, its data, listings
				case found[name]:
					cases = append(cases, c)
				case backendStops[mode+"/"+n.Name()] == "":
					t.Errorf("%v: MQBench has no result, and the reason is not known", c)
				default:
					stopped[mode+"/"+n.Name()] = true
				}
			}
		}
	}
	for at := range backendStops {
		if !stopped[at] {
			t.Errorf("%s is listed in backendStops, and MQBench has all results", at)
		}
	}
	return cases
}

// differences are what of the case is not as in MQBench.
func (c backendCase) differences(t *testing.T, g *graph.Graph) (all []string) {
	t.Helper()
	differ := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	r, err := recipe.Preset(c.backend)
	if err != nil {
		t.Fatal(err)
	}
	r.MQBenchExact, r.MQBenchEval, r.Data.Batch = true, c.mode == "eval", 4
	p, err := prepare.Prepare(g, r)
	if err != nil {
		return []string{err.Error()}
	}
	items := readFloats(t, c.path("calib.f32")...)
	size := graph.Len(g.Values[g.Inputs[0]].Shape)
	q, err := calibrate.Run(context.Background(), p, calibrate.Items{
		Len:    len(items) / size,
		Inputs: func(i int) ([][]float32, error) { return [][]float32{items[i*size : (i+1)*size]}, nil },
	}, 1, func(_, _ int) {})
	if err != nil {
		return []string{err.Error()}
	}

	nodes, _, err := parseTorch(string(shared.Read(t, c.path(c.backend+"_graph.txt")...)))
	if err != nil {
		t.Fatalf("%v: %v", c, err)
	}
	at, err := overlay(p, nodes)
	if err != nil {
		differ("graph: %v", err)
	}
	var golden []goldenQuantizer
	readJSON(t, &golden, c.path(c.backend+".json")...)
	flat := flattened(q.Graph)
	seen, flattens := make([]bool, len(q.Quantizers)), false
	for _, want := range golden {
		v, known := at[want.Name]
		find := func(same func(own, want graph.ValueID) bool) int {
			return slices.IndexFunc(q.Quantizers, func(own prepare.Quantizer) bool {
				if want.Kind == "weight" || own.Weight {
					return own.Weight && own.Name == want.Name
				}
				return known && same(own.Value, v)
			})
		}
		i := find(func(a, b graph.ValueID) bool { return a == b })
		if i < 0 {
			i, flattens = find(func(a, b graph.ValueID) bool { return flat[a] == flat[b] }), true
		}
		if i < 0 {
			differ("MQBench has %s, we have none there", want.Name)
			continue
		}
		seen[i] = true
		c.compare(q, i, want, differ)
	}
	for i, own := range q.Quantizers {
		same := func(k int) bool {
			return seen[k] && flat[own.Value] == flat[q.Quantizers[k].Value] && q.Params[i].Scale[0] == q.Params[k].Scale[0]
		}
		switch {
		case seen[i]:
		case slices.ContainsFunc(indices(seen), same):
			flattens = true
		default:
			differ("we have %s, MQBench has none there", own.Name)
		}
	}
	if flattens != slices.Contains(backendFlattens, c.String()) {
		differ("a quantizer beside a flatten: %v, listed: %v", flattens, !flattens)
	}

	got := runAll(t, q.Quantized(calibrate.All).Graph, readFloats(t, c.path("input.f32")...))
	want, float := readFloats(t, c.path(c.backend+".f32")...), readFloats(t, c.path("float.f32")...)
	if len(got) != len(want) {
		t.Fatalf("%v: %d outputs, MQBench has %d", c, len(got), len(want))
	}
	var ours, theirs float64
	for i := range got {
		ours += sq(float64(got[i]) - float64(want[i]))
		theirs += sq(float64(want[i]) - float64(float[i]))
	}
	if share := math.Sqrt(ours / theirs); !(share <= backendShare) {
		differ("outputs differ by %.3f of MQBench's quantization error", share)
	}
	return all
}

// indices counts the elements of a slice.
func indices[T any](s []T) []int {
	n := make([]int, len(s))
	for i := range n {
		n[i] = i
	}
	return n
}

// flattened gives for each value the one that it is but for its shape.
func flattened(g *graph.Graph) []graph.ValueID {
	flat := make([]graph.ValueID, len(g.Values))
	for v := range flat {
		flat[v] = graph.ValueID(v)
	}
	for _, n := range g.Nodes {
		if _, ok := n.Op.(graph.Reshape); ok {
			flat[n.Outputs[0]] = flat[n.Inputs[0]]
		}
	}
	return flat
}

// compare holds quantizer i against MQBench's. NNIE's has no scale and no zero point there, and the limits
// it shows are those of a scheme it does not use.
func (c backendCase) compare(q *calibrate.Calibrated, i int, want goldenQuantizer, differ func(string, ...any)) {
	name, p := q.Quantizers[i].Name, q.Params[i]
	if c.backend == "NNIE" {
		return
	}
	axis := p.Axis
	if own := q.Quantizers[i]; own.Weight && axis == 1 && strings.Contains("MatMul Gemm", q.Graph.Nodes[own.Node].Op.Type()) {
		axis = 0 // PyTorch's linear layers have their weight the other way round
	}
	if p.QMin != want.QuantMin || p.QMax != want.QuantMax || axis != want.Axis || len(p.Scale) != len(want.Scale) {
		differ("%s: codes %d to %d, axis %d, %d scales; MQBench %d to %d, axis %d, %d scales",
			name, p.QMin, p.QMax, p.Axis, len(p.Scale), want.QuantMin, want.QuantMax, want.Axis, len(want.Scale))
		return
	}
	for k := range p.Scale {
		if d := math.Abs(float64(p.Scale[k])/float64(want.Scale[k]) - 1); !(d <= activationTolerance) {
			differ("%s[%d]: scale %v, MQBench %v", name, k, p.Scale[k], want.Scale[k])
			return
		}
		if dz := math.Abs(float64(p.ZeroPoint[k]) - float64(want.ZeroPoint[k])); dz > 1 || dz == 1 && !nearTie(want.Min[k], want.Scale[k]) {
			differ("%s[%d]: zero point %d, MQBench %v", name, k, p.ZeroPoint[k], want.ZeroPoint[k])
			return
		}
	}
}
