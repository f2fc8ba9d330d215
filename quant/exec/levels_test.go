package exec_test

import (
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// What follows a fake-quantized value element by element gives the bits that it gives step by step,
// which it does where every value is kept, and takes fewer calls where it is fused.
func TestLevels(t *testing.T) {
	// Every case gives the values on the way, the last of which is the output.
	cases := map[string]func(n *network, x graph.ValueID) []graph.ValueID{
		"gate": func(n *network, x graph.ValueID) []graph.ValueID {
			x = n.u8(n.node(graph.Relu{}, x), 0.06, 128)
			s := n.u8(n.node(graph.Sigmoid{}, x), 1./255, 0)
			return []graph.ValueID{x, s, n.u8(n.node(graph.Mul{}, x, s), 0.031, 9)}
		},
		"gate without quantizers behind, the other way round": func(n *network, x graph.ValueID) []graph.ValueID {
			x = n.quantize(n.node(graph.Clip{Lo: -9, Hi: 3}, x), 0.5, 0, -8, 7)
			s := n.node(graph.Tanh{}, x)
			return []graph.ValueID{x, s, n.node(graph.Mul{}, s, x)}
		},
		"a quantizer that limits": func(n *network, x graph.ValueID) []graph.ValueID {
			x = n.u8(n.node(graph.Clip{Lo: 0, Hi: 6}, n.u8(x, 0.031, 128)), 6./255, 0)
			y := n.quantize(n.node(graph.Relu{}, n.node(graph.Softplus{}, x)), 0.25, -8, -8, 7)
			return []graph.ValueID{n.Graph.Inputs[0], x, y, n.quantize(n.node(graph.Clip{Lo: 0, Hi: 6}, y), 8./255, 3, 0, 255)}
		},
		"chain behind a gate": func(n *network, x graph.ValueID) []graph.ValueID {
			x = n.u8(n.node(graph.Relu{}, x), 0.06, 128)
			s := n.u8(n.node(graph.HardSigmoid{Alpha: 0.2, Beta: 0.5}, x), 1./255, 0)
			y := n.u8(n.node(graph.Mul{}, x, s), 0.031, 9)
			z := n.node(graph.Elu{Alpha: 0.7}, y)
			return []graph.ValueID{x, s, y, z, n.u8(n.node(graph.LeakyRelu{Alpha: 0.1}, z), 0.03, 17)}
		},
	}
	for _, op := range []graph.Op{graph.Sigmoid{}, graph.SiLU{}, graph.Tanh{}, graph.Elu{Alpha: 1.3}, graph.Softplus{}, graph.Mish{}, graph.Gelu{}, graph.Gelu{Tanh: true}, graph.Exp{}} {
		cases[op.Type()+" of codes"] = func(n *network, x graph.ValueID) []graph.ValueID {
			x = n.u8(n.node(graph.HardSwish{}, x), 0.05, 11)
			y := n.node(op, x)
			return []graph.ValueID{x, y, n.u8(n.node(graph.Relu{}, y), 0.02, 3)}
		}
	}
	for name, build := range cases {
		for _, rule := range []scheme.Rule{scheme.PyTorch, scheme.ONNX} {
			t.Run(name+"/"+string(rule), func(t *testing.T) {
				n := &network{Builder: graphtest.New(t), t: t, rule: rule}
				values := build(n, n.Input("x", 1, 3, 8, 9))
				n.Outputs(values[len(values)-1])
				var outputs [2][]float32
				var calls [2]int
				x := n.spread(1)[0]
				for i, v := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.Copysign(0, -1)), 1e30, -1e30} {
					x[0][7*i] = v
				}
				for i, keep := range [][]graph.ValueID{nil, values} {
					r, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Keep: keep})
					if err != nil {
						t.Fatal(err)
					}
					defer r.Close()
					if err := r.Run(t.Context(), x...); err != nil {
						t.Fatal(err)
					}
					outputs[i], calls[i] = r.Output(0), r.Stats().Calls
				}
				for i, got := range outputs[0] {
					want := outputs[1][i]
					if math.Float32bits(got) != math.Float32bits(want) && !(got != got && want != want) {
						t.Fatalf("element %d of input %v: %v, step by step %v", i, x[0][i], got, want)
					}
				}
				if calls[0] >= calls[1] {
					t.Errorf("%d calls, step by step %d", calls[0], calls[1])
				}
			})
		}
	}
}
