package exec

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// TestPlanningIsBounded plans networks that take many images, phases or nodes: the time must not grow with
// their square, nor the program with what one call can walk over.
func TestPlanningIsBounded(t *testing.T) {
	unit := []int{1, 1}
	const nodes = 120000
	for name, c := range map[string]struct {
		build func(b *graphtest.Builder) []graph.ValueID
		calls int // at most
	}{
		"a large batch": {func(b *graphtest.Builder) []graph.ValueID {
			x := b.Input("x", 1<<20, 1, 2, 2)
			op := graph.Conv{Kernel: []int{3, 3}, Strides: unit, Dilations: unit, Pads: []int{1, 1, 1, 1}, Group: 1}
			return []graph.ValueID{b.Node("conv", op, x, b.Random("w", 1, 1, 3, 3))}
		}, 10},
		"strides that leave most of the output out": {func(b *graphtest.Builder) []graph.ValueID {
			op := graph.ConvTranspose{Kernel: []int{2, 2}, Strides: []int{8000, 8000}, Dilations: unit, Group: 1, Pads: make([]int, 4), OutputPadding: []int{0, 0}}
			return []graph.ValueID{b.Node("up", op, b.Input("x", 1, 1, 2, 2), b.Random("w", 1, 1, 2, 2))}
		}, 10},
		"many nodes": {func(b *graphtest.Builder) []graph.ValueID {
			x := b.Input("x", 1, 3, 4)
			for i := range nodes {
				x = b.Node(fmt.Sprint("turn", i), graph.Transpose{Perm: []int{0, 2, 1}}, x)
			}
			return []graph.ValueID{x}
		}, nodes + 2},
		"many outputs": {func(b *graphtest.Builder) []graph.ValueID {
			x := b.Input("x", 1, 3, 4)
			var y []graph.ValueID
			for i := range nodes {
				y = append(y, b.Node(fmt.Sprint("turn", i), graph.Transpose{Perm: []int{0, 2, 1}}, x))
			}
			return y
		}, nodes + 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := graphtest.New(t)
			g := b.Outputs(c.build(b)...)
			start := time.Now()
			l, err := Config{}.lower(context.Background(), g)
			if err != nil {
				t.Fatal(err)
			}
			call.Encode(l.Calls)
			if took := time.Since(start); took > time.Minute {
				t.Errorf("planning takes %v", took)
			}
			if len(l.Calls) > c.calls {
				t.Errorf("%d calls, at most %d will do", len(l.Calls), c.calls)
			}
		})
	}
}

