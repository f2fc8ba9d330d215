package exec_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestRandomIntegers holds the integer engine to spec §8 on networks of random operators with random
// quantizers, calibrated on their inputs.
func TestRandomIntegers(t *testing.T) {
	for seed := range uint64(80) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 81))
			n := &network{Builder: graphtest.New(t), t: t, rule: []scheme.Rule{scheme.PyTorch, scheme.ONNX}[seed%2]}
			n.grow(r)
			items := n.spread(2)
			n.calibrate(r, items)
			n.check(items...)
		})
	}
}

// grow adds a dozen random nodes; what nothing reads are the outputs.
func (n *network) grow(r *rand.Rand) {
	values := []graph.ValueID{n.Input("x0", 1, 3+r.IntN(14), 5+r.IntN(4), 5+r.IntN(4))}
	pick := func() graph.ValueID {
		if r.IntN(3) > 0 {
			return values[len(values)-1]
		}
		return values[r.IntN(len(values))]
	}
	add := func(v graph.ValueID) { values = append(values, v) }
	shape := func(v graph.ValueID) []int { return n.Graph.Values[v].Shape }
	one := []int{1, 1}
	for range 4 + r.IntN(10) {
		x := pick()
		switch c := shape(x)[1]; r.IntN(12) {
		case 0, 1, 2:
			op := kernel([]int{1, 3}[r.IntN(2)], 1+r.IntN(2), r.IntN(2), 1)
			if shape(x)[2] < 3 || shape(x)[3] < 3 {
				op = kernel(1, 1, 0, 1)
			}
			add(n.conv(x, 1+r.IntN(20), op, float32(r.IntN(2)), n.weights(r, 0, true)))
			if r.IntN(3) == 0 {
				add(n.BatchNorm(fmt.Sprint("bn", len(n.Graph.Nodes)), values[len(values)-1]))
			}
		case 3:
			if c > 1 && shape(x)[2] > 2 && shape(x)[3] > 2 {
				add(n.conv(x, c, kernel(3, 1+r.IntN(2), 1, c), float32(r.IntN(2)), n.weights(r, 0, false)))
			}
		case 4, 5, 6:
			ops := []graph.Op{graph.Relu{}, graph.Relu{}, graph.Clip{Lo: -0.3, Hi: 1.5}, graph.SiLU{}, graph.Sigmoid{}, graph.HardSwish{}, graph.Tanh{}}
			add(n.node(ops[r.IntN(len(ops))], x))
		case 7, 8:
			ops := []graph.Op{graph.Add{}, graph.Mul{}}
			other := pick()
			if s := shape(other); s[1] != c || s[2] != shape(x)[2] || s[3] != shape(x)[3] {
				other = x
			}
			if r.IntN(2) == 0 {
				other = n.node(graph.Sigmoid{}, other)
			}
			add(n.node(ops[r.IntN(2)], x, other))
		case 9:
			parts := []graph.ValueID{x}
			for _, v := range values {
				if s := shape(v); v != x && s[2] == shape(x)[2] && s[3] == shape(x)[3] && len(parts) < 4 {
					parts = append(parts, v)
				}
			}
			add(n.node(graph.Concat{Axis: 1}, parts...))
		case 10:
			if shape(x)[2] > 1 && shape(x)[3] > 1 {
				pads := []int{r.IntN(2), r.IntN(2), r.IntN(2), r.IntN(2)}
				if r.IntN(2) == 0 {
					add(n.node(graph.MaxPool{Kernel: []int{2, 2}, Strides: []int{1, 2}, Dilations: one, Pads: pads}, x))
				} else {
					add(n.node(graph.AveragePool{Kernel: []int{2, 2}, Strides: []int{2, 1}, Dilations: one, Pads: pads, IncludePad: r.IntN(2) == 0}, x))
				}
			}
		case 11:
			pooled := n.node(graph.GlobalAveragePool{}, x)
			add(n.node(graph.Mul{}, x, n.node(graph.Sigmoid{}, pooled)))
		}
	}
	n.Outputs(n.loose()...)
}

// loose are the values of nodes that nothing reads.
func (n *network) loose() []graph.ValueID {
	consumers := n.Graph.Consumers()
	var loose []graph.ValueID
	for _, node := range n.Graph.Nodes {
		if len(consumers[node.Outputs[0]]) == 0 {
			loose = append(loose, node.Outputs[0])
		}
	}
	return loose
}

// weights quantizes a constant as one of the configurations does.
func (n *network) weights(r *rand.Rand, axis int, oneZero bool) func(graph.ValueID) graph.ValueID {
	return func(v graph.ValueID) graph.ValueID {
		switch r.IntN(4) {
		case 0:
			return n.perTensor(v)
		case 1:
			zeros := []int32{3, 250, 128}
			if oneZero {
				zeros = []int32{99}
			}
			return n.channels(v, axis, 2./255, zeros, 0, 255)
		case 2:
			return n.channels(v, axis, 1./7, []int32{0}, -8, 7)
		}
		return n.perChannel(v)
	}
}

// calibrate quantizes most activations to the range that they have on the items.
func (n *network) calibrate(r *rand.Rand, items [][][]float32) {
	n.t.Helper()
	seen := slices.Clone(n.Graph.Inputs)
	for _, node := range n.Graph.Nodes {
		seen = append(seen, node.Outputs[0])
	}
	e, err := exec.New(n.t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Observe: seen})
	if err != nil {
		n.t.Fatal(err)
	}
	defer e.Close()
	if err := e.Run(n.t.Context(), items[0]...); err != nil {
		n.t.Fatal(err)
	}
	for _, v := range seen {
		lo, hi := e.Range(v)
		lo, hi = min(lo, 0), max(hi, 0)
		switch r.IntN(8) {
		case 0, 1: // stays float
		case 2:
			n.quantize(v, max(-lo, hi, 1e-6)/127, 0, -127, 127)
		case 3:
			n.quantize(v, max(hi-lo, 1e-6)/15, int32(-lo/max(hi-lo, 1e-6)*15), 0, 15)
		case 4:
			n.quantize(v, max(hi-lo, 1e-6)/65535, int32(-lo/max(hi-lo, 1e-6)*65535), 0, 65535)
		default:
			n.u8(v, max(hi-lo, 1e-6)/255, int32(-lo/max(hi-lo, 1e-6)*255))
		}
	}
}
