package fuse_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
)

// cases are small networks, the modules that must be found in them, and how many nodes folding
// leaves.
var cases = []struct {
	name  string
	build func(b *graphtest.Builder) graph.ValueID
	kinds []string
	nodes int
}{
	{"Conv BN ReLU", func(b *graphtest.Builder) graph.ValueID {
		return b.Node("relu", graph.Relu{}, b.BatchNorm("bn", b.Conv("conv", b.Input("x", 1, 3, 6, 6), 5, 3)))
	}, []string{"ConvBnReLU2d"}, 2},
	{"depthwise Conv with bias, BN", func(b *graphtest.Builder) graph.ValueID {
		op := graph.Conv{Kernel: []int{3, 3}, Strides: []int{2, 1}, Dilations: []int{1, 1}, Pads: []int{1, 0, 1, 2}, Group: 4}
		x := b.Input("x", 1, 4, 6, 6)
		return b.BatchNorm("bn", b.Node("conv", op, x, b.Random("w", 4, 1, 3, 3), b.Random("b", 4)))
	}, []string{"ConvBn2d"}, 1},
	{"ConvTranspose in groups, BN, ReLU", func(b *graphtest.Builder) graph.ValueID {
		op := graph.ConvTranspose{Kernel: []int{2, 3}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Group: 2, Pads: make([]int, 4), OutputPadding: []int{0, 0}}
		x := b.Input("x", 1, 6, 4, 4)
		return b.Node("relu", graph.Relu{}, b.BatchNorm("bn", b.Node("deconv", op, x, b.Random("w", 6, 5, 2, 3), b.Random("b", 10))))
	}, []string{"ConvTransposeBnReLU2d"}, 2},
	{"ConvTranspose frozen BN", func(b *graphtest.Builder) graph.ValueID {
		op := graph.ConvTranspose{Kernel: []int{3, 3}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4), OutputPadding: []int{0, 0}}
		y := b.Node("deconv", op, b.Input("x", 1, 2, 4, 4), b.Random("w", 2, 3, 3, 3))
		return b.Node("add", graph.Add{}, b.Node("mul", graph.Mul{}, y, b.Random("s", 1, 3, 1, 1)), b.Random("t", 1, 3, 1, 1))
	}, []string{"ConvTransposeFreezebn2d"}, 1},
	{"Conv frozen BN ReLU, constants first", func(b *graphtest.Builder) graph.ValueID {
		y := b.Conv("conv", b.Input("x", 1, 2, 4, 4), 3, 1)
		y = b.Node("mul", graph.Mul{}, b.Random("s", 3, 1, 1), y)
		return b.Node("relu", graph.Relu{}, b.Node("add", graph.Add{}, b.Random("t", 3, 1, 1), y))
	}, []string{"ConvFreezebnReLU2d"}, 2},
	{"Gemm with beta, BN", func(b *graphtest.Builder) graph.ValueID {
		op := graph.Gemm{Alpha: 0.5, Beta: 3, TransB: true}
		return b.BatchNorm("bn", b.Node("fc", op, b.Input("x", 2, 7), b.Random("w", 5, 7), b.Random("b", 1, 5)))
	}, []string{"LinearBn1d"}, 1},
	{"Gemm with one number of bias, BN", func(b *graphtest.Builder) graph.ValueID {
		return b.BatchNorm("bn", b.Node("fc", graph.Gemm{Alpha: 1, Beta: 2}, b.Input("x", 2, 7), b.Random("w", 7, 5), b.Random("b")))
	}, []string{"LinearBn1d"}, 1},
	{"Gemm without bias, BN, ReLU", func(b *graphtest.Builder) graph.ValueID {
		y := b.Node("fc", graph.Gemm{Alpha: 1, Beta: 1}, b.Input("x", 2, 7), b.Random("w", 7, 5))
		return b.Node("relu", graph.Relu{}, b.BatchNorm("bn", y)) // there is no LinearBnReLU1d
	}, []string{"LinearBn1d"}, 2},
	{"MatMul BN", func(b *graphtest.Builder) graph.ValueID {
		return b.BatchNorm("bn", b.Node("fc", graph.MatMul{}, b.Input("x", 2, 7), b.Random("w", 7, 5)))
	}, []string{"LinearBn1d"}, 2},
	{"MatMul Add BN", func(b *graphtest.Builder) graph.ValueID {
		y := b.Node("fc", graph.MatMul{}, b.Input("x", 2, 7), b.Random("w", 7, 5))
		return b.BatchNorm("bn", b.Node("bias", graph.Add{}, b.Random("b", 5), y))
	}, []string{"LinearBn1d"}, 2},
	{"MatMul Add ReLU over a sequence", func(b *graphtest.Builder) graph.ValueID {
		y := b.Node("fc", graph.MatMul{}, b.Input("x", 1, 4, 7), b.Random("w", 7, 5))
		return b.Node("relu", graph.Relu{}, b.Node("bias", graph.Add{}, y, b.Random("b", 1, 1, 5)))
	}, []string{"LinearReLU"}, 3},
	{"Conv in one dimension, BN, ReLU", func(b *graphtest.Builder) graph.ValueID { // as package onnx writes it
		op := graph.Conv{Kernel: []int{1, 3}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}
		y := b.Node("conv_image", graph.Reshape{Shape: []int{1, 2, 1, 9}}, b.Input("x", 1, 2, 9))
		y = b.Node("conv_2d", op, y, b.Random("w", 3, 2, 1, 3), b.Random("b", 3))
		y = b.Node("conv", graph.Reshape{Shape: []int{1, 3, 7}}, y)
		return b.Node("relu", graph.Relu{}, b.BatchNorm("bn", y))
	}, []string{"ConvBnReLU1d"}, 4},
	{"BN ReLU before Conv", func(b *graphtest.Builder) graph.ValueID {
		return b.Conv("conv", b.Node("relu", graph.Relu{}, b.BatchNorm("bn", b.Input("x", 1, 3, 5, 5))), 2, 3)
	}, []string{"BNReLU2d", "Conv2d"}, 3},
	{"a fork keeps its BN", func(b *graphtest.Builder) graph.ValueID {
		y := b.Conv("conv", b.Input("x", 1, 3, 5, 5), 3, 1)
		return b.Node("add", graph.Add{}, b.BatchNorm("bn", y), y)
	}, []string{"Conv2d"}, 3},
	{"one weight in two layers", func(b *graphtest.Builder) graph.ValueID {
		x, w := b.Input("x", 1, 3, 5, 5), b.Random("w", 3, 3, 1, 1)
		op := graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4)}
		y := b.BatchNorm("bn1", b.Node("conv1", op, x, w))
		return b.BatchNorm("bn2", b.Node("conv2", op, y, w))
	}, []string{"ConvBn2d", "ConvBn2d"}, 2},
	{"products and sums that are no BN", func(b *graphtest.Builder) graph.ValueID {
		y := b.Conv("conv", b.Input("x", 1, 3, 5, 5), 3, 1)
		y = b.Node("mul", graph.Mul{}, y, b.Random("s", 5)) // along W
		y = b.Node("add", graph.Add{}, y, b.Random("t", 1, 3, 1, 1))
		return b.Node("product", graph.MatMul{}, y, b.Node("sigmoid", graph.Sigmoid{}, y))
	}, []string{"Conv2d"}, 5},
}

