package network

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/quantscope/quantscope/quant/graph"
)

// Random is a network of operators drawn and wired at random, with one or two inputs and up to most nodes; what no node
// reads is an output. An operator that the graph refuses for its shapes is left out.
func Random(r *rand.Rand, most int) *graph.Graph {
	b := graph.NewBuilder("random")
	shape := []int{1 + r.IntN(2), 1 + r.IntN(9), 1 + r.IntN(10), 1 + r.IntN(10)}
	values := []graph.ValueID{b.Input("x", graph.Float32, shape...)}
	if r.IntN(2) == 0 {
		values = append(values, b.Input("y", graph.Float32, shape...))
	}
	read := map[graph.ValueID]bool{}
	for tries, want := 0, 2+r.IntN(most-1); len(b.Graph.Nodes) < want && tries < 20*most; tries++ {
		x := values[max(r.IntN(len(values)), r.IntN(len(values)))] // rather a late one
		op, more := randomOp(r, b, values, b.Graph.Values[x].Shape)
		if op == nil {
			continue
		}
		inputs := append([]graph.ValueID{x}, more...)
		if op.Type() == "Concat" && r.IntN(2) == 0 {
			inputs = []graph.ValueID{x, x}
		}
		name := fmt.Sprintf("n%d_%d", len(b.Graph.Nodes), tries)
		ids, err := b.Apply(op, name, inputs, []string{name + "_out"})
		if err != nil {
			continue
		}
		if n, _ := graph.Elements(b.Graph.Values[ids[0]].Shape); n == 0 || n > 20_000 {
			b.Graph.Nodes = b.Graph.Nodes[:len(b.Graph.Nodes)-1]
			continue
		}
		for _, v := range inputs {
			read[v] = true
		}
		values = append(values, ids[0])
	}
	for _, v := range values {
		if !read[v] && b.Graph.Values[v].Name != "x" && b.Graph.Values[v].Name != "y" {
			b.Graph.Outputs = append(b.Graph.Outputs, v)
		}
	}
	if len(b.Graph.Outputs) == 0 { // no node came about
		v := b.Node("relu", graph.Relu{}, values[0])
		b.Graph.Outputs = append(b.Graph.Outputs, v)
	}
	return graph.Compact(b.Graph)
}

// begins tells whether the last window of a pool that rounds up begins before the padding behind: ONNX leaves
// out one that does not, and ONNX Runtime's shapes still count it.
func begins(shape, kernel, strides, dilations, pads []int) bool {
	for a := range kernel {
		size := shape[2+a] + pads[a] + pads[2+a] - dilations[a]*(kernel[a]-1) - 1
		last := (size + strides[a] - 1) / strides[a]
		if size < 0 || last*strides[a] >= shape[2+a]+pads[a] {
			return false
		}
	}
	return true
}

