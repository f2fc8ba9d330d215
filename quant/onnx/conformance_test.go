package onnx

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
)

var update = flag.Bool("update", false, "write testdata anew")

// vector reads a test vector.
func vector(t testing.TB, file string) *Tensor {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	v, err := DecodeTensor(b)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

// freeze makes inputs constants with the values of the test vectors: all of them, or those that a
// network has as constants, because they say shapes, axes and bounds.
func freeze(t testing.TB, m *Model, dir string, all bool) {
	t.Helper()
	parameters := slices.Contains([]string{"Clip", "Resize", "Pad"}, m.Graph.Nodes[0].OpType)
	for i, in := range m.Graph.Inputs {
		whole := in.ElemType != Float
		given := slices.ContainsFunc(m.Graph.Initializers, func(t Tensor) bool { return t.Name == in.Name })
		if given || !all && (i == 0 || !whole && !parameters) {
			continue
		}
		v := vector(t, filepath.Join(dir, "test_data_set_0", fmt.Sprintf("input_%d.pb", i)))
		v.Name = in.Name
		m.Graph.Initializers = append(m.Graph.Initializers, *v)
	}
}

// TestConformance builds the ONNX project's own node tests. What is refused, and with which words, is
// kept in testdata/refused.txt; what is built must infer the shapes of the test vectors.
func TestConformance(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(shared.Path(t, "onnx-node"), "test_*"))
	if err != nil {
		t.Fatal(err)
	}
	var refused strings.Builder
	asIs, built, folded := 0, 0, 0
	for _, dir := range dirs {
		name := filepath.Base(dir)
		load := func() *Model {
			b, err := os.ReadFile(filepath.Join(dir, "model.onnx"))
			if err != nil {
				t.Fatal(err)
			}
			m, err := Decode(b)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return m
		}
		if _, err := ToGraph(load(), Options{}); err == nil {
			asIs++
		}
		m := load()
		freeze(t, m, dir, false)
		g, err := ToGraph(m, Options{})
		if err != nil {
			text := err.Error()
			fmt.Fprintf(&refused, "%s: %s\n", name, text)
			if !strings.HasPrefix(text, `node "`) {
				t.Errorf("%s: the error names no node: %v", name, err)
			}
		} else {
			built++
			checkShapes(t, name, dir, g)
			if !strings.Contains(name, "tf_half_pixel") && !wholeFloats(name) {
				t.Run(name, func(t *testing.T) { roundTrip(t, g, 21) })
			}
		}
		// With every input constant, what folds must give the vectors' numbers.
		m = load()
		freeze(t, m, dir, true)
		if g, err := ToGraph(m, Options{}); err == nil && len(g.Nodes) == 0 {
			folded++
			checkValues(t, name, dir, g)
		}
	}
	t.Logf("%d models: %d build as they are, %d with constant parameters, %d are refused; %d fold to their outputs",
		len(dirs), asIs, built, len(dirs)-built, folded)
	golden(t, "testdata/refused.txt", refused.String())
}

// wholeFloats tells whether a test's integers are floats here that are whole numbers, and constants that were
// integers in its file are written as floats.
func wholeFloats(name string) bool {
	return strings.Contains(name, "integer") || strings.Contains(name, "dynamicquantize")
}

func checkShapes(t *testing.T, name, dir string, g *graph.Graph) {
	t.Helper()
	for i, id := range g.Outputs {
		file := filepath.Join(dir, "test_data_set_0", fmt.Sprintf("output_%d.pb", i))
		if _, err := os.Stat(file); err != nil {
			continue
		}
		want, err := ToTensor(vector(t, file), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if wholeFloats(name) {
			want.DType = graph.Float32
		}
		if v := g.Values[id]; v.DType != want.DType || !slices.Equal(v.Shape, want.Shape) {
			t.Errorf("%s: output %d is %v %v, want %v %v", name, i, v.DType, v.Shape, want.DType, want.Shape)
		}
	}
}

func checkValues(t *testing.T, name, dir string, g *graph.Graph) {
	t.Helper()
	for i, id := range g.Outputs {
		want, err := ToTensor(vector(t, filepath.Join(dir, "test_data_set_0", fmt.Sprintf("output_%d.pb", i))), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := g.Values[id].Const
		if wholeFloats(name) {
			for _, v := range want.I {
				want.F = append(want.F, float32(v))
			}
			want.I = nil
		}
		if !slices.Equal(got.Shape, want.Shape) || !slices.Equal(got.I, want.I) {
			t.Errorf("%s: output %d is %v %v, want %v %v", name, i, got.Shape, got.I, want.Shape, want.I)
			continue
		}
		for j, w := range want.F {
			if math.Abs(float64(got.F[j]-w)) > 1e-5*max(math.Abs(float64(w)), 1e-2) {
				t.Errorf("%s: output %d element %d is %v, want %v", name, i, j, got.F[j], w)
				break
			}
		}
	}
}

// golden compares text with a file, or writes it with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and look at the difference:\n%s", file, got)
	}
}

