package train

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// eval computes a graph in float64, one obvious loop an operator: what gradients are checked against.
func eval(g *graph.Graph, inputs map[graph.ValueID][]float64) map[graph.ValueID][]float64 {
	vals := map[graph.ValueID][]float64{}
	for i, v := range g.Values {
		if v.Const != nil {
			x := make([]float64, len(v.Const.F))
			for k, f := range v.Const.F {
				x[k] = float64(f)
			}
			for _, i := range v.Const.I {
				x = append(x, float64(i))
			}
			vals[graph.ValueID(i)] = x
		}
	}
	for v, x := range inputs {
		vals[v] = x
	}
	for _, n := range g.Nodes {
		in := make([]tensor64, len(n.Inputs))
		for i, v := range n.Inputs {
			if v != graph.None {
				in[i] = tensor64{g.Values[v].Shape, vals[v]}
			}
		}
		outs := evalNode(g, n, in)
		for i, v := range n.Outputs {
			if v != graph.None {
				vals[v] = outs[i]
			}
		}
	}
	return vals
}

type tensor64 struct {
	shape []int
	x     []float64
}

func evalNode(g *graph.Graph, n graph.Node, in []tensor64) [][]float64 {
	shape := g.Values[n.Outputs[0]].Shape
	one := func(x []float64) [][]float64 { return [][]float64{x} }
	if f := function64(n.Op); f != nil {
		y := make([]float64, len(in[0].x))
		for i, x := range in[0].x {
			y[i] = f(x)
		}
		return one(y)
	}
	switch op := n.Op.(type) {
	case graph.Where:
		yes := zip(shape, in[:2], func(c, a float64) float64 { return c * a })
		no := zip(shape, []tensor64{in[0], in[2]}, func(c, b float64) float64 { return (1 - c) * b })
		return one(zip(shape, []tensor64{{shape, yes}, {shape, no}}, func(a, b float64) float64 { return a + b }))
	case graph.Equal:
		return one(zip(shape, in, func(a, b float64) float64 {
			if a == b {
				return 1
			}
			return 0
		}))
	case graph.TopK:
		return top64(op, in[0])
	case graph.Resample:
		return one(resample64(op, in[0], shape))
	case graph.Indexer:
		return one(indexed64(op, in))
	case graph.MaxPoolGradient:
		return one(maxPoolGradient64(op.Of, in, shape))
	case graph.ConvGradient:
		return one(convGradient64(op.Of, in, shape))
	case graph.LearnedFakeQuantize:
		return one(learnedFakeQuantize64(op, in))
	case graph.LearnedFakeQuantizeGradient:
		return learnedGradient64(op, in)
	case graph.Add:
		return one(zip(shape, in, func(a, b float64) float64 { return a + b }))
	case graph.Sub:
		return one(zip(shape, in, func(a, b float64) float64 { return a - b }))
	case graph.Mul:
		return one(zip(shape, in, func(a, b float64) float64 { return a * b }))
	case graph.Div:
		return one(zip(shape, in, func(a, b float64) float64 { return a / b }))
	case graph.Pow:
		return one(zip(shape, in, math.Pow))
	case graph.Max:
		return one(zip(shape, in, math.Max))
	case graph.Min:
		return one(zip(shape, in, math.Min))
	case graph.PRelu:
		return one(zip(shape, in, func(a, b float64) float64 {
			if a < 0 {
				return a * b
			}
			return a
		}))
	case graph.ReduceSum:
		return one(reduce64(in[0], op.Axes, 0, func(a, b float64) float64 { return a + b }))
	case graph.ReduceMax:
		return one(reduce64(in[0], op.Axes, math.Inf(-1), math.Max))
	case graph.ReduceMin:
		return one(reduce64(in[0], op.Axes, math.Inf(1), math.Min))
	case graph.ReduceMean:
		return one(mean64(in[0], op.Axes))
	case graph.Resize:
		return one(resize64(op, in[0], shape))
	case graph.LRN:
		return one(localNorm64(op, in[0]))
	case graph.GlobalAveragePool:
		return one(mean64(in[0], []int{2, 3}))
	case graph.GlobalMaxPool:
		return one(reduce64(in[0], []int{2, 3}, math.Inf(-1), math.Max))
	case graph.Reshape:
		return one(in[0].x)
	case graph.Pad:
		return one(pad64(in[0], op, shape))
	case graph.Split:
		var outs [][]float64
		at := 0
		for _, s := range op.Sizes {
			part := graph.Slice{Starts: make([]int, len(in[0].shape)), Steps: slices.Repeat([]int{1}, len(in[0].shape)), Sizes: slices.Clone(in[0].shape)}
			part.Starts[op.Axis], part.Sizes[op.Axis] = at, s
			outs = append(outs, move64(part, in[:1]))
			at += s
		}
		return outs
	case graph.Gemm:
		return one(gemm64(op, in))
	case graph.MatMul:
		return one(matMul64(in[0], in[1], shape))
	case graph.Conv:
		return one(conv64(op, in, shape))
	case graph.ConvTranspose:
		return one(convTranspose64(op, in, shape))
	case graph.Softmax:
		e := tensor64{in[0].shape, make([]float64, len(in[0].x))}
		for i, x := range in[0].x {
			e.x[i] = math.Exp(x)
		}
		s := slices.Clone(in[0].shape)
		s[op.Axis] = 1
		sum := tensor64{s, reduce64(e, []int{op.Axis}, 0, func(a, b float64) float64 { return a + b })}
		return one(zip(shape, []tensor64{e, sum}, func(a, b float64) float64 { return a / b }))
	case graph.BatchNormalization:
		return one(batchNorm64(op, in))
	case graph.BatchStatistics:
		mean, variance := statistics64(in[0])
		return [][]float64{mean, variance}
	case graph.BatchNormalizationGradient:
		return batchNormGradient64(op.Of, in)
	case graph.LayerNormalization:
		return one(layerNorm64(op, in))
	case graph.InstanceNormalization:
		return one(instanceNorm64(op, in))
	case graph.MaxPool:
		return one(pool64(in[0], shape, op.Kernel, op.Strides, op.Dilations, op.Pads, func(w []float64, _, _ int) float64 { return slices.Max(w) }))
	case graph.AveragePool:
		return one(pool64(in[0], shape, op.Kernel, op.Strides, op.Dilations, op.Pads, func(w []float64, inside, padded int) float64 {
			s := 0.0
			for _, v := range w {
				s += v
			}
			if op.IncludePad {
				inside = padded
			}
			return s / float64(inside)
		}))
	case graph.Folder: // what only moves
		return one(move64(op, in))
	case graph.DepthToSpace, graph.SpaceToDepth:
		return one(blocks64(n.Op, in[0], shape))
	}
	panic("no float64 evaluation of " + n.Op.Type())
}

