package exec_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/graphtest"
	"github.com/quantscope/quantscope/quant/scheme"
)

// producer is an operator that makes a value for a follower to work on, element by element.
type producer struct {
	name  string
	build func(n *network, in func(shape ...int) graph.ValueID) graph.ValueID
}

// follower is an operator that works element by element.
type follower struct {
	name  string
	build func(n *network, x graph.ValueID) graph.ValueID
}

// inPlane is an input of six channels; inRow one of three rows.
var inPlane, inRow = []int{1, 6, 5, 4}, []int{3, 10}

// producers are the operators there are, each in every form that is lowered in another way.
func producers() []producer {
	var all []producer
	add := func(name string, build func(n *network, in func(shape ...int) graph.ValueID) graph.ValueID) {
		all = append(all, producer{name, build})
	}
	of := func(name string, op graph.Op, shapes ...[]int) {
		add(name, func(n *network, in func(...int) graph.ValueID) graph.ValueID {
			var inputs []graph.ValueID
			for _, s := range shapes {
				inputs = append(inputs, in(s...))
			}
			return n.node(op, inputs...)
		})
	}
	conv := func(name string, out int, op graph.Conv, bias float32) {
		add(name, func(n *network, in func(...int) graph.ValueID) graph.ValueID {
			return n.conv(in(inPlane...), out, op, bias, n.perChannel)
		})
	}
	conv("conv", 7, kernel(3, 1, 1, 1), 1)
	conv("conv 1x1 without bias", 7, kernel(1, 1, 0, 1), 0)
	conv("depthwise conv", 6, kernel(3, 1, 1, 6), 1)
	conv("grouped conv", 8, kernel(3, 1, 1, 2), 1)
	for _, group := range []int{1, 6} {
		add(fmt.Sprint("transposed conv in groups of ", group), func(n *network, in func(...int) graph.ValueID) graph.ValueID {
			op := graph.ConvTranspose{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: []int{1, 1, 1, 1}, Group: group, OutputPadding: []int{0, 0}}
			w := n.channels(n.Random("up", 6, 6/group, 3, 3), 1, 1./127, []int32{0}, -128, 127)
			return n.node(op, in(inPlane...), w)
		})
	}
	add("gemm", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.node(graph.Gemm{Alpha: 1, Beta: 1, TransB: true}, in(inRow...), n.perChannel(n.Random("w", 7, 10)), n.Random("b", 7))
	})
	add("matmul", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.node(graph.MatMul{}, in(2, 3, 10), n.perTensor(n.Random("w", 10, 6)))
	})
	add("matmul of four dimensions", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.node(graph.MatMul{}, in(2, 3, 4, 10), n.perTensor(n.Random("w", 10, 6)))
	})
	of("matmul of two activations", graph.MatMul{}, []int{2, 3, 10}, []int{2, 10, 4})
	for _, op := range []graph.Op{graph.Add{}, graph.Sub{}, graph.Mul{}} {
		of(op.Type(), op, inPlane, inPlane)
		of(op.Type()+" of a number for each channel", op, inPlane, []int{1, 6, 1, 1})
		of(op.Type()+" of rows", op, inRow, inRow)
		add(op.Type()+" of a constant", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
			return n.node(op, in(inPlane...), n.Random("c", 1, 6, 1, 1))
		})
	}
	add("Div", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.node(graph.Div{}, in(inPlane...), n.Positive("d", 1, 6, 1, 1))
	})
	add("Pow", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.node(graph.Pow{}, in(inPlane...), n.Const("two", []float32{2}))
	})
	one := []int{1, 1}
	of("max pool", graph.MaxPool{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: one, Pads: []int{1, 1, 1, 1}}, inPlane)
	of("average pool", graph.AveragePool{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: one, Pads: []int{1, 1, 1, 1}, IncludePad: true}, inPlane)
	of("global average pool", graph.GlobalAveragePool{}, inPlane)
	of("global max pool", graph.GlobalMaxPool{}, inPlane)
	of("concat of channels", graph.Concat{Axis: 1}, inPlane, []int{1, 3, 5, 4})
	of("concat of rows", graph.Concat{Axis: 2}, inPlane, inPlane)
	of("reshape", graph.Reshape{Shape: []int{1, 120}}, inPlane)
	of("reshape of a row", graph.Reshape{Shape: []int{1, 3, 5, 2}}, inRow)
	of("transpose", graph.Transpose{Perm: []int{0, 2, 3, 1}}, inPlane)
	of("slice", graph.Slice{Starts: []int{0, 1, 0, 1}, Steps: []int{1, 2, 1, 1}, Sizes: []int{1, 2, 5, 3}}, inPlane)
	add("split, of which one part is read", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		y := n.node(graph.Split{Axis: 1, Sizes: []int{2, 4}}, in(inPlane...))
		last := &n.Graph.Nodes[len(n.Graph.Nodes)-1]
		last.Outputs = append(last.Outputs, graph.ValueID(len(n.Graph.Values)))
		n.Graph.Values = append(n.Graph.Values, graph.Value{Name: "rest", Shape: []int{1, 4, 5, 4}})
		return y
	})
	add("split, joined the other way round", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		a := n.node(graph.Split{Axis: 1, Sizes: []int{2, 4}}, in(inPlane...))
		last, b := &n.Graph.Nodes[len(n.Graph.Nodes)-1], graph.ValueID(len(n.Graph.Values))
		last.Outputs = append(last.Outputs, b)
		n.Graph.Values = append(n.Graph.Values, graph.Value{Name: "rest", Shape: []int{1, 4, 5, 4}})
		return n.node(graph.Concat{Axis: 1}, b, a)
	})
	of("pad with a number", graph.Pad{Value: 0.3, Before: []int{0, 1, 1, 2}, After: []int{0, 0, 2, 1}}, inPlane)
	of("pad by reflection", graph.Pad{Mode: graph.PadReflect, Before: []int{0, 0, 1, 2}, After: []int{0, 0, 2, 1}}, inPlane)
	of("gather of rows", graph.Gather{Axis: 0, Indices: []int{2, 0}, Shape: []int{2}}, inRow)
	of("resize to the nearest by fractions", graph.Resize{Mode: graph.ResizeNearest, Coord: graph.HalfPixel, Nearest: graph.RoundPreferFloor, Scale: [2]float32{1.8, 1.75}, Out: [2]int{9, 7}}, inPlane)
	of("pad", graph.Pad{Before: []int{0, 0, 1, 2}, After: []int{0, 0, 2, 1}}, inPlane)
	of("pad of the edge", graph.Pad{Mode: graph.PadEdge, Before: []int{0, 0, 1, 2}, After: []int{0, 0, 2, 1}}, inPlane)
	of("resize to the nearest", graph.Resize{Mode: graph.ResizeNearest, Coord: graph.Asymmetric, Nearest: graph.NearestFloor, Scale: [2]float32{2, 2}, Out: [2]int{10, 8}}, inPlane)
	of("resize by lines", graph.Resize{Mode: graph.ResizeLinear, Coord: graph.HalfPixel, Scale: [2]float32{1.8, 1.75}, Out: [2]int{9, 7}}, inPlane)
	of("softmax", graph.Softmax{Axis: 1}, inRow)
	of("softmax of channels", graph.Softmax{Axis: 1}, inPlane)
	add("layer norm", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.node(graph.LayerNormalization{Axis: 1, Epsilon: 1e-3}, in(inRow...), n.Random("g", 10), n.Random("b", 10))
	})
	add("layer norm without bias", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.node(graph.LayerNormalization{Axis: 1, Epsilon: 1e-3}, in(inRow...), n.Random("g", 10))
	})
	add("instance norm", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.node(graph.InstanceNormalization{Epsilon: 1e-3}, in(inPlane...), n.Random("g", 6), n.Random("b", 6))
	})
	of("lrn", graph.LRN{Size: 3, Alpha: 0.3, Beta: 0.75, Bias: 2}, inPlane)
	add("batch norm", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.BatchNorm("norm", in(inPlane...))
	})
	add("batch norm of a sequence", func(n *network, in func(...int) graph.ValueID) graph.ValueID {
		return n.BatchNorm("norm", in(2, 6, 5))
	})
	for _, op := range []graph.Op{
		graph.ReduceMean{Axes: []int{2, 3}, KeepDims: true}, graph.ReduceSum{Axes: []int{1}, KeepDims: true},
		graph.ReduceMax{Axes: []int{3}}, graph.ReduceMin{Axes: []int{1}},
	} {
		of(op.Type(), op, inPlane)
	}
	of("depth to space", graph.DepthToSpace{Block: 2}, []int{1, 8, 3, 2})
	of("depth to space of a batch, channel by channel", graph.DepthToSpace{Block: 2, Inner: true}, []int{2, 12, 3, 2})
	of("space to depth of a batch", graph.SpaceToDepth{Block: 2}, []int{2, 3, 4, 6})
	of("space to depth", graph.SpaceToDepth{Block: 2}, []int{1, 3, 4, 2})
	of("gather", graph.Gather{Axis: 1, Indices: []int{3, 0, 5, 3}, Shape: []int{4}}, inPlane)
	of("expand", graph.Expand{Shape: []int{2, 6, 5, 4}}, inPlane)
	for _, f := range followers() {
		add("first "+f.name, func(n *network, in func(...int) graph.ValueID) graph.ValueID { return f.build(n, in(inPlane...)) })
	}
	add("nothing", func(n *network, in func(...int) graph.ValueID) graph.ValueID { return in(inPlane...) })
	return all
}

