package exec

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// elementwise reports whether node is an operator that runs as a post: in place, on values just made.
func elementwise(g *graph.Graph, n graph.Node) bool {
	switch n.Op.(type) {
	case graph.Relu, graph.Clip, graph.LeakyRelu, graph.Sigmoid, graph.SiLU, graph.HardSigmoid, graph.HardSwish, graph.Tanh,
		graph.Elu, graph.Softplus, graph.Mish, graph.Gelu, graph.Exp, graph.Sqrt:
		return true
	case graph.BatchNormalization:
		return channelsInner(g.Values[n.Inputs[0]].Shape) && constant(g, n.Inputs[1:])
	case graph.PRelu:
		_, ok := slopes(g, n)
		return ok
	case graph.QuantizeLinear, graph.DequantizeLinear:
		return graph.Len(g.Values[n.Inputs[1]].Shape) == 1 && constant(g, n.Inputs[1:])
	}
	return false
}

func constant(g *graph.Graph, values []graph.ValueID) bool {
	for _, v := range values {
		if v != graph.None && g.Values[v].Const == nil {
			return false
		}
	}
	return true
}

// channelsInner reports whether channels (axis 1) are innermost in storage order.
func channelsInner(shape []int) bool { return len(shape) == 4 || len(shape) == 2 }

// posts are the functions to run over the values of s as they are made: each absorbed node, with the
// observer and the fake-quantizer of each value on the way.
func (l *lowerer) posts(s *step) []f32.Post {
	var posts []f32.Post
	for i := 0; i < len(s.chain); i++ {
		k := s.chain[i]
		if k.node >= 0 && !l.limits(k) {
			posts = append(posts, l.post(l.g.Nodes[k.node]))
		}
		if post, n := l.levelTable(s.chain[i:]); post != nil {
			posts = append(append(posts, l.observer(k.value)...), *post)
			i += n
			continue
		}
		posts = append(posts, l.taps(k.value)...)
	}
	return posts
}

// observer finds the range of v, if that is asked for.
func (l *lowerer) observer(v graph.ValueID) []f32.Post {
	if !slices.Contains(l.cfg.Observe, v) {
		return nil
	}
	if _, ok := l.ranges[v]; !ok {
		l.ranges[v] = l.constant(rangeLen*l.cfg.Pool.Threads(), func([]float32) {})
	}
	return []f32.Post{f32.MinMax(l.ranges[v])}
}

// taps are the observer and the fake-quantizer of one value.
func (l *lowerer) taps(v graph.ValueID) []f32.Post {
	posts := l.observer(v)
	for _, q := range l.cfg.Quant {
		if q.Value == v && l.plan.codes[v] == nil { // else the step quantizes it at its end
			posts = append(posts, l.fakeQuant(v, q))
		}
	}
	return posts
}

func (l *lowerer) fakeQuant(v graph.ValueID, q Quant) f32.Post {
	p := q.Params
	lo, hi := float32(p.QMin), float32(p.QMax)
	switch p.Grid {
	case scheme.HalfUp:
		return f32.FakeQuantHalfUp(p.Scale[0], lo, hi)
	case scheme.Log2:
		values, limits := scheme.LogTable()
		positive, negative := scheme.LogLimits(p.ZeroPoint[0])
		return f32.FakeQuantLog2(values, limits, f32.LogBounds(positive), f32.LogBounds(negative))
	case scheme.E4M3, scheme.E5M2:
		most, normal, mantissa := p.Grid.Float()
		return f32.FakeQuantFloat8(p.Scale[0], most, normal, mantissa)
	}
	if q.Rule == scheme.ONNX {
		return f32.FakeQuantDiv(p.Scale[0], float32(p.ZeroPoint[0]), lo, hi)
	}
	return f32.FakeQuant(p.Scale[0], float32(p.ZeroPoint[0]), lo, hi)
}