func function64(op graph.Op) func(x float64) float64 {
	clamp := func(x, lo, hi float64) float64 { return math.Min(math.Max(x, lo), hi) }
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	switch op := op.(type) {
	case graph.Relu:
		return func(x float64) float64 { return math.Max(x, 0) }
	case graph.Clip:
		return func(x float64) float64 { return clamp(x, float64(op.Lo), float64(op.Hi)) }
	case graph.LeakyRelu:
		return func(x float64) float64 {
			if x < 0 {
				return x * float64(op.Alpha)
			}
			return x
		}
	case graph.Abs:
		return math.Abs
	case graph.Sigmoid:
		return sigmoid
	case graph.SiLU:
		return func(x float64) float64 { return x * sigmoid(x) }
	case graph.Tanh:
		return math.Tanh
	case graph.Exp:
		return math.Exp
	case graph.Log:
		return math.Log
	case graph.Sqrt:
		return math.Sqrt
	case graph.Softplus:
		return func(x float64) float64 { return math.Log1p(math.Exp(x)) }
	case graph.Mish:
		return func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(x))) }
	case graph.HardSigmoid:
		return func(x float64) float64 { return clamp(x*float64(op.Alpha)+float64(op.Beta), 0, 1) }
	case graph.HardSwish:
		return func(x float64) float64 { return x * clamp(x/6+0.5, 0, 1) }
	case graph.Elu:
		return func(x float64) float64 {
			if x < 0 {
				return float64(op.Alpha) * math.Expm1(x)
			}
			return x
		}
	case graph.Gelu:
		if op.Tanh {
			return func(x float64) float64 {
				return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
			}
		}
		return func(x float64) float64 { return x / 2 * math.Erfc(-x/math.Sqrt2) }
	case graph.NormalCDF:
		return func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	case graph.Erf:
		return math.Erf
	case graph.Neg:
		return func(x float64) float64 { return -x }
	case graph.Round:
		return math.RoundToEven
	case graph.Floor:
		return math.Floor
	case graph.Ceil:
		return math.Ceil
	case graph.Sign:
		return func(x float64) float64 { return math.Copysign(1, x) }
	case graph.Within:
		return func(x float64) float64 {
			if float64(op.Lo) < x && x < float64(op.Hi) {
				return 1
			}
			return 0
		}
	}
	return nil
}

