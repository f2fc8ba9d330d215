package onnx

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/quantscope/quantscope/quant/graph"
)

// FuzzDecode feeds bytes to the decoder and what it gives to ToGraph, and what that gives to FromGraph:
// none of them panics. Finds are kept in testdata/fuzz.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0x08, 0x08, 0x3a, 0x00})
	for _, m := range []*Model{
		model(13, []Node{node("Conv", "x w", "c", Text("auto_pad", "SAME_UPPER")), node("Relu", "c", "y")}, weight("w", 5, 3, 3, 3)),
		model(12, []Node{node("Softmax", "x", "s"), node("Slice", "s a b", "z"), node("Concat", "z s", "y", Int("axis", 3))}, ints("a", -3), ints("b", 1)),
		model(21, []Node{node("QuantizeLinear", "x s", "q"), node("DequantizeLinear", "q s", "y")}, reals("s", 0.5)),
		model(13, []Node{node("DynamicQuantizeLinear", "x", "q s z"), node("ConvInteger", "q w z v", "y")}, FromInts("w", Int8, []int64{2, 3, 1, 1}, make([]int64, 6)), FromInts("v", Int8, nil, []int64{1})),
		model(13, onCodesNodes(), reals("s", 0.5), FromInts("z", Uint8, nil, []int64{3}), FromInts("w", Uint8, []int64{2, 3, 1, 1}, make([]int64, 6)), FromInts("b", Int32, []int64{2}, []int64{1, 2}), ints("p", 0, 0, 1, 0, 0, 0, 0, 1)),
		model(19, []Node{node("Resize", "x _ s", "r"), node("Pad", "r p", "y", Text("mode", "wrap"))}, reals("s", 1, 1, 2, 2), ints("p", 0, 0, 1, -1, 0, 0, 2, 3)),
		model(17, []Node{node("Shape", "x", "s"), node("Gather", "s i", "g"), node("ConstantOfShape", "g", "c"), node("Where", "b c c", "d"), node("Add", "x d", "y")},
			ints("i", 3), FromInts("b", Bool, []int64{1}, []int64{1})),
	} {
		f.Add(Encode(m))
	}
	// The small conformance models where they are at hand.
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "onnx-node", "*", "model.onnx"))
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && len(b) < 2000 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Decode(b)
		if err != nil {
			return
		}
		g, err := ToGraph(m, Options{})
		if err != nil {
			return
		}
		for _, v := range g.Values {
			if n, ok := graph.Elements(v.Shape); !ok || v.Const != nil && n != len(v.Const.F)+len(v.Const.I) {
				t.Errorf("value %q has shape %v and %v", v.Name, v.Shape, v.Const)
			}
		}
		m, err = FromGraph(g, 21)
		if err != nil {
			return
		}
		if m, err = Decode(Encode(m)); err != nil {
			t.Fatal(err)
		}
		if _, err := ToGraph(m, Options{}); err != nil {
			t.Errorf("what was written is refused: %v", err)
		}
	})
}

// onCodesNodes is a chain of operators on codes, ONNX's, those that only move codes, and ONNX Runtime's.
func onCodesNodes() []Node {
	nodes := []Node{
		node("QuantizeLinear", "x s z", "q"), node("QLinearConv", "q s z w s z s z b", "c"), node("Pad", "c p", "d"),
		node("MaxPool", "d", "m", Ints("kernel_shape", 2, 2)), node("QLinearAdd", "m s z m s z s z", "a"), node("Concat", "a m", "k", Int("axis", 1)),
		node("QLinearConcat", "s z k s z a s z", "l", Int("axis", 1)), node("QLinearGlobalAveragePool", "l s z s z", "g"), node("Flatten", "g", "f"),
		node("DequantizeLinear", "f s z", "y"),
	}
	for i := range nodes {
		if nodes[i].OpType != "QLinearConv" && len(nodes[i].OpType) > 7 && nodes[i].OpType[:7] == "QLinear" {
			nodes[i].Domain = contrib
		}
	}
	return nodes
}

// The chain of all opens, and the codes between its operators mean what they meant.
func TestOperatorsOnCodes(t *testing.T) {
	m := model(13, onCodesNodes(), reals("s", 0.5), FromInts("z", Uint8, nil, []int64{3}), FromInts("w", Uint8, []int64{2, 3, 1, 1}, make([]int64, 6)),
		FromInts("b", Int32, []int64{2}, []int64{1, 2}), ints("p", 0, 0, 1, 0, 0, 0, 0, 1))
	g, err := ToGraph(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, n := range g.Nodes {
		count[n.Op.Type()]++
		if p, ok := n.Op.(graph.Pad); ok && p.Value != -1.5 {
			t.Errorf("code 0 is padded as %v, want (0-3)·0.5", p.Value)
		}
	}
	for op, want := range map[string]int{"Conv": 1, "Pad": 1, "MaxPool": 1, "Add": 1, "Concat": 2, "GlobalAveragePool": 1, "QuantizeLinear": 9} {
		if count[op] != want {
			t.Errorf("%d × %s, want %d: %v", count[op], op, want, count)
		}
	}
}

// FuzzTensor reads a TensorProto: its numbers are as many as its shape says, or there is an error.
func FuzzTensor(f *testing.F) {
	floats := FromFloats("x", []int64{2, 2}, []float32{1, 2, 3, 4})
	f.Add(EncodeTensor(&floats))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := DecodeTensor(b)
		if err != nil {
			return
		}
		x, err := ToTensor(p, nil)
		if err != nil {
			return
		}
		if n := graph.Len(x.Shape); len(x.F) != n && len(x.I) != n {
			t.Fatalf("shape %v with %d and %d numbers", x.Shape, len(x.F), len(x.I))
		}
	})
}