// followers are the operators that work element by element.
func followers() []follower {
	var all []follower
	for _, op := range []graph.Op{
		graph.Relu{}, graph.Clip{Lo: 0, Hi: 6}, graph.Clip{Lo: -0.4, Hi: 0.7}, graph.LeakyRelu{Alpha: 0.1}, graph.Sigmoid{}, graph.SiLU{},
		graph.HardSigmoid{Alpha: 0.2, Beta: 0.5}, graph.HardSwish{}, graph.Tanh{}, graph.Elu{Alpha: 1}, graph.Softplus{}, graph.Mish{},
		graph.Gelu{}, graph.Gelu{Tanh: true}, graph.Exp{}, graph.Abs{}, graph.Neg{}, graph.Sign{}, graph.Floor{}, graph.Ceil{}, graph.Round{},
		graph.Erf{},
	} {
		all = append(all, follower{fmt.Sprintf("%s %+v", op.Type(), op), func(n *network, x graph.ValueID) graph.ValueID { return n.node(op, x) }})
	}
	return append(all,
		follower{"Sqrt of a square", func(n *network, x graph.ValueID) graph.ValueID {
			return n.node(graph.Sqrt{}, n.node(graph.Relu{}, x)) // of a negative number it is none
		}},
		follower{"Log of a positive number", func(n *network, x graph.ValueID) graph.ValueID {
			return n.node(graph.Log{}, n.node(graph.Clip{Lo: 0.1, Hi: 3}, x))
		}},
		follower{"BatchNormalization", func(n *network, x graph.ValueID) graph.ValueID {
			if len(n.Graph.Values[x].Shape) < 2 {
				return n.node(graph.Relu{}, x)
			}
			return n.BatchNorm(fmt.Sprint("bn", len(n.Graph.Nodes)), x)
		}},
		follower{"PRelu of each channel", func(n *network, x graph.ValueID) graph.ValueID {
			slope := []int{n.Graph.Values[x].Shape[1]}
			for range len(n.Graph.Values[x].Shape) - 2 {
				slope = append(slope, 1)
			}
			return n.node(graph.PRelu{}, x, n.Random(fmt.Sprint("slope", len(n.Graph.Nodes)), slope...))
		}},
		follower{"PRelu of one number", func(n *network, x graph.ValueID) graph.ValueID {
			return n.node(graph.PRelu{}, x, n.Const(fmt.Sprint("slope", len(n.Graph.Nodes)), []float32{0.2}, 1))
		}},
	)
}