// TestSharedWeights: a weight that several nodes multiply by is packed once.
func TestSharedWeights(t *testing.T) {
	b := graphtest.New(t)
	x, w, c := b.Input("x", 4, 64), b.Random("w", 64, 64), b.Random("b", 64)
	for i := range 8 {
		x = b.Node(fmt.Sprint("product", i), graph.MatMul{}, x, w)
		x = b.Node(fmt.Sprint("gemm", i), graph.Gemm{Alpha: 1, Beta: 1}, x, w, c)
	}
	r, err := New(t.Context(), b.Outputs(x), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if s, most := r.Stats(), 3*plan.Elem*64*64; s.Constants > most {
		t.Errorf("constants take %d bytes, more than %d", s.Constants, most)
	}
}

// TestSharedWeightsWithFactors: so is one that many nodes multiply by with factors and biases of their own, and to the same
// numbers as if each had a copy.
func TestSharedWeightsWithFactors(t *testing.T) {
	const nodes, size = 40, 48
	run := func(copies bool) ([]float32, Stats) {
		b := graphtest.New(t)
		numbers := ramp(size*size, 5)
		x, w := b.Input("x", 3, size), b.Const("w", numbers, size, size)
		for i := range nodes {
			if copies {
				w = b.Const(fmt.Sprint("w", i), numbers, size, size)
			}
			inputs := []graph.ValueID{x, w}
			switch i % 4 { // none, one number, one for each column, one for each element
			case 1:
				inputs = append(inputs, b.Const(fmt.Sprint("b", i), ramp(1, i), 1))
			case 2:
				inputs = append(inputs, b.Const(fmt.Sprint("b", i), ramp(size, i), size))
			case 3:
				inputs = append(inputs, b.Const(fmt.Sprint("b", i), ramp(3*size, i), 3, size))
			}
			x = b.Node(fmt.Sprint("gemm", i), graph.Gemm{Alpha: .1 + float32(i)/500, Beta: .5, TransB: i%2 == 1}, inputs...)
			if i%3 == 0 {
				x = b.Node(fmt.Sprint("relu", i), graph.Relu{}, x)
			}
		}
		r, err := New(t.Context(), b.Outputs(x), Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if err := r.Run(t.Context(), ramp(3*size, 1)); err != nil {
			t.Fatal(err)
		}
		return slices.Clone(r.Output(0)), r.Stats()
	}
	want, _ := run(true)
	got, s := run(false)
	for i := range want {
		if d := got[i] - want[i]; d > 1e-4 || d < -1e-4 || d != d {
			t.Fatalf("element %d is %v, with a copy for each %v", i, got[i], want[i])
		}
	}
	if most := 4*plan.Elem*size*size + nodes*plan.Elem*8*size; s.Constants > most {
		t.Errorf("constants take %d bytes, more than %d", s.Constants, most)
	}
}

// ramp is n numbers that go up and down.
func ramp(n, seed int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32((i*7+seed*3)%11)/11 - .4
	}
	return x
}

// TestCopiesAreBounded: where a weight cannot be packed once, what its copies take is known before it is taken.
func TestCopiesAreBounded(t *testing.T) {
	b := graphtest.New(t)
	x, w := b.Input("x", 1, 128, 4, 4), b.Random("w", 128, 128, 8, 8)
	op := graph.Conv{Kernel: []int{8, 8}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: []int{3, 3, 4, 4}, Group: 1}
	for i := range 60 {
		x = b.Node(fmt.Sprint("conv", i), op, x, w, b.Random(fmt.Sprint("b", i), 128))
	}
	_, err := Need(t.Context(), b.Outputs(x), Config{})
	if err == nil || !strings.Contains(err.Error(), "its weights of 4 MiB would take 24") {
		t.Errorf("error %v", err)
	}
}

// TestNormalizationCarriesWhatFollows: element-wise operators behind a normalization run in its step.
func TestNormalizationCarriesWhatFollows(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 2, 6)
	one, zero := b.Const("scale", []float32{1, 1, 1, 1, 1, 1}, 6), b.Const("bias", make([]float32, 6), 6)
	y := b.Node("norm", graph.LayerNormalization{Axis: 1, Epsilon: 1e-5}, x, one, zero)
	r, err := New(t.Context(), b.Outputs(b.Node("relu", graph.Relu{}, y)), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(t.Context(), []float32{-1, 1, -1, 1, -1, 1, 2, 0, 2, 0, 2, 0}); err != nil {
		t.Fatal(err)
	}
	for i, got := range r.Output(0) {
		if want := []float32{0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0}[i]; got < want-1e-4 || got > want+1e-4 {
			t.Errorf("element %d is %v, want %v", i, got, want)
		}
	}
}

// TestTooManyCalls: what would take a call for each of millions of matrices is refused before it is planned.
func TestTooManyCalls(t *testing.T) {
	b := graphtest.New(t)
	y := b.Node("product", graph.MatMul{}, b.Input("x", 1<<22, 1, 1), b.Input("y", 1<<22, 1, 1))
	_, err := Need(t.Context(), b.Outputs(y), Config{})
	if err == nil || !strings.Contains(err.Error(), `node "product" (MatMul): it takes 4194304 kernel calls`) {
		t.Errorf("error %v", err)
	}
}

// Windows whose places take more than weights justify are what the refusal is about.
func TestPlacesOfWindows(t *testing.T) {
	b := graphtest.New(t)
	op := graph.Conv{Kernel: []int{2, 2}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: []int{9000, 9000, 9000, 9000}, Group: 1}
	g := b.Outputs(b.Node("max", graph.GlobalMaxPool{}, b.Node("conv", op, b.Input("x", 1, 1, 2, 2), b.Random("w", 1, 1, 2, 2))))
	if _, err := Need(t.Context(), g, Config{}); err == nil || !strings.Contains(err.Error(), "say where the windows of its layers begin") {
		t.Errorf("%v", err)
	}
}

// What a scalar twin has beside the memory of the kernels counts before it is taken.
func TestTwinsAreAfforded(t *testing.T) {
	b := graphtest.New(t)
	const n = 32 << 20 // of 128 MiB
	g := b.Outputs(b.Node("max", graph.ReduceMax{Axes: []int{1}, KeepDims: true}, b.Node("atan", graph.Atan, b.Input("x", 1, n))))
	need, err := Need(t.Context(), g, Config{})
	if err != nil {
		t.Fatal(err)
	}
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(now.Sys) + int64(need) + 4*n))
	if r, err := New(t.Context(), g, Config{}); err == nil || !strings.Contains(err.Error(), "of which") {
		if err == nil {
			r.Close()
		}
		t.Errorf("%v", err)
	}
}
