package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// gradientCase is one node, whose inputs are all differentiated.
type gradientCase struct {
	name   string
	op     graph.Op
	shapes [][]int
	outs   int
	fixed  map[int][]float32 // inputs that are constants
	index  map[int][]int64   // inputs that are constant indices
	truth  map[int][]int64   // inputs that are constant conditions
	above  float32           // inputs are this plus their absolute values
}

func gradientCases() []gradientCase {
	conv := func(k, s, d, p, end, g int) graph.Conv {
		return graph.Conv{Kernel: []int{k, k}, Strides: []int{s, s}, Dilations: []int{d, d}, Pads: []int{p, p, end, end}, Group: g}
	}
	transposed := func(k, s, p, end, g int) graph.ConvTranspose {
		return graph.ConvTranspose{Kernel: []int{k, k}, Strides: []int{s, s}, Dilations: []int{1, 1}, Pads: []int{p, p, p, p}, OutputPadding: []int{end, end}, Group: g}
	}
	list := []gradientCase{
		{name: "add", op: graph.Add{}, shapes: [][]int{{2, 3, 4, 4}, {3, 1, 1}}},
		{name: "sub", op: graph.Sub{}, shapes: [][]int{{3, 1}, {2, 3, 4}}},
		{name: "mul", op: graph.Mul{}, shapes: [][]int{{2, 3, 4, 4}, {2, 3, 1, 1}}},
		{name: "div", op: graph.Div{}, shapes: [][]int{{2, 3}, {3}}, above: 0.5},
		{name: "pow", op: graph.Pow{}, shapes: [][]int{{2, 3}, {}}, fixed: map[int][]float32{1: {3}}, above: 0.5},
		{name: "max", op: graph.Max{}, shapes: [][]int{{2, 3, 4}, {3, 1}}},
		{name: "min", op: graph.Min{}, shapes: [][]int{{3, 4}, {2, 3, 4}}},
		{name: "prelu", op: graph.PRelu{}, shapes: [][]int{{2, 3, 4, 4}, {3, 1, 1}}},
		{name: "conv 3×3", op: conv(3, 1, 1, 1, 1, 1), shapes: [][]int{{2, 3, 5, 5}, {4, 3, 3, 3}, {4}}},
		{name: "conv 1×1", op: conv(1, 1, 1, 0, 0, 1), shapes: [][]int{{2, 3, 4, 4}, {5, 3, 1, 1}, {5}}},
		{name: "conv stride 2 that leaves a rest", op: conv(3, 2, 1, 1, 1, 1), shapes: [][]int{{2, 3, 6, 6}, {4, 3, 3, 3}}},
		{name: "conv unequal pads, dilated", op: conv(3, 2, 2, 2, 1, 1), shapes: [][]int{{2, 2, 8, 8}, {3, 2, 3, 3}}},
		{name: "conv 1×1 of stride 2", op: conv(1, 2, 1, 0, 0, 1), shapes: [][]int{{2, 3, 6, 6}, {4, 3, 1, 1}}},
		{name: "conv of few channels, stride 2, unequal pads", op: conv(5, 2, 1, 3, 1, 1), shapes: [][]int{{2, 2, 8, 9}, {3, 2, 5, 5}}},
		{name: "conv of one channel, stride 3 beyond its kernel", op: conv(2, 3, 1, 0, 0, 1), shapes: [][]int{{2, 1, 9, 7}, {3, 1, 2, 2}}},
		{name: "conv of one channel padded beyond its kernel", op: conv(2, 2, 1, 3, 2, 1), shapes: [][]int{{2, 1, 6, 7}, {3, 1, 2, 2}}},
		{name: "conv 3×3 by tiles of 4×4", op: conv(3, 1, 1, 1, 1, 1), shapes: [][]int{{40, 4, 3, 3}, {4, 4, 3, 3}, {4}}},
		{name: "conv of one channel, 7×7 of stride 2, by tiles of 3×3", op: conv(7, 2, 1, 3, 3, 1), shapes: [][]int{{4, 1, 18, 18}, {4, 1, 7, 7}}},
		{name: "conv groups", op: conv(3, 1, 1, 1, 1, 2), shapes: [][]int{{2, 4, 5, 5}, {6, 2, 3, 3}, {6}}},
		{name: "conv depthwise", op: conv(3, 2, 1, 1, 1, 6), shapes: [][]int{{3, 6, 7, 7}, {6, 1, 3, 3}, {6}}},
		{name: "conv depthwise multiplied", op: conv(3, 1, 1, 1, 1, 3), shapes: [][]int{{2, 3, 4, 4}, {6, 1, 3, 3}}},
		{name: "conv 1d", op: graph.Conv{Kernel: []int{3}, Strides: []int{2}, Dilations: []int{1}, Pads: []int{1, 1}, Group: 1}, shapes: [][]int{{2, 3, 9}, {4, 3, 3}, {4}}},
		{name: "convtranspose", op: transposed(3, 2, 1, 1, 1), shapes: [][]int{{2, 3, 4, 4}, {3, 2, 3, 3}, {2}}},
		{name: "convtranspose groups", op: transposed(2, 2, 0, 0, 2), shapes: [][]int{{2, 4, 3, 3}, {4, 3, 2, 2}, {6}}},
		{name: "matmul", op: graph.MatMul{}, shapes: [][]int{{4, 3}, {3, 5}}},
		{name: "matmul of a batch by one", op: graph.MatMul{}, shapes: [][]int{{2, 4, 3}, {3, 5}}},
		{name: "matmul of batches", op: graph.MatMul{}, shapes: [][]int{{2, 1, 4, 3}, {1, 3, 3, 5}}},
		{name: "matmul of a vector", op: graph.MatMul{}, shapes: [][]int{{3}, {2, 3, 5}}},
		{name: "matmul by a vector", op: graph.MatMul{}, shapes: [][]int{{4, 3}, {3}}},
		{name: "batch normalization", op: graph.BatchNormalization{Epsilon: 1e-3}, shapes: [][]int{{2, 3, 4, 4}, {3}, {3}, {3}, {3}}, above: 0.2},
		{name: "layer normalization", op: graph.LayerNormalization{Axis: 1, Epsilon: 1e-3}, shapes: [][]int{{3, 4, 2}, {4, 2}, {4, 2}}},
		{name: "instance normalization", op: graph.InstanceNormalization{Epsilon: 1e-3}, shapes: [][]int{{2, 3, 4, 4}, {3}, {3}}},
		{name: "softmax", op: graph.Softmax{Axis: 1}, shapes: [][]int{{3, 5}}},
		{name: "softmax of channels", op: graph.Softmax{Axis: 1}, shapes: [][]int{{2, 3, 2, 2}}},
		{name: "reduce sum", op: graph.ReduceSum{Axes: []int{1, 3}}, shapes: [][]int{{2, 3, 4, 2}}},
		{name: "reduce mean", op: graph.ReduceMean{Axes: []int{0, 2}, KeepDims: true}, shapes: [][]int{{2, 3, 4}}},
		{name: "reduce max", op: graph.ReduceMax{Axes: []int{1, 3}}, shapes: [][]int{{2, 3, 4, 2}}},
		{name: "reduce min", op: graph.ReduceMin{Axes: []int{0, 2}, KeepDims: true}, shapes: [][]int{{2, 3, 4}}},
		{name: "lrn", op: graph.LRN{Size: 3, Alpha: 0.9, Beta: 0.75, Bias: 1}, shapes: [][]int{{2, 5, 3, 2}}},
		{name: "lrn of an even window", op: graph.LRN{Size: 4, Alpha: 0.5, Beta: 0.5, Bias: 2}, shapes: [][]int{{2, 6, 3}}},
		{name: "gather", op: graph.Gather{Axis: 1, Indices: []int{2, 0, 2, 1}, Shape: []int{2, 2}}, shapes: [][]int{{2, 4, 3}}},
		{name: "gather of one", op: graph.Gather{Axis: 0, Indices: []int{1}, Shape: []int{}}, shapes: [][]int{{3, 4}}},
		{name: "resize nearest", op: graph.Resize{Mode: graph.ResizeNearest, Coord: graph.Asymmetric, Nearest: graph.NearestFloor, Scale: [2]float32{2, 1.5}, Out: [2]int{6, 6}}, shapes: [][]int{{2, 2, 3, 4}}},
		{name: "resize linear", op: graph.Resize{Mode: graph.ResizeLinear, Coord: graph.HalfPixel, Scale: [2]float32{2, 1.5}, Out: [2]int{6, 6}}, shapes: [][]int{{2, 2, 3, 4}}},
		{name: "resize linear, smaller", op: graph.Resize{Mode: graph.ResizeLinear, Coord: graph.AlignCorners, Scale: [2]float32{0.5, 0.5}, Out: [2]int{3, 2}}, shapes: [][]int{{1, 3, 6, 4}}},
		{name: "resample cubic", op: graph.Resample{Resize: graph.Resize{Mode: graph.ResizeCubic, Coord: graph.HalfPixel, Scale: [2]float32{2, 1.5}, Out: [2]int{6, 6}}, CubicA: -0.75}, shapes: [][]int{{2, 2, 3, 4}}},
		{name: "resample linear, antialias", op: graph.Resample{Resize: graph.Resize{Mode: graph.ResizeLinear, Coord: graph.HalfPixel, Scale: [2]float32{0.5, 0.5}, Out: [2]int{3, 2}}, Antialias: true}, shapes: [][]int{{1, 3, 6, 4}}},
		{name: "where", op: graph.Where{}, shapes: [][]int{{3, 1}, {2, 3, 4}, {4}}, truth: map[int][]int64{0: {1, 0, 1}}},
		{name: "top k", op: graph.TopK{Axis: 1, K: 2}, shapes: [][]int{{2, 4, 3}}},
		{name: "least k", op: graph.TopK{Axis: 2, K: 3, Least: true}, shapes: [][]int{{2, 2, 5}}},
		{name: "gather by an index", op: graph.GatherIndexed{Axis: 1}, shapes: [][]int{{2, 4, 3}, {2, 2}}, index: map[int][]int64{1: {2, 0, -1, 2}}},
		{name: "gather elements", op: graph.GatherElements{Axis: 1}, shapes: [][]int{{2, 4, 2}, {2, 3, 2}}, index: map[int][]int64{1: {0, 1, 0, 3, -1, 1, 2, 2, 2, 0, 1, 3}}},
		{name: "gather nd", op: graph.GatherND{}, shapes: [][]int{{3, 4, 2}, {3, 2}}, index: map[int][]int64{1: {0, 1, 2, 3, 0, -3}}},
		{name: "gather nd, batch", op: graph.GatherND{Batch: 1}, shapes: [][]int{{2, 4, 3}, {2, 1}}, index: map[int][]int64{1: {3, 1}}},
		{name: "scatter elements", op: graph.ScatterElements{Axis: 1}, shapes: [][]int{{2, 4}, {2, 2}, {2, 2}}, index: map[int][]int64{1: {0, 3, -2, 1}}},
		{name: "scatter elements, added", op: graph.ScatterElements{Axis: 1, Reduction: graph.ReduceAdd}, shapes: [][]int{{2, 4}, {2, 2}, {2, 2}}, index: map[int][]int64{1: {0, 3, -2, 1}}},
		{name: "scatter nd", op: graph.ScatterND{}, shapes: [][]int{{3, 4}, {2, 1}, {2, 4}}, index: map[int][]int64{1: {2, 0}}},
		{name: "global average", op: graph.GlobalAveragePool{}, shapes: [][]int{{2, 3, 4, 5}}},
		{name: "global max", op: graph.GlobalMaxPool{}, shapes: [][]int{{2, 3, 4, 5}}},
		{name: "max pool", op: graph.MaxPool{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: []int{1, 1, 1, 1}}, shapes: [][]int{{2, 3, 7, 7}}},
		{name: "max pool, ceil", op: graph.MaxPool{Kernel: []int{3, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: []int{0, 0, 0, 0}, Ceil: true}, shapes: [][]int{{2, 2, 6, 7}}},
		{name: "average pool", op: graph.AveragePool{Kernel: []int{3, 3}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: []int{1, 1, 1, 1}}, shapes: [][]int{{2, 3, 6, 6}}},
		{name: "average pool, padding counts", op: graph.AveragePool{Kernel: []int{2, 3}, Strides: []int{1, 2}, Dilations: []int{1, 1}, Pads: []int{1, 0, 0, 1}, IncludePad: true}, shapes: [][]int{{2, 3, 5, 6}}},
		{name: "average pool, ceil", op: graph.AveragePool{Kernel: []int{2, 2}, Strides: []int{2, 2}, Dilations: []int{1, 1}, Pads: []int{0, 0, 0, 0}, Ceil: true}, shapes: [][]int{{1, 2, 5, 5}}},
		{name: "reshape", op: graph.Reshape{Shape: []int{2, 12}}, shapes: [][]int{{2, 3, 2, 2}}},
		{name: "transpose", op: graph.Transpose{Perm: []int{2, 0, 1}}, shapes: [][]int{{2, 3, 4}}},
		{name: "concat", op: graph.Concat{Axis: 1}, shapes: [][]int{{2, 3, 2, 2}, {2, 1, 2, 2}}},
		{name: "slice", op: graph.Slice{Starts: []int{0, 1}, Steps: []int{1, 2}, Sizes: []int{2, 3}}, shapes: [][]int{{2, 8}}},
		{name: "split", op: graph.Split{Axis: 1, Sizes: []int{1, 3}}, shapes: [][]int{{2, 4, 2, 2}}, outs: 2},
		{name: "pad", op: graph.Pad{Before: []int{0, 1}, After: []int{0, 2}, Value: 3}, shapes: [][]int{{2, 3}}},
		{name: "expand", op: graph.Expand{Shape: []int{2, 3, 4}}, shapes: [][]int{{3, 1}}},
		{name: "depth to space", op: graph.DepthToSpace{Block: 2}, shapes: [][]int{{2, 8, 2, 3}}},
		{name: "depth to space, inner", op: graph.DepthToSpace{Block: 2, Inner: true}, shapes: [][]int{{1, 8, 2, 3}}},
		{name: "space to depth", op: graph.SpaceToDepth{Block: 2}, shapes: [][]int{{2, 2, 4, 6}}},
	}
	for _, transA := range []bool{false, true} {
		for _, transB := range []bool{false, true} {
			a, b := []int{4, 3}, []int{3, 5}
			if transA {
				a = []int{3, 4}
			}
			if transB {
				b = []int{5, 3}
			}
			list = append(list, gradientCase{name: fmt.Sprint("gemm ", transA, transB), op: graph.Gemm{Alpha: 0.7, Beta: 1.3, TransA: transA, TransB: transB}, shapes: [][]int{a, b, {5}}})
		}
	}
	for _, op := range []graph.Op{
		graph.Relu{}, graph.Clip{Lo: -0.4, Hi: 0.7}, graph.LeakyRelu{Alpha: 0.1}, graph.Abs{}, graph.Sigmoid{}, graph.SiLU{}, graph.Tanh{}, graph.Exp{},
		graph.Softplus{}, graph.Mish{}, graph.HardSigmoid{Alpha: 0.2, Beta: 0.5}, graph.HardSwish{}, graph.Elu{Alpha: 1.3}, graph.Gelu{}, graph.Gelu{Tanh: true}, graph.NormalCDF{}, graph.Erf{}, graph.Neg{},
	} {
		list = append(list, gradientCase{name: fmt.Sprintf("%T%v", op, op), op: op, shapes: [][]int{{2, 3, 4, 4}}})
	}
	for _, op := range []graph.Op{graph.Log{}, graph.Sqrt{}} {
		list = append(list, gradientCase{name: op.Type(), op: op, shapes: [][]int{{2, 3, 4, 4}}, above: 0.3})
	}
	return list
}

// TestGradients compares the gradients of every operator of the table, computed in float64 and on the kernels,
// with finite differences in float64.
func TestGradients(t *testing.T) {
	seen := map[string]bool{"FakeQuantize": true, "Round": true, "Within": true, "Floor": true, "Ceil": true, "Sign": true} // of steps: quantizer_test.go
	for _, c := range gradientCases() {
		seen[c.op.Type()] = true
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			b := graph.NewBuilder(c.name)
			item := map[graph.ValueID][]float64{}
			var in, leaves []graph.ValueID
			for i, s := range c.shapes {
				if x, ok := c.fixed[i]; ok {
					in = append(in, b.Const("fixed", &graph.Tensor{DType: graph.Float32, Shape: s, F: x}))
					continue
				}
				if x, ok := c.index[i]; ok {
					in = append(in, b.Const("index", &graph.Tensor{DType: graph.Int64, Shape: s, I: x}))
					continue
				}
				if x, ok := c.truth[i]; ok {
					in = append(in, b.Const("condition", &graph.Tensor{DType: graph.Bool, Shape: s, I: x}))
					continue
				}
				v := b.Input(fmt.Sprint("in", i), graph.Float32, s...)
				for range graph.Len(s) {
					x := float32(r.NormFloat64() * 1.5)
					if c.above > 0 {
						x = c.above + float32(math.Abs(float64(x)))
					}
					item[v] = append(item[v], float64(x))
				}
				in, leaves = append(in, v), append(leaves, v)
			}
			names := []string{"y"}
			for i := 1; i < c.outs; i++ {
				names = append(names, fmt.Sprint("y", i))
			}
			ys, err := b.Apply(c.op, "node", in, names)
			if err != nil {
				t.Fatal(err)
			}
			e := emit{Builder: b, at: "test"}
			loss := graph.None
			for _, y := range ys { // Σ k·y with a factor for each element
				if b.Graph.Values[y].DType != graph.Float32 {
					continue
				}
				k := make([]float32, graph.Len(e.shape(y)))
				for i := range k {
					k[i] = float32(r.NormFloat64())
				}
				all := make([]int, len(e.shape(y)))
				for a := range all {
					all[a] = a
				}
				part := e.sum(e.mul(y, e.vector(e.shape(y), k...)), false, all...)
				if loss == graph.None {
					loss = part
				} else {
					loss = e.add(loss, part)
				}
			}
			checkGradients(t, b, loss, leaves, item, nil)
		})
	}
	for name := range table() {
		if !seen[name] {
			t.Errorf("%s has a gradient that nothing tests", name)
		}
	}
}