func TestFindAndFold(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := graphtest.New(t)
			g := b.Outputs(c.build(b))
			found, before := fuse.Find(g, false), g.Clone()
			folded, modules := fuse.Fold(g, false)
			for _, list := range [][]fuse.Module{found, modules} {
				var kinds []string
				for _, m := range list {
					kinds = append(kinds, m.Kind)
				}
				if !slices.Equal(kinds, c.kinds) {
					t.Errorf("modules %v, want %v", kinds, c.kinds)
				}
			}
			for i, m := range modules {
				if a, b := g.Nodes[found[i].Nodes[0]], folded.Nodes[m.Nodes[0]]; a.Name != b.Name {
					t.Errorf("module %d begins at %s, was %s", i, b.Name, a.Name)
				}
			}
			if len(folded.Nodes) != c.nodes {
				t.Errorf("%d nodes after folding, want %d", len(folded.Nodes), c.nodes)
			}
			unchanged(t, g, before)
			item := b.Item()
			want, got := run(t, g, item), run(t, folded, item)
			for i := range want {
				if d := math.Abs(float64(got[i] - want[i])); d > 1e-5*max(1, math.Abs(float64(want[i]))) {
					t.Fatalf("output %d: %v, before folding %v", i, got[i], want[i])
				}
			}
		})
	}
}

// unchanged checks that a stage left the graph it got as it was.
func unchanged(t *testing.T, g, before *graph.Graph) {
	t.Helper()
	for i, v := range g.Values {
		if v.Name != before.Values[i].Name || v.Const != before.Values[i].Const {
			t.Errorf("value %s changed", before.Values[i].Name)
		}
	}
	for i, n := range g.Nodes {
		if !reflect.DeepEqual(n.Op, before.Nodes[i].Op) || !slices.Equal(n.Inputs, before.Nodes[i].Inputs) || !slices.Equal(n.Outputs, before.Nodes[i].Outputs) {
			t.Errorf("node %s changed", before.Nodes[i].Name)
		}
	}
}

