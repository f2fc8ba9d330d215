package tflite

import (
	"errors"
	"runtime"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
)

// smallNet is a quantized convolution, a pooling and a fully connected layer.
func smallNet() *sketch {
	s := &sketch{}
	x := s.tensor(sketched{name: "x", shape: []int{1, 4, 4, 2}, typ: int8Type, scales: []float32{0.5}, zeros: []int64{-1}, open: []int{-1, 4, 4, 2}})
	w := s.tensor(sketched{name: "w", shape: []int{3, 1, 1, 2}, typ: int8Type, data: []byte{1, 2, 3, 4, 250, 6}, scales: []float32{0.1, 0.2, 0.3}})
	b := s.tensor(sketched{name: "b", shape: []int{3}, typ: int32Type, data: make([]byte, 12), scales: []float32{0.05, 0.1, 0.15}})
	c := s.tensor(sketched{name: "conv", shape: []int{1, 4, 4, 3}, typ: int8Type, scales: []float32{0.25}, zeros: []int64{3}})
	p := s.tensor(sketched{name: "pool", shape: []int{1, 2, 2, 3}, typ: int8Type, scales: []float32{0.25}, zeros: []int64{3}})
	f := s.tensor(sketched{name: "flat", shape: []int{1, 12}, typ: int8Type, scales: []float32{0.25}, zeros: []int64{3}})
	y := s.tensor(sketched{name: "y", shape: []int{1, 12}})
	to := s.ints([]int{2}, -1, 12)
	s.inputs, s.outputs = []int{x}, []int{y}
	s.operators = []step{
		{3, []int{x, w, b}, []int{c}, []any{byte(0), 1, 1, byte(1)}},
		{17, []int{c}, []int{p}, []any{byte(1), 2, 2, 2, 2}},
		{22, []int{p, to}, []int{f}, nil},
		{6, []int{f}, []int{y}, nil},
	}
	return s
}

func TestSmallNet(t *testing.T) {
	m, err := Decode(smallNet().file())
	if err != nil {
		t.Fatal(err)
	}
	g, err := onnx.ToGraph(m, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !g.Batch || len(g.Outputs) != 1 || g.Values[g.Outputs[0]].Name != "y" {
		t.Errorf("%+v", g)
	}
}

// What a file says of itself never makes more of it than its size justifies, and is refused in a sentence.
func FuzzDecode(f *testing.F) {
	f.Add(smallNet().file())
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, err := Decode(b)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 256*uint64(len(b))+1<<22 {
			t.Fatalf("%d bytes took %d", len(b), took)
		}
		if err == nil {
			_, err = onnx.ToGraph(m, onnx.Options{})
		}
		if err != nil && len(err.Error()) > 1000 {
			t.Fatal(err)
		}
	})
}

func TestDamaged(t *testing.T) {
	b := smallNet().file()
	if _, err := Decode(b[:len(b)/2]); !errors.Is(err, errOutside) {
		t.Error(err)
	}
	for i := range b {
		c := append([]byte(nil), b...)
		for _, v := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			c[i] = v
			if m, err := Decode(c); err == nil {
				onnx.ToGraph(m, onnx.Options{})
			}
		}
	}
}
