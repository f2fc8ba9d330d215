package lesson

import (
	"math"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/inspect"
)

// TestArithmeticIsTheEngines holds every element of every layer to what the integer engine stores.
func TestArithmeticIsTheEngines(t *testing.T) {
	b := bench(t)
	q := b.c.Quantized(func(int) bool { return true })
	var keep []graph.ValueID
	for _, l := range b.layers {
		keep = append(keep, b.c.Quantizers[l.input].Value)
		if l.end.on >= 0 {
			keep = append(keep, l.end.value)
		}
	}
	slices.Sort(keep)
	r, err := exec.New(t.Context(), q.Graph, exec.Config{Integer: true, Dot: engine.ProbeDot(), Keep: slices.Compact(keep)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(t.Context(), b.items[1]...); err != nil {
		t.Fatal(err)
	}
	checked, apart := 0, 0
	for _, l := range b.layers {
		a, err := b.adder(l, r.Value(b.c.Quantizers[l.input].Value), b.c.Params)
		if err != nil {
			t.Fatal(err)
		}
		if l.end.on < 0 { // the last layer: floats
			for i, want := range r.Output(0) {
				unit, _, _ := a.unit(a.channel(i))
				if got := float32(a.sum(i)) * unit; got != want {
					t.Errorf("%s: logit %d is %v, the engine has %v", l.stage.Name, i, got, want)
				}
			}
			continue
		}
		y := r.Value(l.end.value)
		stored := make([]int32, len(y))
		a.py.Quantize(stored, y, []int{len(y)}, b.c.Recipe.Rule)
		for i, want := range stored {
			sum := a.sum(i)
			req := a.requantize(a.channel(i), sum)
			float := min(max(int32(math.RoundToEven(float64(float32(sum)*req.M)))+req.Zero, req.Lo), req.Hi)
			if float != want {
				t.Fatalf("%s: element %d of sum %d is %d, the engine has %d", l.stage.Name, i, sum, float, want)
			}
			if checked++; req.Code != want {
				apart++
			}
		}
	}
	if checked < 50000 || apart*1000 > checked {
		t.Errorf("by factor and shift %d of %d codes are others", apart, checked)
	}
}

func TestFixed(t *testing.T) {
	for _, m := range []float32{1, 0.5, 0.0123, 1.7e-5, 3.25} {
		f, shift := fixed(m)
		if f < 1<<30 || float32(math.Ldexp(float64(f), -shift)) != m {
			t.Errorf("%v is %d/2^%d", m, f, shift)
		}
		for _, sum := range []int32{0, 1, -1, 12345, -98765, math.MaxInt32, math.MinInt32} {
			if got, want := scaled(sum, f, shift), math.RoundToEven(float64(sum)*float64(m)); float64(got) != want {
				t.Errorf("%d·%v is %d, want %v", sum, m, got, want)
			}
		}
	}
	if got := scaled(5, 1<<30, 31); got != 2 {
		t.Errorf("2.5 is rounded to %d", got)
	}
}

// TestReach holds the products of each kind of layer to what the float kernels compute.
func TestReach(t *testing.T) {
	for name, c := range map[string]struct {
		x, w []int
		op   graph.Op
	}{
		"conv":      {[]int{1, 4, 7, 6}, []int{6, 4, 3, 2}, graph.Conv{Kernel: []int{3, 2}, Strides: []int{2, 1}, Dilations: []int{1, 2}, Pads: []int{1, 0, 2, 1}, Group: 1}},
		"groups":    {[]int{1, 4, 5, 5}, []int{6, 2, 3, 3}, graph.Conv{Kernel: []int{3, 3}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: []int{1, 1, 1, 1}, Group: 2}},
		"depthwise": {[]int{1, 4, 5, 5}, []int{4, 1, 3, 3}, graph.Conv{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: []int{1, 1, 1, 1}, Group: 4}},
		"line":      {[]int{1, 3, 9}, []int{5, 3, 3}, graph.Conv{Kernel: []int{3}, Strides: []int{2}, Dilations: []int{1}, Pads: []int{1, 1}, Group: 1}},
		"transpose": {[]int{1, 4, 4, 3}, []int{4, 3, 3, 3}, graph.ConvTranspose{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: []int{1, 1, 1, 1}, OutputPadding: []int{1, 0}, Group: 2}},
		"gemm":      {[]int{1, 7}, []int{5, 7}, graph.Gemm{Alpha: 1, Beta: 1, TransB: true}},
		"gemm kn":   {[]int{1, 7}, []int{7, 5}, graph.Gemm{Alpha: 1, Beta: 1}},
		"matmul":    {[]int{1, 3, 7}, []int{7, 5}, graph.MatMul{}},
	} {
		t.Run(name, func(t *testing.T) {
			b := graphtest.New(t)
			x := b.Input("x", c.x...)
			w := b.Random("w", c.w...)
			y := b.Node("y", c.op, x, w)
			b.Outputs(y)
			in := make([]float32, graph.Len(c.x))
			for i := range in {
				in[i] = float32(i%7) - 2.5
			}
			r, err := exec.New(t.Context(), b.Graph, exec.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if err := r.Run(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			of, err := reachOf(b.Graph, b.Graph.Nodes[0])
			if err != nil {
				t.Fatal(err)
			}
			weights := b.Graph.Values[w].Const.F
			for i, want := range r.Output(0) {
				got := 0.0
				of.visit(i, func(x, w int) { got += float64(in[x]) * float64(weights[w]) })
				if math.Abs(got-float64(want)) > 1e-4 {
					t.Fatalf("element %d is %v, the kernels have %v", i, got, want)
				}
			}
		})
	}
}

// TestSums looks at one element as a pupil sees it.
func TestSums(t *testing.T) {
	b := bench(t)
	for _, at := range []int{2, 3, len(b.layers) - 1} { // depthwise, without an activation function, floats
		l := b.layers[at]
		if _, err := b.Scene(t.Context(), at, Input()); err != nil {
			t.Fatal(err)
		}
		k := knobs()
		k.Look = inspect.Look{Sums: true, Weight: true, Element: -1}
		soon, _ := turn(t, b, at, k)
		s := soon.Sums
		sum := s.Rest + int64(s.BiasCode)
		for _, term := range s.Terms {
			sum += int64(term.Product)
		}
		if sum != int64(s.Sum) || s.Why != "" || s.Sum < s.Low || s.Sum > s.High || len(soon.Weight.Channels) != l.stage.Channels {
			t.Errorf("%s: %+v", l.stage.Name, s)
		}
		if s.To == nil {
			if l.end.on >= 0 || s.Then != "" {
				t.Errorf("%s ends in floats: %+v", l.stage.Name, s)
			}
			continue
		}
		if s.To.Engine != s.To.Code || s.Saturated*20 > s.Looked {
			t.Errorf("%s: %+v, %d of %d saturated", l.stage.Name, s.To, s.Saturated, s.Looked)
		}
		k.Look.Element = s.Element
		k.Output = &[2]float32{0, float32(s.To.Hi-s.To.Zero) * s.To.Scale / 2}
		half, _ := turn(t, b, at, k)
		if got := half.Sums; got.To.M < 1.8*s.To.M || got.Saturated <= s.Saturated {
			t.Errorf("%s, half of the range: %+v, %d of %d saturated, before %+v, %d", l.stage.Name, got.To, got.Saturated, got.Looked, s.To, s.Saturated)
		}
		k.Scope, k.Output = inspect.OnlyLayer, nil
		if alone, _ := turn(t, b, at, k); alone.Sums.To != nil {
			t.Errorf("%s alone, nothing rounds its output: %+v", l.stage.Name, alone.Sums.To)
		}
	}
}