// randomOp is an operator for a value of some shape with its further inputs, nil where it is for others.
func randomOp(r *rand.Rand, b *graph.Builder, values []graph.ValueID, shape []int) (graph.Op, []graph.ValueID) {
	constant := func(scale float64, shape ...int) graph.ValueID {
		t := &graph.Tensor{DType: graph.Float32, Shape: shape, F: make([]float32, graph.Len(shape))}
		for i := range t.F {
			t.F[i] = float32(scale * r.NormFloat64())
		}
		return b.Const("c", t)
	}
	positive := func(n int) graph.ValueID {
		t := &graph.Tensor{DType: graph.Float32, Shape: []int{n}, F: make([]float32, n)}
		for i := range t.F {
			t.F[i] = 0.5 + r.Float32()
		}
		return b.Const("c", t)
	}
	second := func() graph.ValueID {
		switch r.IntN(4) {
		case 0:
			return constant(1, shape...)
		case 1:
			return constant(1, shape[len(shape)-1])
		case 2:
			return constant(1)
		}
		return values[r.IntN(len(values))]
	}
	image := len(shape) == 4
	rank := len(shape)
	if rank == 0 {
		return []graph.Op{graph.Relu{}, graph.Sigmoid{}, graph.Tanh{}}[r.IntN(3)], nil
	}
	axis := r.IntN(rank)
	pair := func(lo, hi int) []int { return []int{lo + r.IntN(hi-lo+1), lo + r.IntN(hi-lo+1)} }
	pads := func(kernel []int) []int {
		return []int{r.IntN(kernel[0]), r.IntN(kernel[1]), r.IntN(kernel[0]), r.IntN(kernel[1])}
	}
	if image && r.IntN(2) == 0 {
		c := shape[1]
		kernel := pair(1, 4)
		switch r.IntN(12) {
		case 0, 1, 2:
			group := []int{1, 1, c}[r.IntN(3)]
			out := group * (1 + r.IntN(3))
			if group == 1 {
				out = 1 + r.IntN(17)
			}
			more := []graph.ValueID{constant(1/math.Sqrt(float64(c/group*kernel[0]*kernel[1])), out, c/group, kernel[0], kernel[1])}
			if r.IntN(2) == 0 {
				more = append(more, constant(1, out))
			}
			return graph.Conv{Kernel: kernel, Strides: pair(1, 3), Dilations: pair(1, 2), Pads: pads(kernel), Group: group}, more
		case 3:
			out := 1 + r.IntN(9)
			return graph.ConvTranspose{Kernel: kernel, Strides: pair(1, 3), Dilations: []int{1, 1}, Pads: make([]int, 4), OutputPadding: []int{0, 0}, Group: 1},
				[]graph.ValueID{constant(0.3, c, out, kernel[0], kernel[1])}
		case 4:
			op := graph.MaxPool{Kernel: kernel, Strides: pair(1, 3), Dilations: []int{1, 1}, Pads: pads(kernel)}
			if r.IntN(3) == 0 { // without pads: a window of nothing but padding is -Inf here and -MaxFloat32 there
				op.Dilations, op.Pads = pair(1, 2), make([]int, 4)
			}
			op.Ceil = r.IntN(2) == 0 && begins(shape, op.Kernel, op.Strides, op.Dilations, op.Pads)
			return op, nil
		case 5:
			op := graph.AveragePool{Kernel: kernel, Strides: pair(1, 3), Dilations: []int{1, 1}, Pads: pads(kernel), IncludePad: r.IntN(2) == 0}
			op.Ceil = r.IntN(2) == 0 && begins(shape, op.Kernel, op.Strides, op.Dilations, op.Pads)
			return op, nil
		case 6:
			return []graph.Op{graph.GlobalAveragePool{}, graph.GlobalMaxPool{}}[r.IntN(2)], nil
		case 7:
			return graph.BatchNormalization{Epsilon: 1e-5}, []graph.ValueID{constant(1, c), constant(1, c), constant(1, c), positive(c)}
		case 8:
			return graph.InstanceNormalization{Epsilon: 0.1}, []graph.ValueID{constant(1, c), constant(1, c)}
		case 9:
			return []graph.Op{graph.DepthToSpace{Block: 2, Inner: r.IntN(2) == 0}, graph.SpaceToDepth{Block: 2}}[r.IntN(2)], nil
		case 10:
			scale := 1 + r.IntN(3)
			return graph.Resize{Mode: graph.ResizeMode(r.IntN(2)), Scale: [2]float32{float32(scale), float32(scale)}, Out: [2]int{scale * shape[2], scale * shape[3]}}, nil
		default:
			return graph.LRN{Size: 1 + 2*r.IntN(3), Alpha: 0.1, Beta: 0.75, Bias: 1}, nil
		}
	}
	switch r.IntN(16) {
	case 0, 1:
		return []graph.Op{graph.Add{}, graph.Sub{}, graph.Mul{}, graph.Max{}, graph.Min{}}[r.IntN(5)], []graph.ValueID{second()}
	case 2, 3:
		list := []graph.Op{graph.Relu{}, graph.Sigmoid{}, graph.Tanh{}, graph.HardSwish{}, graph.HardSigmoid{Alpha: 0.2, Beta: 0.5}, graph.LeakyRelu{Alpha: 0.1},
			graph.Elu{Alpha: 1}, graph.Softplus{}, graph.Mish{}, graph.Gelu{}, graph.Gelu{Tanh: true}, graph.Clip{Lo: -0.5, Hi: 1}, graph.Erf{}, graph.Abs{}, graph.Neg{}}
		return list[r.IntN(len(list))], nil
	case 4:
		return graph.Softmax{Axis: axis}, nil
	case 5:
		return graph.Concat{Axis: axis}, []graph.ValueID{values[r.IntN(len(values))]}
	case 6:
		return graph.Transpose{Perm: r.Perm(rank)}, nil
	case 7:
		n := graph.Len(shape)
		k := 1 + r.IntN(n)
		for n%k != 0 {
			k--
		}
		return graph.Reshape{Shape: [][]int{{k, n / k}, {1, k, n / k}, {1, k, 1, n / k}, {n}}[r.IntN(4)]}, nil
	case 8:
		before, after := make([]int, rank), make([]int, rank)
		for a := range before {
			before[a], after[a] = r.IntN(3), r.IntN(3)
		}
		return graph.Pad{Mode: graph.PadMode(r.IntN(3)), Before: before, After: after, Value: float32(r.IntN(3)) - 1}, nil
	case 9:
		s := graph.Slice{Starts: make([]int, rank), Steps: make([]int, rank), Sizes: make([]int, rank)}
		for a, n := range shape {
			s.Starts[a], s.Steps[a] = r.IntN(n), 1+r.IntN(2)
			s.Sizes[a] = 1 + r.IntN((n-s.Starts[a]-1)/s.Steps[a]+1)
			if r.IntN(4) == 0 { // backwards
				s.Steps[a], s.Sizes[a] = -1, 1+r.IntN(s.Starts[a]+1)
			}
		}
		return s, nil
	case 10:
		var axes []int
		for a := range rank {
			if r.IntN(2) == 0 {
				axes = append(axes, a)
			}
		}
		if axes == nil {
			axes = []int{axis}
		}
		keep := r.IntN(2) == 0
		return []graph.Op{graph.ReduceMean{Axes: axes, KeepDims: keep}, graph.ReduceSum{Axes: axes, KeepDims: keep},
			graph.ReduceMax{Axes: axes, KeepDims: keep}, graph.ReduceMin{Axes: axes, KeepDims: keep}}[r.IntN(4)], nil
	case 11:
		n := shape[rank-1]
		return graph.MatMul{}, []graph.ValueID{constant(1/math.Sqrt(float64(n)), n, 1+r.IntN(20))}
	case 12:
		if rank != 2 {
			return nil, nil
		}
		n, m := shape[1], 1+r.IntN(20)
		op := graph.Gemm{Alpha: 1, Beta: 1, TransB: r.IntN(2) == 0}
		if op.TransB {
			return op, []graph.ValueID{constant(1/math.Sqrt(float64(n)), m, n), constant(1, m)}
		}
		return op, []graph.ValueID{constant(1/math.Sqrt(float64(n)), n, m), constant(1, m)}
	case 13:
		n := shape[rank-1]
		return graph.LayerNormalization{Axis: rank - 1, Epsilon: 0.1}, []graph.ValueID{constant(1, n), constant(1, n)}
	case 14:
		if rank < 2 {
			return nil, nil
		}
		slope := make([]int, rank-1)
		for a := range slope {
			slope[a] = 1
		}
		slope[0] = shape[1]
		return graph.PRelu{}, []graph.ValueID{constant(0.5, slope...)}
	default:
		return graph.Div{}, []graph.ValueID{positive(shape[rank-1])}
	}
}