// TestEveryFunctionFollows holds that no function of single numbers is forgotten among the followers.
func TestEveryFunctionFollows(t *testing.T) {
	others := []string{
		"Not", "Cast", "Within", // read or make truth values and integers, which have no quantizers
		"NormalCDF", // stands in steps of training only
	}
	n := &network{Builder: graphtest.New(t), t: t}
	for _, f := range followers() {
		f.build(n, n.Input("x", inPlane...))
	}
	for name, integers := range lower.Forms() {
		follows := slices.ContainsFunc(n.Graph.Nodes, func(n graph.Node) bool { return n.Op.Type() == name })
		if integers == plan.Function && !follows && !slices.Contains(others, name) {
			t.Errorf("%s is not a follower of TestPairs", name)
		}
	}
}

// places are the ways in which quantizers may sit around a pair: at the inputs, between and behind.
var places = []struct {
	name                string
	in, between, behind bool
}{
	{"quantized everywhere", true, true, true},
	{"between not quantized", true, false, true},
	{"end in floats", true, true, false},
	{"input in floats", false, true, true},
	{"input only", true, false, false},
}

// continuous are the followers that make little of a little difference: no step.
func continuous() []follower {
	return slices.DeleteFunc(followers(), func(f follower) bool {
		return slices.Contains([]string{"Sign", "Floor", "Ceil", "Round"}, strings.Fields(f.name)[0])
	})
}