func run(t *testing.T, g *graph.Graph, item [][]float32) []float32 {
	t.Helper()
	r, err := exec.New(t.Context(), g, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(t.Context(), item...); err != nil {
		t.Fatal(err)
	}
	return r.Output(0)
}

func TestSingles(t *testing.T) {
	b := graphtest.New(t)
	y := b.Node("relu", graph.Relu{}, b.BatchNorm("bn", b.Conv("conv", b.Input("x", 1, 3, 6, 6), 5, 3)))
	modules := fuse.Singles(b.Outputs(y))
	if len(modules) != 1 || modules[0].Kind != "Conv2d" || !slices.Equal(modules[0].Nodes, []int{0}) {
		t.Errorf("%+v", modules)
	}
}

// New constants get names of their own, for an ONNX file needs them.
func TestNewNamesAreUnique(t *testing.T) {
	b := graphtest.New(t)
	x := b.Input("conv.bias", 1, 3, 6, 6) // the name that the bias of conv would get
	g, _ := fuse.Fold(b.Outputs(b.BatchNorm("bn", b.Conv("conv", x, 5, 3))), false)
	seen := map[string]bool{}
	for _, v := range g.Values {
		if seen[v.Name] {
			t.Errorf("two values are called %s", v.Name)
		}
		seen[v.Name] = true
	}
}

func TestQATTable(t *testing.T) {
	for kind, want := range map[string]string{
		"Conv2d": "nnqat.Conv2d", "ConvBnReLU2d": "nniqat.ConvBnReLU2d", "LinearBn1d": "qnniqat.LinearBn1d",
		"ConvBnReLU1d": "nniqat.ConvBnReLU1d", "ConvBn3d": "nniqat.ConvBn3d", "Conv1d": "nnqat.Conv1d", "ConvTranspose1d": "",
		"ConvTranspose2d": "qnn.qat.ConvTranspose2d", "ConvFreezebn2d": "qnniqat.ConvFreezebn2d", "BNReLU2d": "", "GRU": "",
	} {
		if got := fuse.QAT(kind); got != want {
			t.Errorf("%s becomes %q, want %q", kind, got, want)
		}
	}
}

// What MQBench's main branch fuses no more.
func TestExact(t *testing.T) {
	b := graphtest.New(t)
	op := graph.ConvTranspose{Kernel: []int{2, 2}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Group: 1, Pads: make([]int, 4), OutputPadding: []int{0, 0}}
	y := b.Node("relu", graph.Relu{}, b.Node("deconv", op, b.Input("x", 1, 2, 4, 4), b.Random("up.weight", 2, 3, 2, 2)))
	y = b.Node("relu2", graph.Relu{}, b.BatchNorm("bn", b.Node("deconv2", op, y, b.Random("w", 3, 3, 2, 2))))
	y = b.Node("mul", graph.Mul{}, b.Conv("conv", y, 2, 1), b.Random("s", 1, 2, 1, 1))
	g := b.Outputs(b.Node("add", graph.Add{}, y, b.Random("t", 1, 2, 1, 1)))
	for exact, want := range map[bool]string{
		false: "ConvTransposeReLU2d up 2, ConvTransposeBnReLU2d deconv2 3, ConvFreezebn2d conv 3, ",
		true:  "ConvTranspose2d up 1, ConvTransposeBnReLU2d deconv2 3, Conv2d conv 1, ",
	} {
		got := ""
		for _, m := range fuse.Find(g, exact) {
			got += fmt.Sprintf("%s %s %d, ", m.Kind, m.Path, len(m.Nodes))
		}
		if got != want {
			t.Errorf("exact %v: %s, want %s", exact, got, want)
		}
	}
}

func TestScope(t *testing.T) {
	for name, want := range map[string]string{
		"/layer1/layer1.0/conv1/Conv": "layer1.0.conv1", "/fc/Gemm": "fc", "/Add": "", "Conv_0": "", "": "", "/a/a/Conv": "a.a",
		"/encoder/layers.0/attn/MatMul_1": "encoder.layers.0.attn",
	} {
		if got := fuse.Scope(name); got != want {
			t.Errorf("%q stands in %q, want %q", name, got, want)
		}
	}
}
