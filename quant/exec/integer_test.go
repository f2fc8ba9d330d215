package exec_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// network is a small network with its quantizers in the making.
type network struct {
	*graphtest.Builder
	t      *testing.T
	quants []graph.Quantizer
	rule   scheme.Rule
}

// quantized is the network with its quantizers.
func (n *network) quantized() *graph.Graph { return graph.Quantize(n.Graph, n.quants).Graph }

// ends are those of its nodes when it is quantized.
func (n *network) ends() []graph.ValueID {
	q := graph.Quantize(n.Graph, n.quants)
	return graph.OfNodes(q, exec.Ends(q.Graph))
}

// forms are those of its nodes in r, a run of it quantized.
func (n *network) forms(r *exec.Runner) []exec.Form {
	return graph.OfNodes(graph.Quantize(n.Graph, n.quants), r.Forms())
}

// quantize puts one scale and zero point on v.
func (n *network) quantize(v graph.ValueID, scale float32, zero, lo, hi int32) graph.ValueID {
	n.quants = append(n.quants, graph.Quantizer{Value: v, FakeQuantize: graph.FakeQuantize{Rule: n.rule, Params: scheme.QParams{
		Scale: []float32{scale}, ZeroPoint: []int32{zero}, QMin: lo, QMax: hi, Axis: -1,
	}}})
	return v
}

// u8 quantizes v with unsigned codes.
func (n *network) u8(v graph.ValueID, scale float32, zero int32) graph.ValueID {
	return n.quantize(v, scale, zero, 0, 255)
}

// channels quantizes a constant with a scale for each channel along axis, each a power of 1.1 of the
// first, and the zero points given.
func (n *network) channels(v graph.ValueID, axis int, scale float32, zeros []int32, lo, hi int32) graph.ValueID {
	p := scheme.QParams{QMin: lo, QMax: hi, Axis: axis}
	for i := range n.Graph.Values[v].Shape[axis] {
		p.Scale = append(p.Scale, scale)
		p.ZeroPoint = append(p.ZeroPoint, zeros[i%len(zeros)])
		scale *= 1.1
	}
	n.quants = append(n.quants, graph.Quantizer{Value: v, FakeQuantize: graph.FakeQuantize{Params: p, Rule: n.rule}})
	return v
}

// perChannel is what config1 does to weights.
func (n *network) perChannel(v graph.ValueID) graph.ValueID {
	return n.channels(v, 0, 1./127, []int32{0}, -128, 127)
}

// perTensor is what config2 does to weights.
func (n *network) perTensor(v graph.ValueID) graph.ValueID {
	return n.quantize(v, 2./255, 131, 0, 255)
}

// conv adds a convolution with random weights, quantized by weights, and a bias unless bias is 0.
func (n *network) conv(x graph.ValueID, out int, op graph.Conv, bias float32, weights func(graph.ValueID) graph.ValueID) graph.ValueID {
	k := len(n.Graph.Nodes)
	in := n.Graph.Values[x].Shape[1]
	inputs := []graph.ValueID{x, weights(n.Random(fmt.Sprint("w", k), out, in/op.Group, op.Kernel[0], op.Kernel[1]))}
	if bias != 0 {
		b := n.Random(fmt.Sprint("b", k), out)
		for i := range n.Graph.Values[b].Const.F {
			n.Graph.Values[b].Const.F[i] *= bias
		}
		inputs = append(inputs, b)
	}
	return n.Node(fmt.Sprint("conv", k), op, inputs...)
}

func (n *network) node(op graph.Op, inputs ...graph.ValueID) graph.ValueID {
	return n.Node(fmt.Sprint(op.Type(), len(n.Graph.Nodes)), op, inputs...)
}

// kernel is a convolution of k×k with stride s and p pixels of padding.
func kernel(k, s, p, group int) graph.Conv {
	return graph.Conv{Kernel: []int{k, k}, Strides: []int{s, s}, Dilations: []int{1, 1}, Pads: []int{p, p, p, p}, Group: group}
}