// pairs is a network of a producer with each of the followers behind and quantizers in all places, side by side.
func pairs(t *testing.T, p producer, behind []follower) *network {
	n := &network{Builder: graphtest.New(t), t: t}
	var outputs []graph.ValueID
	for _, f := range behind {
		for i, at := range places {
			n.rule = []scheme.Rule{scheme.PyTorch, scheme.ONNX}[i%2]
			nodes, values := len(n.Graph.Nodes), len(n.Graph.Values)
			y := p.build(n, func(shape ...int) graph.ValueID {
				x := n.Input("x", shape...)
				if at.in {
					n.u8(x, 1./32, int32(120-i))
				}
				return x
			})
			if at.between && len(n.Graph.Nodes) > nodes {
				n.u8(y, 0.043, 118)
			}
			y = f.build(n, y)
			if at.behind {
				n.u8(y, 0.037, 101)
			}
			outputs = append(outputs, y)
			for i := range n.Graph.Nodes[nodes:] {
				n.Graph.Nodes[nodes+i].Name = f.name + ", " + at.name + ": " + n.Graph.Nodes[nodes+i].Name
			}
			for i := range n.Graph.Values[values:] {
				n.Graph.Values[values+i].Name = f.name + ", " + at.name + ": " + n.Graph.Values[values+i].Name
			}
		}
	}
	n.Outputs(outputs...)
	return n
}

// TestPairs runs every operator with every operator that works element by element behind it, with
// quantizers in all places: on floats and fake-quantized it is what the nodes give one by one, on
// integers what spec §8 says, whatever is kept; and being next to each other changes neither's form.
func TestPairs(t *testing.T) {
	for _, p := range producers() {
		t.Run(p.name, func(t *testing.T) {
			n := pairs(t, p, followers())
			items := n.spread(2)
			t.Run("integer", func(t *testing.T) { n.in(t).check(items...) })
			t.Run("float", func(t *testing.T) { n.in(t).checkFloat(nil, items...) })
			t.Run("simulated", func(t *testing.T) { n.in(t).checkFloat(n.quants, items...) })
			t.Run("forms", func(t *testing.T) { n.in(t).checkForms() })
		})
	}
}

// in is the network for a part of its test.
func (n *network) in(t *testing.T) *network {
	c := *n
	c.t = t
	return &c
}

// checkFloat runs the network on floats, fake-quantized by quants, whole and a node at a time.
func (n *network) checkFloat(quants []graph.Quantizer, items ...[][]float32) {
	n.t.Helper()
	g := graph.Quantize(n.Graph, quants).Graph
	whole, err := exec.New(n.t.Context(), g, exec.Config{Pool: exec.Compiled})
	if err != nil {
		n.t.Fatal(err)
	}
	defer whole.Close()
	keep := n.keepable(quants)
	kept, err := exec.New(n.t.Context(), g, exec.Config{Pool: exec.Compiled, Keep: keep, Observe: keep})
	if err != nil {
		n.t.Fatal(err)
	}
	defer kept.Close()
	alone := newReference(n.t, n.Graph, quants)
	for _, item := range items {
		alone.oneByOne(item)
		for _, r := range []*exec.Runner{whole, kept} {
			if err := r.Run(n.t.Context(), item...); err != nil {
				n.t.Fatal(err)
			}
			for i, v := range n.Graph.Outputs {
				n.same("output "+n.Graph.Values[v].Name, r.Output(i), alone.values[v].x, nil)
			}
		}
		for _, v := range keep {
			n.same("kept "+n.Graph.Values[v].Name, kept.Value(v), alone.values[v].x, nil)
		}
	}
}

// keepable are the values of nodes but for those that a BatchNormalization is folded into.
func (n *network) keepable(quants []graph.Quantizer) []graph.ValueID {
	var keep []graph.ValueID
	quantized := func(v graph.ValueID) bool {
		return slices.ContainsFunc(quants, func(q graph.Quantizer) bool { return q.Value == v })
	}
	for i, node := range n.Graph.Nodes {
		switch node.Op.(type) {
		case graph.Conv, graph.ConvTranspose:
			if _, ok := n.Graph.Nodes[min(i+1, len(n.Graph.Nodes)-1)].Op.(graph.BatchNormalization); ok && !quantized(node.Outputs[0]) {
				continue
			}
		}
		keep = append(keep, node.Outputs[0])
	}
	return keep
}

