package onnx

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
)

// info describes a float tensor; dimension 0 of a negative size is symbolic.
func info(name string, dims ...int64) ValueInfo {
	v := ValueInfo{Name: name, Known: true, ElemType: Float, HasShape: true}
	for _, d := range dims {
		if d < 0 {
			v.Dims = append(v.Dims, Dim{Param: fmt.Sprintf("d%d", -d)})
		} else {
			v.Dims = append(v.Dims, Dim{Value: d, Set: true})
		}
	}
	return v
}

// node is an ONNX node; inputs and outputs are lists separated by blanks, "_" an absent one.
func node(op, inputs, outputs string, attrs ...Attr) Node {
	list := func(s string) []string {
		names := strings.Fields(s)
		for i, n := range names {
			if n == "_" {
				names[i] = ""
			}
		}
		return names
	}
	return Node{OpType: op, Inputs: list(inputs), Outputs: list(outputs), Attrs: attrs}
}

// model has input x of shape [2,3,8,8], output y, and initializers.
func model(opset int64, nodes []Node, initializers ...Tensor) *Model {
	return &Model{IRVersion: 8, Opsets: []Opset{{Version: opset}}, Graph: &Graph{
		Name: "g", Nodes: nodes, Initializers: initializers,
		Inputs: []ValueInfo{info("x", 2, 3, 8, 8)}, Outputs: []ValueInfo{{Name: "y"}},
	}}
}

func ints(name string, v ...int64) Tensor {
	return FromInts(name, Int64, []int64{int64(len(v))}, v)
}

func reals(name string, v ...float32) Tensor {
	return FromFloats(name, []int64{int64(len(v))}, v)
}

