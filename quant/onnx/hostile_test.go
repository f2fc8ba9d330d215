package onnx

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestHostile builds models made to exhaust memory or time: each fails at once, and little is
// allocated on the way.
func TestHostile(t *testing.T) {
	const memory = 256 << 20
	w := weight("w", 5, 3, 3, 3)
	huge := int64(math.MaxInt64)
	// doubling is a chain of nodes that each double what they get.
	doubling := func(first string) []Node {
		var nodes []Node
		for i := range 62 {
			from, to := fmt.Sprintf("t%d", i), fmt.Sprintf("t%d", i+1)
			if i == 0 {
				from = first
			}
			nodes = append(nodes, node("Concat", from+" "+from, to, Int("axis", 0)))
		}
		return append(nodes, node("Relu", "t62", "y"))
	}
	wide := func(n Node, dims ...int64) *Model { // of an input that has them
		m := model(14, []Node{n})
		in := ValueInfo{Name: "wide", Known: true, ElemType: Float, HasShape: true}
		for _, d := range dims {
			in.Dims = append(in.Dims, Dim{Value: d, Set: true})
		}
		m.Graph.Inputs = []ValueInfo{in}
		return m
	}
	many := func(n int) []Node {
		var nodes []Node
		for i := range n {
			nodes = append(nodes, Node{Name: "same", OpType: "Relu", Inputs: []string{fmt.Sprintf("t%d", i)}, Outputs: []string{fmt.Sprintf("t%d", i+1)}})
		}
		nodes[0].Inputs[0] = fmt.Sprintf("t%d", n)
		return append(nodes, node("Relu", fmt.Sprintf("t%d", n), "y"))
	}
	for name, c := range map[string]struct {
		m    *Model
		want string
	}{
		"2^31 in an initializer": {model(13, []Node{node("Add", "x h", "y")}, Tensor{Name: "h", Dims: []int64{1 << 31}, DataType: Float}), `"Add_y" (Add): tensor "h"`},
		"overflowing product":    {model(13, []Node{node("Add", "x h", "y")}, Tensor{Name: "h", Dims: []int64{1 << 16, 1 << 16, 1 << 16, 1 << 16}, DataType: Float, Raw: []byte{1}}), `tensor "h"`},
		"negative dimensions":    {model(13, []Node{node("Add", "x h", "y")}, Tensor{Name: "h", Dims: []int64{-1, -4}, DataType: Float, Raw: []byte{1, 2, 3, 4}}), `tensor "h"`},
		"zero times huge":        {model(13, []Node{node("Add", "x h", "y")}, Tensor{Name: "h", Dims: []int64{0, huge}, DataType: Float}), `tensor "h"`},
		"more than the file has": {model(13, []Node{node("Add", "x h", "y")}, Tensor{Name: "h", Dims: []int64{1 << 29}, DataType: Float, Raw: []byte{1, 2, 3, 4}}), "needs 2147483648 bytes"},
		"a million ranks":        {model(13, []Node{node("Add", "x h", "y")}, Tensor{Name: "h", Dims: make([]int64, 1<<20), DataType: Float}), "rank 1048576"},
		"fill":                   {model(13, []Node{node("ConstantOfShape", "s", "y")}, ints("s", 1<<15, 1<<15)), `"ConstantOfShape_y" (ConstantOfShape)`},
		"fill overflow":          {model(13, []Node{node("ConstantOfShape", "s", "y")}, ints("s", huge, huge)), "not possible"},
		"expand":                 {model(13, []Node{node("Expand", "i s", "y")}, ints("s", 1<<28), ints("i", 1)), "more memory"},
		"range":                  {model(13, []Node{node("Range", "a b c", "y")}, ints("a", 0), ints("b", huge), ints("c", 1)), "Range_y"},
		"range of nothing":       {model(13, []Node{node("Range", "a b c", "y")}, ints("a", 0), ints("b", 0), ints("c", 0)), "Range_y"},
		"doubling":               {model(13, doubling("x")), "over the limit"},
		"doubling a constant":    {model(13, doubling("i"), ints("i", 1)), "more memory"},
		"reshape":                {model(13, []Node{node("Reshape", "x s", "y")}, ints("s", 1<<40, -1)), "Reshape_y"},
		"reshape rank":           {model(13, []Node{node("Reshape", "x s", "y")}, ints("s", make([]int64, 1<<16)...)), "rank 65536"},
		"pads":                   {model(13, []Node{node("Pad", "x p", "y")}, ints("p", 0, 0, 1<<29, 1<<29, 0, 0, 0, 0)), `"Pad_y"`},
		"pads overflow":          {model(13, []Node{node("Pad", "x p", "y")}, ints("p", 0, 0, huge, huge, 0, 0, huge, huge)), `"Pad_y"`},
		"crop overflow":          {model(13, []Node{node("Pad", "x p", "y")}, ints("p", 0, 0, -1<<63, 0, 0, 0, 0, 0)), `"Pad_y"`},
		"convolution pads":       {model(13, []Node{node("Conv", "x w", "y", Ints("pads", math.MaxInt, 0, math.MaxInt, 0))}, w), `"pads"`},
		"convolution pads big":   {model(13, []Node{node("Conv", "x w", "y", Ints("pads", 1<<20, 1<<20, 1<<20, 1<<20))}, w), "over the limit"},
		"deconvolution":          {model(13, []Node{node("ConvTranspose", "x v", "y", Ints("strides", 1<<20, 1<<20))}, weight("v", 3, 1, 1, 1)), "over the limit"},
		"order of axes":          {model(13, []Node{node("Transpose", "x", "y", Ints("perm", 0, -2, 1, 1<<40))}), "perm [0 -2 1 1099511627776]"},
		"order of more axes":     {model(13, []Node{node("Transpose", "x", "y", Ints("perm", make([]int, 40)...))}), "perm has 40 numbers for the 4 axes"},
		"deconvolution group":    {model(13, []Node{node("ConvTranspose", "x v", "y", Int("group", math.MaxInt))}, weight("v", 3, 1, 1, 1)), `"group"`},
		"upsample":               {model(9, []Node{node("Upsample", "x s", "y")}, reals("s", 1, 1, 3e38, 3e38)), "Upsample_y"},
		"upsample infinity":      {model(9, []Node{node("Upsample", "x s", "y")}, reals("s", 1, 1, float32(math.Inf(1)), 1)), "Upsample_y"},
		"upsample NaN":           {model(9, []Node{node("Upsample", "x s", "y")}, reals("s", 1, 1, float32(math.NaN()), 1)), "Upsample_y"},
		"resize":                 {model(13, []Node{node("Resize", "x _ _ s", "y")}, ints("s", 2, 3, 1<<30, 1<<30)), "over the limit"},
		"split":                  {model(18, []Node{node("Split", "x", "y", Int("num_outputs", 1<<29))}), "Split_y"},
		"division":               {model(13, []Node{node("Div", "a b", "y")}, ints("a", -1<<63), ints("b", 0)), "divided by zero"},
		"50000 nodes in a cycle": {model(13, many(50000)), "cycle"},
		"places of a hardmax":    {wide(node("Hardmax", "wide", "y", Int("axis", 0)), 1<<26), "more memory than the model's file justifies"},
		"masks of triangles":     {wide(node("Trilu", "wide", "y"), 1<<12, 1<<12), "more memory than the model's file justifies"},
		"gather outside":         {model(13, []Node{node("Gather", "a i", "y")}, ints("a", 1, 2), ints("i", -3)), "Gather_y"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := ToGraph(c.m, Options{})
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		} else if len(err.Error()) > 2000 {
			t.Errorf("%s: the error has %d characters", name, len(err.Error()))
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > memory {
			t.Errorf("%s: %d bytes were allocated", name, used)
		}
		if took > time.Minute {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

// TestLongChain sorts and builds a deep graph without recursion, all nodes of one name.
func TestLongChain(t *testing.T) {
	const n = 50000
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[n-1-i] = Node{Name: "same", OpType: "Relu", Inputs: []string{fmt.Sprintf("t%d", i)}, Outputs: []string{fmt.Sprintf("t%d", i+1)}}
	}
	nodes[n-1].Inputs[0], nodes[0].Outputs[0] = "x", "y"
	start := time.Now()
	g := build(t, model(13, nodes), Options{})
	if took := time.Since(start); len(g.Nodes) != n || took > time.Minute {
		t.Errorf("%d nodes in %v", len(g.Nodes), took)
	}
}