// oneByOne computes every value of the network, its nodes run each on its own on floats and the quantizers
// applied by the scheme.
func (r *reference) oneByOne(item [][]float32) {
	r.t.Helper()
	r.values = make([]tensor, len(r.g.Values))
	settle := func(v graph.ValueID, y tensor) {
		r.values[v].x = slices.Clone(y.x)
		for _, q := range r.quants {
			if q.Value == v {
				q.Params.FakeQuantize(r.values[v].x, r.values[v].x, r.g.Values[v].Shape, q.Rule)
			}
		}
	}
	for i, v := range r.g.Inputs {
		settle(v, tensor{x: item[i]})
	}
	folded := map[int]bool{}
	for _, level := range r.levels() {
		var groups [][]graph.Node
		for _, i := range level {
			nodes := []graph.Node{r.g.Nodes[i]}
			if bn, ok := r.foldable(nodes[0]); ok {
				folded[bn] = true
				nodes = append(nodes, r.g.Nodes[bn])
			}
			if !folded[i] {
				groups = append(groups, nodes)
			}
		}
		r.float(groups, settle)
	}
}

// checkForms holds that each node runs on integers if it would by itself, its inputs and output
// quantized as they are here, and that what is called integer has calls of the integer kernels only.
func (n *network) checkForms() {
	t := n.t
	t.Helper()
	r, err := exec.New(t.Context(), n.quantized(), exec.Config{Pool: exec.Compiled, Integer: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	forms := n.forms(r)
	timings, err := r.Profile(1)
	if err != nil {
		t.Fatal(err)
	}
	codes := exec.Codes(n.quantized())
	alone := n.alone(codes)
	for i, node := range n.Graph.Nodes {
		if !forms[i].Integer && forms[i].Why == "" {
			t.Errorf("%s runs on floats, nobody says why", node.Name)
		}
		if codes[node.Outputs[0]] == nil || codes[node.Inputs[0]] == nil {
			continue // alone it need not be what it is here, with codes that go through it
		}
		if alone[i].Integer && !forms[i].Integer {
			t.Errorf("%s runs on integers alone, here not: %s", node.Name, forms[i].Why)
		}
	}
	for _, c := range timings {
		i := slices.IndexFunc(n.Graph.Nodes, func(node graph.Node) bool { return node.Name == c.Node })
		if i >= 0 && forms[i].Integer && !onIntegers(c.Kernel, codes[n.Graph.Nodes[i].Outputs[0]] == nil) {
			t.Errorf("%s is called integer and runs %v", c.Node, c.Kernel)
		}
	}
}

// alone is the form of each node in a network where no other reads what it makes.
func (n *network) alone(codes []*exec.Quant) []exec.Form {
	n.t.Helper()
	g := &graph.Graph{Values: slices.Clone(n.Graph.Values)}
	quants := slices.DeleteFunc(slices.Clone(n.quants), func(q graph.Quantizer) bool { return n.Graph.Values[q.Value].Const == nil })
	place := func(v, as graph.ValueID) {
		if codes[v] != nil {
			q := codes[v].Quantizer
			q.Value = as
			quants = append(quants, q)
		}
	}
	for _, node := range n.Graph.Nodes {
		node.Inputs = slices.Clone(node.Inputs)
		for i, v := range node.Inputs {
			if v != graph.None && g.Values[v].Const == nil {
				node.Inputs[i] = graph.ValueID(len(g.Values))
				g.Values = append(g.Values, g.Values[v])
				g.Inputs = append(g.Inputs, node.Inputs[i])
				place(v, node.Inputs[i])
			}
		}
		place(node.Outputs[0], node.Outputs[0])
		g.Outputs = append(g.Outputs, node.Outputs[0])
		g.Nodes = append(g.Nodes, node)
	}
	q := graph.Quantize(g, quants)
	r, err := exec.New(n.t.Context(), q.Graph, exec.Config{Pool: exec.Compiled, Integer: true})
	if err != nil {
		n.t.Fatal(err)
	}
	defer r.Close()
	return graph.OfNodes(q, r.Forms())
}

// onIntegers reports whether a kernel computes on codes. One that leaves floats may have floats behind it.
func onIntegers(k call.ID, floats bool) bool {
	return floats || k >= call.Q8GEMM && k != call.Q8Quantize && k != call.Q8Dequantize
}
