package exec_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestCopiesOfWeights: values that are one tensor quantized alike, as copies of a module are, take the memory of one
// and give its bits; quantized otherwise they are weights of their own.
func TestCopiesOfWeights(t *testing.T) {
	for _, product := range []graph.Op{graph.MatMul{}, graph.Gemm{Alpha: 1, Beta: 1}} {
		t.Run(product.Type(), func(t *testing.T) { copiesOfWeights(t, product) })
	}
}

func copiesOfWeights(t *testing.T, product graph.Op) {
	const size, uses = 64, 20
	run := func(scale func(use int) float32) (bytes int, out []float32) {
		n := &network{Builder: graphtest.New(t), t: t, rule: scheme.ONNX}
		x := n.Input("x", 1, size)
		w := n.Random("w", size, size)
		tensor := n.Graph.Values[w].Const
		for i := range uses {
			if scale != nil {
				w = n.Const(fmt.Sprintf("w_dup%d", i), tensor.F, size, size)
				n.Graph.Values[w].Const = tensor
				n.quantize(w, scale(i), 0, -128, 127)
			} else if i == 0 {
				n.quantize(w, 0.01, 0, -128, 127)
			}
			x = n.node(graph.Tanh{}, n.node(product, x, w))
		}
		n.Outputs(x)
		g := n.quantized()
		bytes, err := exec.Need(t.Context(), g, exec.Config{})
		if err != nil {
			t.Fatal(err)
		}
		return bytes, n.outputs(g, exec.Config{Pool: exec.Compiled}, n.spread(1)[0])[0]
	}
	one, want := run(nil)
	alike, got := run(func(int) float32 { return 0.01 })
	other, _ := run(func(use int) float32 { return 0.01 + float32(use)/1000 })
	if alike > one || !slices.Equal(got, want) {
		t.Errorf("%d copies take %d bytes, one weight %d; the same bits: %v", uses, alike, one, slices.Equal(got, want))
	}
	if other < one+(uses-1)*4*size*size {
		t.Errorf("%d weights take %d bytes, one %d", uses, other, one)
	}
}

// Parameters that begin as one tensor are two.
func TestParamsOfOneTensor(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("x", 1)
	v := b.Const("v", []float32{3}, 1)
	w := b.Const("w", nil, 1)
	b.Graph.Values[w].Const = b.Graph.Values[v].Const
	g := b.Outputs(b.Node("sum", graph.Add{}, b.Node("first", graph.Mul{}, x, v), b.Node("second", graph.Mul{}, x, w)))
	r, err := exec.New(t.Context(), g, exec.Config{Params: []graph.ValueID{v, w}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Set(w, []float32{10}); err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context(), []float32{2}); err != nil {
		t.Fatal(err)
	}
	if got := r.Output(0)[0]; got != 2*3+2*10 {
		t.Errorf("%v, not 26", got)
	}
}

// Copies of a Gemm's weight give the bits of weights of their own, however many there are: each is packed with its bias.
func TestCopiesOfGemm(t *testing.T) {
	const size, uses = 16, 40
	run := func(own bool) []float32 {
		n := &network{Builder: graphtest.New(t), t: t, rule: scheme.ONNX}
		x := n.Input("x", 1, size)
		tensor := n.Graph.Values[n.Random("w", size, size)].Const
		sum := x
		for i := range uses {
			w := n.Const(fmt.Sprintf("w_dup%d", i), slices.Clone(tensor.F), size, size)
			if !own {
				n.Graph.Values[w].Const = tensor
			}
			bias := n.Const(fmt.Sprintf("b%d", i), slices.Repeat([]float32{float32(i) / 7}, size), size)
			sum = n.node(graph.Add{}, sum, n.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: i%2 == 0}, x, w, bias))
		}
		n.Outputs(sum)
		return n.outputs(n.Graph, exec.Config{Pool: exec.Compiled}, n.spread(1)[0])[0]
	}
	if want, got := run(true), run(false); !slices.Equal(got, want) {
		t.Errorf("%v, with weights of their own %v", got, want)
	}
}