// walk64 calls f for every index of shape.
func walk64(shape []int, f func(flat int, at []int)) {
	at := make([]int, len(shape))
	for i := range graph.Len(shape) {
		for a, rest := len(shape)-1, i; a >= 0; a-- {
			at[a] = rest % shape[a]
			rest /= shape[a]
		}
		f(i, at)
	}
}

// index is where the element at, of a tensor that this one broadcasts to, lies.
func (t tensor64) index(at []int) int {
	i := 0
	for a, n := range t.shape {
		k := at[len(at)-len(t.shape)+a]
		if n == 1 {
			k = 0
		}
		i = i*n + k
	}
	return i
}

func zip(shape []int, in []tensor64, f func(a, b float64) float64) []float64 {
	y := make([]float64, graph.Len(shape))
	walk64(shape, func(i int, at []int) { y[i] = f(in[0].x[in[0].index(at)], in[1].x[in[1].index(at)]) })
	return y
}

func reduce64(t tensor64, axes []int, start float64, f func(a, b float64) float64) []float64 {
	kept := tensor64{shape: slices.Clone(t.shape)}
	for _, a := range axes {
		kept.shape[a] = 1
	}
	kept.x = slices.Repeat([]float64{start}, graph.Len(kept.shape))
	walk64(t.shape, func(i int, at []int) {
		k := kept.index(at)
		kept.x[k] = f(kept.x[k], t.x[i])
	})
	return kept.x
}

func mean64(t tensor64, axes []int) []float64 {
	y := reduce64(t, axes, 0, func(a, b float64) float64 { return a + b })
	for i := range y {
		y[i] *= float64(len(y)) / float64(len(t.x))
	}
	return y
}

func localNorm64(op graph.LRN, t tensor64) []float64 {
	y := make([]float64, len(t.x))
	walk64(t.shape, func(i int, at []int) {
		sum, near := 0.0, slices.Clone(at)
		for c := max(0, at[1]-(op.Size-1)/2); c <= min(t.shape[1]-1, at[1]+op.Size/2); c++ {
			near[1] = c
			sum += math.Pow(t.x[t.index(near)], 2)
		}
		y[i] = t.x[i] / math.Pow(float64(op.Bias)+float64(op.Alpha)/float64(op.Size)*sum, float64(op.Beta))
	})
	return y
}

func gemm64(op graph.Gemm, in []tensor64) []float64 {
	flip := func(t tensor64, yes bool) tensor64 {
		if !yes {
			return t
		}
		return tensor64{[]int{t.shape[1], t.shape[0]}, move64(graph.Transpose{Perm: []int{1, 0}}, []tensor64{t})}
	}
	a, b := flip(in[0], op.TransA), flip(in[1], op.TransB)
	shape := []int{a.shape[0], b.shape[1]}
	y := matMul64(a, b, shape)
	for i := range y {
		y[i] *= float64(op.Alpha)
	}
	if len(in) > 2 {
		return zip(shape, []tensor64{{shape, y}, in[2]}, func(p, c float64) float64 { return p + float64(op.Beta)*c })
	}
	return y
}

