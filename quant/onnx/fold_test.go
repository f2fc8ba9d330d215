package onnx

import (
	"reflect"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestShapeChain folds the arithmetic on shapes that exporters write around Reshape and Resize.
func TestShapeChain(t *testing.T) {
	m := model(13, []Node{
		node("Shape", "x", "s"),
		node("Constant", "", "i0", Attr{Name: "value_int", Type: AttrInt, I: 0}),
		node("Gather", "s i0", "n"),
		node("Unsqueeze", "n axes", "n1"),
		node("Concat", "n1 minus", "to", Int("axis", 0)),
		node("Reshape", "x to", "flat"),
		// Half the size: Floor(Cast(H)·0.5).
		node("Slice", "s two four", "hw"),
		node("Cast", "hw", "hwf", Int("to", int(Float))),
		node("Mul", "hwf half", "hwh"),
		node("Floor", "hwh", "hwr"),
		node("Cast", "hwr", "hwi", Int("to", int(Int64))),
		node("Slice", "s zero two", "nc"),
		node("Concat", "nc hwi", "sizes", Int("axis", 0)),
		node("Resize", "x _ _ sizes", "y"),
		// What only the shape of is read may not stay: this Relu is not computed.
		node("Relu", "x", "r"), node("Shape", "r", "rs"), node("Reshape", "flat rs", "y2"),
	}, ints("axes", 0), ints("minus", -1), ints("two", 2), ints("four", 4), ints("zero", 0), reals("half", 0.5))
	m.Graph.Outputs = append(m.Graph.Outputs, ValueInfo{Name: "flat"}, ValueInfo{Name: "y2"})
	g := build(t, m, Options{})
	if got := histogram(g); got != "Reshape:2 Resize:1" {
		t.Errorf("operators %s", got)
	}
	for i, want := range [][]int{{2, 3, 4, 4}, {2, 192}, {2, 3, 8, 8}} {
		if got := g.Values[g.Outputs[i]].Shape; !reflect.DeepEqual(got, want) {
			t.Errorf("output %d is %v, want %v", i, got, want)
		}
	}
}

// TestFold computes nodes on constants a, b and s.
func TestFold(t *testing.T) {
	a := FromFloats("a", []int64{2, 3}, []float32{1, -2, 3, 4, 5, -6.5})
	i := FromInts("i", Int64, []int64{2, 2}, []int64{7, -7, 9, 2})
	j := FromInts("j", Int64, []int64{2, 1}, []int64{2, 3})
	bytes := FromInts("bytes", Int8, []int64{2}, []int64{127, -128})
	more := FromInts("more", Int8, []int64{1}, []int64{2})
	scale := reals("scale", 1, 0.5, 2)
	zero := FromInts("zero", Uint8, []int64{3}, []int64{0, 10, 250})
	yes := FromInts("yes", Bool, []int64{2, 1}, []int64{1, 0})
	float := func(shape []int, v ...float32) *graph.Tensor {
		return &graph.Tensor{DType: graph.Float32, Shape: shape, F: v}
	}
	whole := func(d graph.DType, shape []int, v ...int64) *graph.Tensor {
		return &graph.Tensor{DType: d, Shape: shape, I: v}
	}
	dequantized := float([]int{3}, 0, 0, 0)
	dequantized.Params = &scheme.QParams{Scale: []float32{1, 0.5, 2}, ZeroPoint: []int32{0, 10, 250}, QMin: 0, QMax: 255, Axis: 0}
	for name, c := range map[string]struct {
		node Node
		want *graph.Tensor
	}{
		"add":        {node("Add", "i j", "y"), whole(graph.Int64, []int{2, 2}, 9, -5, 12, 5)},
		"sub":        {node("Sub", "j i", "y"), whole(graph.Int64, []int{2, 2}, -5, 9, -6, 1)},
		"mul wraps":  {node("Mul", "bytes more", "y"), whole(graph.Int8, []int{2}, -2, 0)},
		"div":        {node("Div", "i j", "y"), whole(graph.Int64, []int{2, 2}, 3, -3, 3, 0)},
		"div float":  {node("Div", "a scale", "y"), float([]int{2, 3}, 1, -4, 1.5, 4, 10, -3.25)},
		"transpose":  {node("Transpose", "a", "y"), float([]int{3, 2}, 1, 4, -2, 5, 3, -6.5)},
		"concat":     {node("Concat", "a a", "y", Int("axis", 1)), float([]int{2, 6}, 1, -2, 3, 1, -2, 3, 4, 5, -6.5, 4, 5, -6.5)},
		"slice":      {node("Slice", "a one none last back", "y"), float([]int{2, 2}, 3, -2, -6.5, 5)},
		"gather":     {node("Gather", "a j", "y", Int("axis", 0)), nil},
		"gather col": {node("Gather", "a pick", "y", Int("axis", 1)), float([]int{2, 2}, 3, 1, -6.5, 4)},
		"cast int":   {node("Cast", "a", "y", Int("to", int(Int32))), whole(graph.Int32, []int{2, 3}, 1, -2, 3, 4, 5, -6)},
		"cast bool":  {node("Cast", "i", "y", Int("to", int(Bool))), whole(graph.Bool, []int{2, 2}, 1, 1, 1, 1)},
		"cast uint8": {node("Cast", "i", "y", Int("to", int(Uint8))), whole(graph.Uint8, []int{2, 2}, 7, 249, 9, 2)},
		"quantize":   {node("QuantizeLinear", "a scale zero", "y"), whole(graph.Uint8, []int{2, 3}, 1, 6, 252, 4, 20, 247)},
		"dequantize": {node("DequantizeLinear", "zero scale zero", "y", Int("axis", 0)), dequantized},
		"fill":       {node("ConstantOfShape", "pair", "y"), float([]int{2, 1}, 0, 0)},
		"expand":     {node("Expand", "yes pair3", "y"), whole(graph.Bool, []int{2, 3}, 1, 1, 1, 0, 0, 0)},
		"range":      {node("Range", "r0 r1 r2", "y"), whole(graph.Int64, []int{3}, 5, 3, 1)},
		"where":      {node("Where", "yes i j", "y"), whole(graph.Int64, []int{2, 2}, 7, -7, 3, 3)},
		"equal":      {node("Equal", "i j", "y"), whole(graph.Bool, []int{2, 2}, 0, 0, 0, 0)},
		"ceil":       {node("Ceil", "a", "y"), float([]int{2, 3}, 1, -2, 3, 4, 5, -6)},
		"sqrt":       {node("Sqrt", "scale2", "y"), float([]int{2}, 1.4142135, 2)},
		"flatten":    {node("Flatten", "a", "y", Int("axis", 0)), float([]int{1, 6}, 1, -2, 3, 4, 5, -6.5)},
	} {
		scalar := func(name string, v int64) Tensor { return FromInts(name, Int64, nil, []int64{v}) }
		m := model(13, []Node{c.node}, a, i, j, bytes, more, scale, zero, yes,
			ints("one", 2), ints("none", 0), ints("last", 1), ints("back", -1), ints("pick", -1, 0), ints("pair", 2, 1), ints("pair3", 2, 3),
			scalar("r0", 5), scalar("r1", 0), scalar("r2", -2), reals("scale2", 2, 4))
		g, err := ToGraph(m, Options{})
		if c.want == nil {
			if err == nil {
				t.Errorf("%s is built", name)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := g.Values[g.Outputs[0]].Const; len(g.Nodes) != 0 || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