// TestToGraphErrors has what ToGraph refuses, and that it says what and where.
func TestToGraphErrors(t *testing.T) {
	relu := []Node{node("Relu", "x", "y")}
	for name, c := range map[string]struct {
		change func(*Model)
		want   []string
	}{
		"old opset":        {func(m *Model) { m.Opsets[0].Version = 5 }, []string{"opset 5", "6 to 25"}},
		"new opset":        {func(m *Model) { m.Opsets[0].Version = 26 }, []string{"opset 26"}},
		"no opset":         {func(m *Model) { m.Opsets[0].Domain = "com.microsoft" }, []string{"no opset"}},
		"foreign domain":   {func(m *Model) { m.Graph.Nodes[0].Domain = "com.microsoft" }, []string{`"Relu_y"`, "com.microsoft"}},
		"unknown operator": {func(m *Model) { m.Graph.Nodes[0].OpType = "StringSplit" }, []string{`"StringSplit_y" (StringSplit)`, "not supported", "cut the network before this node"}},
		"unknown attribute": {func(m *Model) { m.Graph.Nodes[0].Attrs = []Attr{Int("slope", 1)} },
			[]string{`"Relu_y" (Relu)`, `"slope"`}},
		"wrong attribute": {func(m *Model) {
			m.Graph.Nodes = []Node{node("LeakyRelu", "x", "y", Int("alpha", 1))}
		}, []string{"LeakyRelu", `"alpha" has type 2`}},
		"missing tensor": {func(m *Model) { m.Graph.Nodes[0].Inputs[0] = "z" }, []string{`"Relu_y" (Relu)`, `"z"`}},
		"absent input":   {func(m *Model) { m.Graph.Nodes[0].Inputs[0] = "" }, []string{`"Relu_y" (Relu)`, "input 0 is missing"}},
		"no inputs":      {func(m *Model) { m.Graph.Nodes[0].Inputs = nil }, []string{`"Relu_y" (Relu)`, "input 0 is missing"}},
		"two makers": {func(m *Model) { m.Graph.Nodes = append(m.Graph.Nodes, node("Tanh", "x", "y")) },
			[]string{`"y"`, `"Relu_y"`, `"Tanh_y"`}},
		"output is input":   {func(m *Model) { m.Graph.Nodes[0].Outputs[0] = "x" }, []string{`"x"`, "Relu"}},
		"no such output":    {func(m *Model) { m.Graph.Outputs[0].Name = "z" }, []string{`output "z"`}},
		"no outputs":        {func(m *Model) { m.Graph.Outputs = nil }, []string{"no outputs"}},
		"output twice":      {func(m *Model) { m.Graph.Outputs = append(m.Graph.Outputs, m.Graph.Outputs[0]) }, []string{`output "y" comes twice`}},
		"input twice":       {func(m *Model) { m.Graph.Inputs = append(m.Graph.Inputs, m.Graph.Inputs[0]) }, []string{`input "x" comes twice`}},
		"initializer twice": {func(m *Model) { m.Graph.Initializers = []Tensor{reals("w", 1), reals("w", 1)} }, []string{`"w"`}},
		"no shape":          {func(m *Model) { m.Graph.Inputs[0].HasShape = false }, []string{`input "x"`, "give one"}},
		"no tensor":         {func(m *Model) { m.Graph.Inputs[0].Known = false }, []string{`input "x"`, "not a tensor"}},
		"symbolic width":    {func(m *Model) { m.Graph.Inputs[0] = info("x", -1, 3, 8, -2) }, []string{`input "x"`, "dimension 3 (d2)", "fixed"}},
		"string input":      {func(m *Model) { m.Graph.Inputs[0].ElemType = String }, []string{`input "x"`, "STRING"}},
		"integers":          {func(m *Model) { m.Graph.Inputs[0].ElemType = Int64 }, []string{"Relu", `"x"`, "int64"}},
		"sparse":            {func(m *Model) { m.Graph.Sparse = 1 }, []string{"sparse"}},
		"cycle": {func(m *Model) {
			m.Graph.Nodes = []Node{node("Add", "x c", "a"), node("Relu", "a", "b"), node("Tanh", "b", "c"), node("Relu", "c", "y")}
		}, []string{"cycle", `"Add_a"`, `"Relu_b"`, `"Tanh_c"`}},
		"own output": {func(m *Model) { m.Graph.Nodes = []Node{node("Add", "x y", "y")} }, []string{"cycle", `"Add_y"`}},
		"run-time shape": {func(m *Model) {
			m.Graph.Inputs = append(m.Graph.Inputs, ValueInfo{Name: "s", Known: true, ElemType: Int64, HasShape: true, Dims: []Dim{{Value: 1, Set: true}}})
			m.Graph.Nodes = []Node{node("Reshape", "x s", "y")}
		}, []string{`"Reshape_y" (Reshape)`, `"s"`, "run-time"}},
		"external data": {func(m *Model) {
			m.Graph.Initializers = []Tensor{{Name: "w", Dims: []int64{1}, DataType: Float, External: &External{Location: "w.bin", Length: -1}}}
			m.Graph.Nodes = []Node{node("Mul", "x w", "y")}
		}, []string{`"Mul_y" (Mul)`, `"w"`, "w.bin"}},
		"training": {func(m *Model) {
			m.Graph.Initializers = []Tensor{reals("w", 1, 2, 3)}
			m.Graph.Nodes = []Node{node("BatchNormalization", "x w w w w", "y", Int("training_mode", 1))}
		}, []string{"BatchNormalization", "evaluation mode"}},
		"dropout in training": {func(m *Model) {
			m.Graph.Initializers = []Tensor{reals("ratio", 0.1), {Name: "training", DataType: Bool, Raw: []byte{1}}}
			m.Graph.Nodes = []Node{node("Dropout", "x ratio training", "y")}
		}, []string{"Dropout", "evaluation mode"}},
		"dropout mask": {func(m *Model) {
			m.Graph.Nodes = []Node{node("Dropout", "x", "a m"), node("Add", "a m", "y")}
		}, []string{"Dropout", `"m"`}},
	} {
		m := model(17, relu)
		m.Graph.Nodes = []Node{node("Relu", "x", "y")}
		c.change(m)
		_, err := ToGraph(m, Options{})
		if err == nil {
			t.Errorf("%s: is built", name)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q does not say %q", name, err, w)
			}
		}
	}
}