// TestResizeConformance computes the nearest and linear cases with Source and Index, the others with Weights.
func TestResizeConformance(t *testing.T) {
	dirs, _ := filepath.Glob(filepath.Join(shared.Path(t, "onnx-node"), "test_resize_*"))
	ran := 0
	for _, dir := range dirs {
		b, err := os.ReadFile(filepath.Join(dir, "model.onnx"))
		if err != nil {
			t.Fatal(err)
		}
		m, err := Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		freeze(t, m, dir, false)
		g, err := ToGraph(m, Options{})
		if err != nil {
			continue // named in testdata/refused.txt
		}
		ran++
		x, err := ToTensor(vector(t, filepath.Join(dir, "test_data_set_0", "input_0.pb")), nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := ToTensor(vector(t, filepath.Join(dir, "test_data_set_0", "output_0.pb")), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []float32
		if op, ok := g.Nodes[0].Op.(graph.Resample); ok {
			got = resample(op, x)
		} else {
			got = resize(g.Nodes[0].Op.(graph.Resize), x)
		}
		for i, w := range want.F {
			if math.Abs(float64(got[i]-w)) > 1e-5*math.Abs(float64(w)) {
				t.Errorf("%s: element %d is %v, want %v", filepath.Base(dir), i, got[i], w)
				break
			}
		}
	}
	if ran < 19 {
		t.Errorf("only %d cases ran", ran)
	}
}

// resample is a plain evaluation over [N,C,H,W].
func resample(r graph.Resample, x *graph.Tensor) []float32 {
	h, w := x.Shape[2], x.Shape[3]
	rows, columns := make([]float32, h), make([]float32, w)
	var out []float32
	for plane := range x.Shape[0] * x.Shape[1] {
		for i := range r.Out[0] {
			inside := r.Weights(0, i, rows)
			for j := range r.Out[1] {
				if !r.Weights(1, j, columns) || !inside {
					out = append(out, r.Extrapolation)
					continue
				}
				sum := 0.0
				for k, v := range x.F[plane*h*w:][:h*w] {
					sum += float64(v) * float64(rows[k/w]) * float64(columns[k%w])
				}
				out = append(out, float32(sum))
			}
		}
	}
	return out
}

// resize is a plain evaluation over [N,C,H,W].
func resize(r graph.Resize, x *graph.Tensor) []float32 {
	h, w := x.Shape[2], x.Shape[3]
	var out []float32
	for plane := range x.Shape[0] * x.Shape[1] {
		at := func(i, j int) float64 {
			return float64(x.F[plane*h*w+min(max(i, 0), h-1)*w+min(max(j, 0), w-1)])
		}
		for i := range r.Out[0] {
			for j := range r.Out[1] {
				if r.Mode == graph.ResizeNearest {
					out = append(out, float32(at(r.Index(0, h, i), r.Index(1, w, j))))
					continue
				}
				y, z := float64(r.Source(0, h, i)), float64(r.Source(1, w, j))
				i0, j0 := int(math.Floor(y)), int(math.Floor(z))
				a, b := y-math.Floor(y), z-math.Floor(z)
				out = append(out, float32((1-a)*((1-b)*at(i0, j0)+b*at(i0, j0+1))+a*((1-b)*at(i0+1, j0)+b*at(i0+1, j0+1))))
			}
		}
	}
	return out
}