// check runs the network on the engine and on the reference: every value that the plan can keep, and the
// outputs, must be the same numbers, whether values are kept or not.
func (n *network) check(items ...[][]float32) {
	t := n.t
	t.Helper()
	ref := newReference(t, n.Graph, n.quants)
	var keep []graph.ValueID
	for _, v := range n.ends() {
		if !slices.Contains(keep, v) {
			keep = append(keep, v)
		}
	}
	all, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true, Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	plain, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	for _, item := range items {
		ref.run(item...)
		if err := all.Run(t.Context(), item...); err != nil {
			t.Fatal(err)
		}
		if err := plain.Run(t.Context(), item...); err != nil {
			t.Fatal(err)
		}
		for _, v := range keep {
			if ref.of[v] == nil || ref.placed[v] { // what is kept does not get the codes of what it moves into
				n.same(n.Graph.Values[v].Name, all.Value(v), ref.values[v].x, ref.of[v])
			}
		}
		for i, v := range n.Graph.Outputs {
			n.same("output "+n.Graph.Values[v].Name, plain.Output(i), ref.values[v].x, ref.of[v])
		}
	}
}

// same compares numbers bit for bit, those of quantized values being codes times a scale.
func (n *network) same(what string, got, want []float32, q *graph.Quantizer) {
	n.t.Helper()
	if len(got) != len(want) {
		n.t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	differ := 0
	for i := range got {
		if got[i] == want[i] || got[i] != got[i] && want[i] != want[i] {
			continue
		}
		if differ++; differ == 1 {
			n.t.Errorf("%s[%d] is %v, want %v", what, i, got[i], want[i])
			if q != nil {
				n.t.Logf("codes %v and %v", got[i]/q.Params.Scale[0], want[i]/q.Params.Scale[0])
			}
		}
	}
	if differ > 0 {
		n.t.Errorf("%s: %d of %d differ", what, differ, len(got))
	}
}

// spread gives items that reach the ends of the codes, ties among them.
func (n *network) spread(items int) [][][]float32 {
	r := rand.New(rand.NewPCG(71, 72))
	out := make([][][]float32, items)
	for i := range out {
		for _, v := range n.Graph.Inputs {
			x := make([]float32, graph.Len(n.Graph.Values[v].Shape))
			for k := range x {
				x[k] = float32(r.NormFloat64()) * [...]float32{0.3, 1, 4}[i%3]
				if r.IntN(8) == 0 {
					x[k] = float32(math.Round(float64(x[k])*32)+0.5) / 32
				}
			}
			out[i] = append(out[i], x)
		}
	}
	return out
}

// TestIntegers holds the integer engine to spec §8 on small networks, under both rules.
func TestIntegers(t *testing.T) {
	for _, c := range integerCases() {
		for _, rule := range []scheme.Rule{scheme.PyTorch, scheme.ONNX} {
			t.Run(c.name+"/"+string(rule), func(t *testing.T) {
				n := &network{Builder: graphtest.New(t), t: t, rule: rule}
				n.Outputs(c.build(n)...)
				n.check(n.spread(3)...)
			})
		}
	}
}

// TestZeroChannel: a channel whose weights are all zero is its bias, though the least of scales, which
// observers give it, leaves no room for one.
func TestZeroChannel(t *testing.T) {
	n := &network{Builder: graphtest.New(t), t: t, rule: scheme.ONNX}
	w := n.Random("w", 3, 8)
	clear(n.Graph.Values[w].Const.F[8:16])
	n.perChannel(w)
	n.quants[0].Params.Scale[1] = 1.1920929e-7
	x := n.u8(n.Input("x", 1, 8), 1./32, 120)
	n.Outputs(n.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, x, w, n.Const("b", []float32{1, -7.25, 3}, 3)))
	r, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Run(t.Context(), n.spread(1)[0]...); err != nil {
		t.Fatal(err)
	}
	if got := r.Output(0)[1]; got != -7.25 || !n.forms(r)[0].Integer || n.forms(r)[0].Why != "" {
		t.Errorf("%v, %+v", got, n.forms(r)[0])
	}
}