func matMul64(a, b tensor64, shape []int) []float64 {
	if len(a.shape) == 1 {
		a.shape = []int{1, a.shape[0]}
		shape = slices.Insert(slices.Clone(shape), len(shape)-min(1, len(b.shape)-1), 1)
	}
	if len(b.shape) == 1 {
		b.shape = []int{b.shape[0], 1}
		shape = append(slices.Clone(shape), 1)
	}
	y := make([]float64, graph.Len(shape))
	k := a.shape[len(a.shape)-1]
	walk64(shape, func(i int, at []int) {
		n := len(at)
		left, right := slices.Clone(at), slices.Clone(at)
		for j := range k {
			left[n-1], right[n-2] = j, j
			y[i] += a.x[a.index(left)] * b.x[b.index(right)]
		}
	})
	return y
}

func batchNorm64(op graph.BatchNormalization, in []tensor64) []float64 {
	y := make([]float64, len(in[0].x))
	walk64(in[0].shape, func(i int, at []int) {
		c := at[1]
		y[i] = (in[0].x[i]-in[3].x[c])/math.Sqrt(in[4].x[c]+float64(op.Epsilon))*in[1].x[c] + in[2].x[c]
	})
	return y
}

func statistics64(x tensor64) (mean, variance []float64) {
	c := x.shape[1]
	mean, variance = make([]float64, c), make([]float64, c)
	n := float64(len(x.x) / c)
	walk64(x.shape, func(i int, at []int) { mean[at[1]] += x.x[i] / n })
	walk64(x.shape, func(i int, at []int) {
		d := x.x[i] - mean[at[1]]
		variance[at[1]] += d * d / n
	})
	return mean, variance
}

// batchNormGradient64 is that of standardized numbers h: r·scale·(dy - mean(dy) - h·mean(dy·h)).
func batchNormGradient64(op graph.BatchNormalization, in []tensor64) [][]float64 {
	dy, x, scale, mean, variance := in[0].x, in[1].x, in[2].x, in[3].x, in[4].x
	c := len(scale)
	dx, slope, bias := make([]float64, len(x)), make([]float64, c), make([]float64, c)
	r := func(c int) float64 { return 1 / math.Sqrt(variance[c]+float64(op.Epsilon)) }
	h := func(i, c int) float64 { return (x[i] - mean[c]) * r(c) }
	walk64(in[0].shape, func(i int, at []int) {
		slope[at[1]] += dy[i] * h(i, at[1])
		bias[at[1]] += dy[i]
	})
	n := float64(len(x) / c)
	walk64(in[0].shape, func(i int, at []int) {
		c := at[1]
		dx[i] = r(c) * scale[c] * (dy[i] - bias[c]/n - h(i, c)*slope[c]/n)
	})
	return [][]float64{dx, slope, bias}
}

func standard64(t tensor64, axes []int, epsilon float32) tensor64 {
	kept := slices.Clone(t.shape)
	for _, a := range axes {
		kept[a] = 1
	}
	minus := func(a, b float64) float64 { return a - b }
	c := tensor64{t.shape, zip(t.shape, []tensor64{t, {kept, mean64(t, axes)}}, minus)}
	square := tensor64{t.shape, zip(t.shape, []tensor64{c, c}, func(a, b float64) float64 { return a * b })}
	return tensor64{t.shape, zip(t.shape, []tensor64{c, {kept, mean64(square, axes)}}, func(a, v float64) float64 {
		return a / math.Sqrt(v+float64(epsilon))
	})}
}

func layerNorm64(op graph.LayerNormalization, in []tensor64) []float64 {
	var axes []int
	for a := op.Axis; a < len(in[0].shape); a++ {
		axes = append(axes, a)
	}
	y := zip(in[0].shape, []tensor64{standard64(in[0], axes, op.Epsilon), in[1]}, func(a, b float64) float64 { return a * b })
	if len(in) > 2 {
		return zip(in[0].shape, []tensor64{{in[0].shape, y}, in[2]}, func(a, b float64) float64 { return a + b })
	}
	return y
}

func instanceNorm64(op graph.InstanceNormalization, in []tensor64) []float64 {
	var axes []int
	for a := 2; a < len(in[0].shape); a++ {
		axes = append(axes, a)
	}
	y := standard64(in[0], axes, op.Epsilon).x
	walk64(in[0].shape, func(i int, at []int) { y[i] = y[i]*in[1].x[at[1]] + in[2].x[at[1]] })
	return y
}
