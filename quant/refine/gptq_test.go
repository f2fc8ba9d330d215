package refine

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// U is the upper Cholesky factor of the inverse, as gonum computes it.
func TestInverseIsGonums(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 7, 40} {
		h, sum := newHessian(n), mat.NewSymDense(n, nil)
		for range 3 * n {
			x := make([]float64, n)
			for i := range x {
				x[i] = draw.NormFloat64()
			}
			for i, a := range x {
				for j, b := range x {
					h.x[i*n+j] += a * b
				}
			}
			sum.SymRankOne(sum, 1, mat.NewVecDense(n, x))
		}
		mean := mat.Trace(sum) / float64(n)
		for i := range n {
			sum.SetSym(i, i, sum.At(i, i)+gptqDamp*mean)
		}
		var c, of mat.Cholesky
		var inverse mat.SymDense
		if !c.Factorize(sum) || c.InverseTo(&inverse) != nil || !of.Factorize(&inverse) {
			t.Fatal("gonum does not factorize it")
		}
		var want mat.TriDense
		of.UTo(&want)
		u, err := h.inverse()
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			for j := i; j < n; j++ {
				if math.Abs(u.at(i, j)-want.At(i, j)) > 1e-9*math.Abs(want.At(i, i)) {
					t.Fatalf("%d inputs: element %d,%d is %g, gonum's %g", n, i, j, u.at(i, j), want.At(i, j))
				}
			}
		}
	}
	if _, err := newHessian(3).inverse(); err != nil {
		t.Errorf("inputs that are 0: %v", err)
	}
}

// The loops that do some numbers at a time give the bits of those that do one.
func TestInverseIsThatOfPlainLoops(t *testing.T) {
	draw := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{1, 2, 3, 4, 5, 8, 9, 16, 31, 70} {
		h := newHessian(n)
		for range 2*n + 1 {
			x := make([]float64, n)
			for i := range x {
				x[i] = max(draw.NormFloat64(), 0) // some of the products are 0
			}
			for i, a := range x {
				for j, b := range x {
					h.x[i*n+j] += float64(a * b)
				}
			}
		}
		want := plainInverse(&hessian{triangle{n, slices.Clone(h.x)}})
		got, err := h.inverse()
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			for j := i; j < n; j++ {
				if got.at(i, j) != want.at(i, j) {
					t.Fatalf("%d inputs: element %d,%d is %g, and %g number by number", n, i, j, got.at(i, j), want.at(i, j))
				}
			}
		}
		rest := make([]float64, n)
		for i := range rest {
			rest[i] = draw.NormFloat64()
		}
		plain := slices.Clone(rest)
		less(rest, .3, got.x[:n])
		for i := range plain {
			if plain[i] -= float64(.3 * got.x[i]); plain[i] != rest[i] {
				t.Fatalf("%d inputs: number %d is %g, and %g by itself", n, i, rest[i], plain[i])
			}
		}
	}
}

// plainInverse is hessian.inverse as it is written down.
func plainInverse(h *hessian) *triangle {
	n, mean := h.n, 0.0
	for i := range n {
		mean += h.at(i, i) / float64(n)
	}
	r, u := h.x, &triangle{n, make([]float64, n*n)}
	for i := range n {
		r[i*n+i] += gptqDamp * mean
	}
	for j := n - 1; j >= 0; j-- {
		for i := 0; i <= j; i++ {
			for k := j + 1; k < n; k++ {
				r[i*n+j] -= float64(r[i*n+k] * r[j*n+k])
			}
		}
		d := math.Sqrt(r[j*n+j])
		for i := 0; i <= j; i++ {
			r[i*n+j] /= d
		}
	}
	for i := n - 1; i >= 0; i-- {
		u.x[i*n+i] = 1
		for k := i + 1; k < n; k++ {
			for j := k; j < n; j++ {
				u.x[i*n+j] -= float64(r[i*n+k] * u.x[k*n+j])
			}
		}
		for j := i; j < n; j++ {
			u.x[i*n+j] /= r[i*n+i]
		}
	}
	return u
}