// post is the function of an element-wise node.
func (l *lowerer) post(n graph.Node) f32.Post {
	switch op := n.Op.(type) {
	case graph.Relu:
		return f32.Clamp(0, unbounded[1])
	case graph.Clip:
		return f32.Clamp(op.Lo, op.Hi)
	case graph.LeakyRelu:
		return f32.LeakyRelu(op.Alpha)
	case graph.Sigmoid:
		return f32.Sigmoid()
	case graph.SiLU:
		return f32.SiLU()
	case graph.HardSigmoid:
		return f32.HardSigmoid(op.Alpha, op.Beta)
	case graph.HardSwish:
		return f32.HardSwish()
	case graph.Tanh:
		return f32.Tanh()
	case graph.Elu:
		return f32.Elu(op.Alpha)
	case graph.Softplus:
		return f32.Softplus()
	case graph.Mish:
		return f32.Mish()
	case graph.Gelu:
		if op.Tanh {
			return f32.GeluTanh()
		}
		return f32.Gelu()
	case graph.Exp:
		return f32.Exp()
	case graph.Sqrt:
		return f32.Sqrt()
	case graph.PRelu:
		slope, _ := slopes(l.g, n)
		at := l.constant(len(slope), func(dst []float32) { copy(dst, slope) })
		return f32.PRelu(at, len(slope))
	case graph.BatchNormalization:
		f, shift := normFactors(l.g, n, op)
		scale := l.constant(len(f), func(dst []float32) { copy(dst, f) })
		return f32.Affine(scale, l.constant(len(f), func(dst []float32) { copy(dst, shift) }), len(f))
	case graph.QuantizeLinear:
		lo, hi := op.To.Range()
		return f32.Quantize(l.g.Values[n.Inputs[1]].Const.F[0], l.zeroPoint(n), float32(lo), float32(hi))
	case graph.DequantizeLinear:
		return f32.Dequantize(l.g.Values[n.Inputs[1]].Const.F[0], l.zeroPoint(n))
	}
	panic("exec: node is not element-wise")
}

func (l *lowerer) zeroPoint(n graph.Node) float32 {
	if len(n.Inputs) < 3 || n.Inputs[2] == graph.None {
		return 0
	}
	return float32(l.g.Values[n.Inputs[2]].Const.I[0])
}

// normFactors turn a BatchNormalization into y = x·f + shift: f = scale/sqrt(var + epsilon),
// shift = bias - mean·f. float32, each operation rounded.
func normFactors(g *graph.Graph, n graph.Node, op graph.BatchNormalization) (f, shift []float32) {
	scale, bias := g.Values[n.Inputs[1]].Const.F, g.Values[n.Inputs[2]].Const.F
	mean, variance := g.Values[n.Inputs[3]].Const.F, g.Values[n.Inputs[4]].Const.F
	f, shift = make([]float32, len(scale)), make([]float32, len(scale))
	for c := range scale {
		sd := float32(math.Sqrt(float64(variance[c] + op.Epsilon)))
		f[c] = scale[c] / sd
		shift[c] = bias[c] - float32(mean[c]*f[c])
	}
	return f, shift
}

// slopes gives the slope of a PRelu for each channel, if it has one per channel or one in all.
func slopes(g *graph.Graph, n graph.Node) ([]float32, bool) {
	slope, x := g.Values[n.Inputs[1]], g.Values[n.Inputs[0]].Shape
	if slope.Const == nil || !channelsInner(x) {
		return nil, false
	}
	per := make([]float32, x[1])
	switch k := len(x) - 1; {
	case len(slope.Const.F) == 1:
		for i := range per {
			per[i] = slope.Const.F[0]
		}
	case len(slope.Shape) >= k && len(slope.Const.F) == x[1] && slope.Shape[len(slope.Shape)-k] == x[1]:
		copy(per, slope.Const.F)
	default:
		return nil, false
	}
	return per, true
}