// checkGradients compares with finite differences.
func checkGradients(t *testing.T, b *graph.Builder, loss graph.ValueID, leaves []graph.ValueID, item map[graph.ValueID][]float64, blocks Blocks) {
	t.Helper()
	forward := b.Graph.Clone()
	grads, err := Gradients(b, loss, leaves, blocks)
	if err != nil {
		t.Fatal(err)
	}
	g, err := b.Done(append([]graph.ValueID{loss}, grads...)...)
	if err != nil {
		t.Fatal(err)
	}
	got := eval(g, item)
	run, err := exec.New(t.Context(), g, exec.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	var floats [][]float32
	for _, v := range g.Inputs {
		floats = append(floats, narrow(item[v]))
	}
	if err := run.Run(t.Context(), floats...); err != nil {
		t.Fatal(err)
	}
	const h = 1e-5
	for k, v := range leaves {
		kernel := run.Output(1 + k)
		scale := 1e-3
		for _, x := range got[grads[k]] {
			scale = math.Max(scale, math.Abs(x))
		}
		for i := range item[v] {
			at := func(d float64) float64 {
				moved := map[graph.ValueID][]float64{}
				for w, x := range item {
					moved[w] = x
				}
				moved[v] = append([]float64(nil), item[v]...)
				moved[v][i] += d
				return eval(forward, moved)[loss][0]
			}
			want, own := (at(h)-at(-h))/(2*h), got[grads[k]][i]
			if math.Abs(want-own) > 1e-6*scale {
				t.Fatalf("input %d element %d: gradient %v, differences say %v", k, i, own, want)
			}
			if math.Abs(float64(kernel[i])-own) > 1e-5*scale {
				t.Fatalf("input %d element %d: on the kernels %v, want %v", k, i, kernel[i], own)
			}
		}
	}
}

func narrow(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// TestOwnNorm: a batch normalisation by its input's own statistics, of images, of what lies in ONNX's order, and of vectors.
func TestOwnNorm(t *testing.T) {
	for _, shape := range [][]int{{3, 4, 2, 3}, {3, 5, 2}, {6, 3}, {2, 9, 3, 3}} {
		for _, convolved := range []bool{false, true} {
			if convolved && len(shape) != 4 {
				continue
			}
			r := rand.New(rand.NewPCG(1, 3))
			b := graph.NewBuilder("norm")
			e := emit{Builder: b, at: "norm"}
			item := map[graph.ValueID][]float64{}
			input := func(name string, shape ...int) graph.ValueID {
				v := b.Input(name, graph.Float32, shape...)
				for range graph.Len(shape) {
					item[v] = append(item[v], float64(float32(0.5+r.NormFloat64())))
				}
				return v
			}
			c := shape[1]
			x, scale, bias := input("x", shape...), input("scale", c), input("bias", c)
			leaves, y := []graph.ValueID{x, scale, bias}, x
			if convolved { // its output is an image, channels last
				w := input("w", c, c, 1, 1)
				leaves, y = append(leaves, w), e.op("conv", graph.Conv{Kernel: []int{1, 1}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4), Group: 1}, x, w)
			}
			stats, err := b.Apply(graph.BatchStatistics{}, "statistics", []graph.ValueID{y}, []string{"mean", "variance"})
			if err != nil {
				t.Fatal(err)
			}
			op, in := graph.BatchNormalization{Epsilon: 1e-3}, []graph.ValueID{y, scale, bias, stats[0], stats[1]}
			z := e.op("y", op, in...)
			k := make([]float32, graph.Len(shape))
			for i := range k {
				k[i] = float32(r.NormFloat64())
			}
			loss := e.sum(e.mul(z, e.vector(shape, k...)), false, e.others(z, -1)...)
			checkGradients(t, b, loss, leaves, item, Blocks{z: ownNorm(op, in)})
		}
	}
}

// TestNoGradient: what the table does not have is refused by name, and what no gradient goes through is not asked.
func TestNoGradient(t *testing.T) {
	b := graph.NewBuilder("mod")
	x := b.Input("x", graph.Float32, 1, 3, 4, 4)
	y := b.Node("norm1", graph.Mod{Fmod: true}, x, b.Input("m", graph.Float32, 1))
	if _, err := Gradients(b, y, []graph.ValueID{x}, nil); err == nil || !strings.Contains(err.Error(), `no gradient for operator Mod of node "norm1"`) {
		t.Errorf("got %v", err)
	}
	w := b.Input("w", graph.Float32, 1, 3, 1, 1)
	z := b.Node("mul", graph.Mul{}, y, w)
	grads, err := Gradients(b, z, []graph.ValueID{w, b.Input("unused", graph.Float32, 2)}, nil)
	if err != nil || grads[0] == graph.None || grads[1] != graph.None {
		t.Errorf("got %v, %v", grads, err)
	}
}