// What comes out is on the grid and leaves less error in the outputs than the nearest codes do, in every kind of layer; the
// numbers do not depend on workers.
func TestGPTQIsBetterThanNearest(t *testing.T) {
	draw := rand.New(rand.NewPCG(7, 8))
	fill := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(draw.NormFloat64())
		}
		return x
	}
	conv := func(stride, dilation, pad, group int) graph.Conv {
		return graph.Conv{Kernel: []int{3, 3}, Strides: []int{stride, stride}, Dilations: []int{dilation, dilation}, Pads: []int{pad, pad, pad, pad}, Group: group}
	}
	for name, layer := range map[string]struct {
		op   graph.Op
		x, w []int
	}{
		"convolution": {conv(1, 1, 1, 1), []int{1, 6, 9, 9}, []int{5, 6, 3, 3}},
		"stride":      {conv(2, 1, 0, 1), []int{1, 6, 9, 9}, []int{5, 6, 3, 3}},
		"groups":      {conv(1, 2, 2, 2), []int{1, 6, 9, 9}, []int{4, 3, 3, 3}},
		"linear":      {graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, []int{1, 40}, []int{9, 40}},
		"product":     {graph.MatMul{}, []int{1, 7, 24}, []int{24, 9}},
	} {
		for _, block := range []int{0, 4} {
			t.Run(fmt.Sprintf("%s, blocks of %d", name, block), func(t *testing.T) {
				b := graph.NewBuilder(name)
				x := b.Input("x", graph.Float32, layer.x...)
				w := b.Const("w", &graph.Tensor{DType: graph.Float32, Shape: layer.w, F: fill(graph.Len(layer.w))})
				g, err := b.Done(b.Node("layer", layer.op, x, w))
				if err != nil {
					t.Fatal(err)
				}
				r, err := recipe.Preset("config1")
				if err != nil {
					t.Fatal(err)
				}
				bits := r.Weight
				bits.Scheme.Bits, bits.Scheme.Block = 3, block
				r.Overrides = []recipe.Override{{Name: "layer", Weight: &bits}}
				n := graph.Len(layer.x)
				var inputs [][]float32
				for range 24 { // waves, so that inputs go together
					x := make([]float32, n)
					for wave := range 4 {
						a, from := draw.NormFloat64(), 6*draw.Float64()
						for i := range x {
							x[i] += float32(a*math.Cos(0.07*float64((wave+1)*i)+from) + 0.02*draw.NormFloat64())
						}
					}
					inputs = append(inputs, x)
				}
				items := calibrate.Items{Len: len(inputs), Inputs: func(i int) ([][]float32, error) { return [][]float32{inputs[i]}, nil }}
				p, err := prepare.Prepare(g, r)
				if err != nil {
					t.Fatal(err)
				}
				c, err := calibrate.Run(context.Background(), p, items, 1, func(int, int) {})
				if err != nil {
					t.Fatal(err)
				}
				if got, err := c.Recipe.Digest(); err != nil || got == "" {
					t.Fatal(err)
				}
				known := NewKnown()
				one, err := Reconstruct(context.Background(), c, items, recipe.Rounding{Method: recipe.GPTQ}, known, 1, func(int, int) {})
				if err != nil {
					t.Fatal(err)
				}
				two, err := Reconstruct(context.Background(), c, items, recipe.Rounding{Method: recipe.GPTQ}, NewKnown(), 2, func(int, int) {})
				if err != nil {
					t.Fatal(err)
				}
				idle, cancel := context.WithCancel(context.Background())
				cancel() // what is known needs no run
				kept, err := Reconstruct(idle, c, items, recipe.Rounding{Method: recipe.GPTQ}, known, 1, func(int, int) {})
				if err != nil || !slices.Equal(kept.Graph.Values[w].Const.F, one.Graph.Values[w].Const.F) {
					t.Fatalf("what is known is rounded otherwise (%v)", err)
				}
				coarse := *c
				coarse.Params = slices.Clone(c.Params)
				i := newReconstruction(c, items, recipe.Rounding{Method: recipe.GPTQ}, 1).quantizer(w)
				coarse.Params[i].Scale = slices.Clone(c.Params[i].Scale)
				for k := range coarse.Params[i].Scale {
					coarse.Params[i].Scale[k] *= 1.25
				}
				wide, err := Reconstruct(idle, &coarse, items, recipe.Rounding{Method: recipe.GPTQ}, known, 1, func(int, int) {}) // what the layer is given is known
				if err != nil {
					t.Fatal(err)
				}
				alone, err := Reconstruct(context.Background(), &coarse, items, recipe.Rounding{Method: recipe.GPTQ}, NewKnown(), 1, func(int, int) {})
				if err != nil || !slices.Equal(wide.Graph.Values[w].Const.F, alone.Graph.Values[w].Const.F) || slices.Equal(wide.Graph.Values[w].Const.F, one.Graph.Values[w].Const.F) {
					t.Fatalf("with other scales, what is known is rounded otherwise (%v)", err)
				}
				rc := newReconstruction(c, items, recipe.Rounding{Method: recipe.GPTQ}.Full(), 1)
				q := c.Params[rc.quantizer(w)]
				got := one.Graph.Values[w].Const.F
				again := make([]float32, len(got))
				q.FakeQuantize(again, got, layer.w, scheme.PyTorch)
				for i := range got {
					if got[i] != two.Graph.Values[w].Const.F[i] {
						t.Fatal("two workers give other weights")
					}
					if math.Abs(float64(again[i]-got[i])) > 1e-6*math.Abs(float64(got[i])) {
						t.Fatalf("weight %d, %g, is no code: %g", i, got[i], again[i])
					}
				}
				off := func(c *calibrate.Calibrated) (sum float64) {
					rc.c = c
					float, err := rc.run(context.Background(), c.Float, c.Float.Outputs, len(inputs))
					if err != nil {
						t.Fatal(err)
					}
					quantized, err := rc.run(context.Background(), c.Quantized(calibrate.All).Graph, c.Graph.Outputs, len(inputs))
					if err != nil {
						t.Fatal(err)
					}
					for i := range float {
						for k, x := range float[i][0] {
							d := float64(x - quantized[i][0][k])
							sum += d * d
						}
					}
					return sum
				}
				nearest, better := off(c), off(one)
				t.Logf("error %.4g, with the nearest codes %.4g", better, nearest)
				if better > 0.8*nearest {
					t.Errorf("error %.4g, with the nearest codes %.4g", better, nearest)
				}
			})
		}
	}
}