func build(t *testing.T, m *Model, opt Options) *graph.Graph {
	t.Helper()
	g, err := ToGraph(m, opt)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestBatch leaves the first dimension open, and takes shapes that are given.
func TestBatch(t *testing.T) {
	m := model(17, []Node{node("Relu", "x", "y")})
	m.Graph.Inputs[0] = info("x", -1, 3, 8, 8)
	g := build(t, m, Options{})
	if v := g.Values[g.Outputs[0]]; !g.Batch || !slices.Equal(v.Shape, []int{1, 3, 8, 8}) {
		t.Errorf("batch %t, output %v", g.Batch, v.Shape)
	}
	m.Graph.Inputs[0] = info("x", -1, 3, -2, -3)
	g = build(t, m, Options{Shapes: map[string][]int{"x": {1, 3, 5, 6}}})
	if v := g.Values[g.Outputs[0]]; !g.Batch || !slices.Equal(v.Shape, []int{1, 3, 5, 6}) {
		t.Errorf("batch %t, output %v", g.Batch, v.Shape)
	}
	g = build(t, m, Options{Shapes: map[string][]int{"x": {4, 3, 5, 6}}})
	if v := g.Values[g.Outputs[0]]; g.Batch || !slices.Equal(v.Shape, []int{4, 3, 5, 6}) {
		t.Errorf("batch %t, output %v", g.Batch, v.Shape)
	}
	if _, err := ToGraph(m, Options{Shapes: map[string][]int{"x": {4, 3}}}); err == nil {
		t.Error("a shape of another rank is taken")
	}
	m.Graph.Inputs = append(m.Graph.Inputs, info("z", 1))
	if g = build(t, m, Options{Shapes: map[string][]int{"x": {1, 3, 5, 6}}}); g.Batch || len(g.Notes) != 1 {
		t.Errorf("one input of two has a batch: %t, %q", g.Batch, g.Notes)
	}
}

// TestBatchWrittenOut gives one item to a file of three whose shapes say so: a first number that is the file's batch gives way, one
// that fits as it is does not.
func TestBatchWrittenOut(t *testing.T) {
	for _, c := range []struct {
		to   []int64
		want []int
	}{{[]int64{3, 24}, []int{1, 24}}, {[]int64{3, -1}, []int{1, 24}}, {[]int64{3, 8}, []int{3, 8}}, {[]int64{1, -1}, []int{1, 24}}} {
		m := model(17, []Node{node("Reshape", "x shape", "y")})
		m.Graph.Inputs[0] = info("x", 3, 4, 6)
		m.Graph.Initializers = []Tensor{FromInts("shape", Int64, []int64{2}, c.to)}
		g := build(t, m, Options{Shapes: map[string][]int{"x": {1, 4, 6}}})
		if v := g.Values[g.Outputs[0]]; !slices.Equal(v.Shape, c.want) {
			t.Errorf("to %v gives %v, want %v", c.to, v.Shape, c.want)
		}
	}
}

// TestBatchOfConstants gives one item to a file of three: what constants are reshaped to is not its batch, and a constant that
// brings the batch back is told.
func TestBatchOfConstants(t *testing.T) {
	shapes := Options{Shapes: map[string][]int{"x": {1, 4}}}
	m := model(17, []Node{node("Reshape", "c shape", "d"), node("Add", "x d", "e"), node("ReduceMax", "e", "y", Ints("axes", 0), Flag("keepdims", true))},
		FromFloats("c", []int64{1, 3}, []float32{1, 2, 3}), FromInts("shape", Int64, []int64{2}, []int64{3, -1}))
	m.Graph.Inputs[0] = info("x", 3, 4)
	g := build(t, m, shapes)
	if v := g.Values[g.Outputs[0]]; !slices.Equal(v.Shape, []int{1, 4}) || g.Nodes[0].Op.Type() != "Add" || !slices.Equal(g.Values[g.Nodes[0].Outputs[0]].Shape, []int{3, 4}) {
		t.Errorf("%v of %v", v.Shape, types(g))
	}
	m = model(17, []Node{node("Add", "x c", "y")}, FromFloats("c", []int64{3, 4}, make([]float32, 12)))
	m.Graph.Inputs[0], m.Graph.Outputs = info("x", 3, 4), []ValueInfo{info("y", 3, 4)}
	if _, err := ToGraph(m, shapes); err == nil || !strings.Contains(err.Error(), "has the file's batch of 3 where 1 was given") {
		t.Error(err)
	}
}

// TestOrder sorts nodes that come in the wrong order, keeps those that are in order, drops dead ones,
// and gives each its own name.
func TestOrder(t *testing.T) {
	nodes := []Node{node("Add", "b c", "y"), node("Relu", "a", "b"), node("Tanh", "x", "a"), node("LSTM", "x", "dead"), node("Sigmoid", "a", "c")}
	nodes[1].Name, nodes[4].Name = "same", "same"
	g := build(t, model(17, nodes), Options{})
	var got []string
	for _, n := range g.Nodes {
		got = append(got, n.Name)
	}
	if want := []string{"Tanh_a", "same", "same_2", "Add_y"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestAliases removes Identity and Dropout and keeps the names of outputs.
func TestAliases(t *testing.T) {
	m := model(17, []Node{
		node("Identity", "x", "a"), node("Relu", "a", "b"), node("Dropout", "b", "y m"), node("Dropout", "b zero training", "b2"), node("Identity", "b2", "y2"),
		node("Identity", "x", "y3"), node("Constant", "", "c", Real("value_float", 2)), node("Identity", "c", "y4"),
	}, reals("zero", 0), Tensor{Name: "training", DataType: Bool, Raw: []byte{1}})
	m.Graph.Outputs = []ValueInfo{{Name: "y"}, {Name: "y2"}, {Name: "y3"}, {Name: "y4"}}
	g := build(t, m, Options{})
	var outputs, ops []string
	for _, id := range g.Outputs {
		outputs = append(outputs, g.Values[id].Name)
	}
	for _, n := range g.Nodes {
		ops = append(ops, n.Op.Type())
	}
	if !slices.Equal(outputs, []string{"y", "y2", "y3", "y4"}) || !slices.Equal(ops, []string{"Relu", "Reshape", "Reshape"}) {
		t.Errorf("outputs %v of nodes %v", outputs, ops)
	}
	roundTrip(t, g, 13)
}

// TestOldInitializers takes initializers that are listed as inputs, converts types and says so.
func TestOldInitializers(t *testing.T) {
	w := Tensor{Name: "w", Dims: []int64{2}, DataType: Float16, Raw: []byte{0, 0x3c, 0, 0xc0}}
	m := model(17, []Node{node("Concat", "x w", "y", Int("axis", 0))}, w)
	m.Graph.Inputs = []ValueInfo{info("x", 3), info("w", 2)}
	m.Graph.Inputs[0].ElemType = Double
	g := build(t, m, Options{})
	if len(g.Inputs) != 1 || len(g.Notes) != 2 || !strings.Contains(g.Notes[0], "float16") || !strings.Contains(g.Notes[1], "double") {
		t.Errorf("%d inputs, notes %q", len(g.Inputs), g.Notes)
	}
	if c := g.Values[g.Nodes[0].Inputs[1]].Const; c == nil || !slices.Equal(c.F, []float32{1, -2}) {
		t.Errorf("constant %+v", c)
	}
}

// TestPatterns recognises SiLU and HardSwish where their gate has no other reader.
func TestPatterns(t *testing.T) {
	hard := func(alpha float32) Node {
		return node("HardSigmoid", "x", "s", Real("alpha", alpha), Real("beta", 0.5))
	}
	for name, c := range map[string]struct {
		nodes []Node
		want  string
	}{
		"silu":             {[]Node{node("Sigmoid", "x", "s"), node("Mul", "x s", "y")}, "SiLU:1"},
		"silu turned":      {[]Node{node("Sigmoid", "x", "s"), node("Mul", "s x", "y")}, "SiLU:1"},
		"gate of another":  {[]Node{node("Relu", "x", "r"), node("Sigmoid", "r", "s"), node("Mul", "x s", "y")}, "Mul:1 Relu:1 Sigmoid:1"},
		"gate read again":  {[]Node{node("Sigmoid", "x", "s"), node("Mul", "x s", "m"), node("Add", "m s", "y")}, "Add:1 Mul:1 Sigmoid:1"},
		"gate squared":     {[]Node{node("Sigmoid", "x", "s"), node("Mul", "s s", "y")}, "Mul:1 Sigmoid:1"},
		"hardswish":        {[]Node{hard(1.0 / 6), node("Mul", "x s", "y")}, "HardSwish:1"},
		"hardswish digits": {[]Node{hard(0.1666667), node("Mul", "x s", "y")}, "HardSwish:1"},
		"other slope":      {[]Node{hard(0.2), node("Mul", "x s", "y")}, "HardSigmoid:1 Mul:1"},
	} {
		g := build(t, model(13, c.nodes), Options{})
		if got := histogram(g); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		roundTrip(t, g, 13)
		roundTrip(t, g, 14)
	}
	m := model(13, []Node{node("Sigmoid", "x", "s"), node("Mul", "x s", "y")})
	m.Graph.Outputs = append(m.Graph.Outputs, ValueInfo{Name: "s"})
	if got := histogram(build(t, m, Options{})); got != "Mul:1 Sigmoid:1" {
		t.Errorf("the gate is an output: %s", got)
	}
}
