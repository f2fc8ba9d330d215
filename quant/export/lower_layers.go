package export

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// conv emits a QLinearConv, with the batch normalisation behind it in scales and bias.
func (l *lowering) conv(n graph.Node) bool {
	x, v := l.input(n.Inputs[0]), n.Outputs[0]
	w := l.weight(n.Inputs[1], 0)
	a, norm := l.norm(n)
	if norm >= 0 {
		v = l.c.Graph.Nodes[norm].Outputs[0]
	}
	y := l.want[v]
	if x == nil || w == nil || y == nil {
		return false
	}
	if norm >= 0 {
		w = w.times(a.scale)
	}
	bias, ok := l.bias(n, x, w, a, l.c.Graph.Values[n.Outputs[0]].Shape[1], 1)
	if !ok {
		return false
	}
	if norm >= 0 {
		l.done[norm] = true
	}
	inputs := slices.Concat(l.operand(x), l.store(w), []graph.ValueID{l.scaleOf(y), l.zeroOf(y)})
	if bias != graph.None {
		inputs = append(inputs, bias)
	}
	l.qlinear(n, operatorType{"", "QLinearConv"}, v, y, inputs...)
	return true
}

// gemm emits a QGemm, of codes where its output is quantized, else of floats.
func (l *lowering) gemm(n graph.Node, op graph.Gemm) bool {
	axis := 1
	if op.TransB {
		axis = 0
	}
	x, v := l.input(n.Inputs[0]), n.Outputs[0]
	w := l.weight(n.Inputs[1], axis)
	if x == nil || w == nil {
		return false
	}
	bias, ok := l.bias(n, x, w, nil, l.c.Graph.Values[v].Shape[1], op.Beta)
	if !ok {
		return false
	}
	l.product(n, x, w, bias, v)
	return true
}

// product emits the QGemm.
func (l *lowering) product(n graph.Node, x *coded, w *codedWeight, bias, v graph.ValueID) {
	inputs := append(l.operand(x), l.store(w)...)
	if y := l.want[v]; y != nil {
		l.qlinear(n, operatorType{microsoftDomain, "QGemm"}, v, y, append(inputs, bias, l.scaleOf(y), l.zeroOf(y))...)
		return
	}
	if bias != graph.None {
		inputs = append(inputs, bias)
	}
	l.Append(graph.Node{Name: n.Name, Op: n.Op, Inputs: inputs, Outputs: []graph.ValueID{v}})
	l.types[n.Name] = operatorType{microsoftDomain, "QGemm"}
	l.made(v, v)
}

// matMul emits the QGemm of a linear layer over rows, with the Add of its bias; or the QLinearMatMul of
// two quantized matrices.
func (l *lowering) matMul(n graph.Node) bool {
	g := l.c.Graph
	x, v := l.input(n.Inputs[0]), n.Outputs[0]
	if x == nil {
		return false
	}
	if g.Values[n.Inputs[1]].Const == nil {
		b, y := l.input(n.Inputs[1]), l.want[v]
		if b == nil || y == nil {
			return false
		}
		l.qlinear(n, operatorType{"", "QLinearMatMul"}, v, y,
			slices.Concat(l.operand(x), l.operand(b), []graph.ValueID{l.scaleOf(y), l.zeroOf(y)})...)
		return true
	}
	w := l.weight(n.Inputs[1], 1)
	if w == nil || len(g.Values[n.Inputs[0]].Shape) != 2 || len(g.Values[n.Inputs[1]].Shape) != 2 {
		return false
	}
	layer := graph.Node{Name: n.Name, Op: graph.Gemm{Alpha: 1, Beta: 1}, Inputs: slices.Clone(n.Inputs)}
	columns, add := g.Values[v].Shape[1], l.biasAdd(v)
	if add >= 0 {
		a := g.Nodes[add]
		c := a.Inputs[0]
		if c == v {
			c = a.Inputs[1]
		}
		layer.Inputs, v = append(layer.Inputs, c), a.Outputs[0]
	}
	bias, ok := l.bias(layer, x, w, nil, columns, 1)
	if !ok {
		return false
	}
	if add >= 0 {
		l.done[add] = true
	}
	l.product(layer, x, w, bias, v)
	return true
}

// biasAdd is the Add of a constant row that is the only reader of v, -1 for none.
func (l *lowering) biasAdd(v graph.ValueID) int {
	if l.of[v] >= 0 || l.output[v] || len(l.readers[v]) != 1 {
		return -1
	}
	g, r := l.c.Graph, l.readers[v][0]
	if _, ok := g.Nodes[r].Op.(graph.Add); !ok {
		return -1
	}
	for _, c := range g.Nodes[r].Inputs {
		shape := g.Values[c].Shape
		if g.Values[c].Const != nil && l.of[c] < 0 && len(shape) > 0 && graph.Len(shape) == shape[len(shape)-1] && graph.Len(shape) == g.Values[v].Shape[1] {
			return r
		}
	}
	return -1
}

// input is the codes of an activation, nil if it has none.
func (l *lowering) input(v graph.ValueID) *coded {
	if v == graph.None {
		return nil
	}
	return l.codes[v]
}

// operand is a tensor of codes with scale and zero point, as QLinear operators read them.
func (l *lowering) operand(c *coded) []graph.ValueID {
	return []graph.ValueID{c.id, l.scaleOf(c), l.zeroOf(c)}
}

// codedWeight is a constant weight as codes.
type codedWeight struct {
	coded
	value  graph.ValueID
	tensor *graph.Tensor
	whole  scheme.QParams // before a normalisation went into the scales
	dead   []bool         // channels that a normalisation made zero; nil for none
}

// weight gives a weight as codes, with scales along axis if it has several: nil if it is not quantized
// to 8 bits, or has zero points that differ, which integer kernels do not take.
func (l *lowering) weight(v graph.ValueID, axis int) *codedWeight {
	value := l.c.Graph.Values[v]
	if value.Const == nil || l.of[v] < 0 || !narrowEnough(l.params[l.of[v]]) {
		return nil
	}
	p := l.params[l.of[v]]
	if p.Axis >= 0 && (p.Axis != axis || slices.ContainsFunc(p.ZeroPoint, func(z int32) bool { return z != p.ZeroPoint[0] })) {
		return nil
	}
	dtype := storage(p)
	if l.can.unsigned {
		dtype = graph.Uint8
	} else if l.dtype == graph.Int8 {
		dtype = graph.Int8 // kernels that take int8 take no uint8 beside it
	}
	w := &codedWeight{coded: coded{value.Name, graph.None, inType(p, dtype), dtype, graph.None, graph.None}, value: v}
	w.whole = w.p
	if l.can.mqbenchIntegers {
		w.tensor = wrapped(value.Const, w.p)
		return w
	}
	stored, shift := codes(value.Const, p, l.c.Recipe.Rule), int64(w.p.QMin-p.QMin)
	w.tensor = &graph.Tensor{DType: dtype, Shape: stored.Shape, I: stored.I}
	for i := range w.tensor.I {
		w.tensor.I[i] += shift
	}
	return w
}

// times is a weight times a factor for each output channel, its first axis: the same codes with other
// scales. A channel that becomes zero has zeros for codes.
func (w *codedWeight) times(factor []float32) *codedWeight {
	out := *w
	out.p.Axis, out.dead = 0, make([]bool, len(factor))
	out.p.Scale, out.p.ZeroPoint = make([]float32, len(factor)), make([]int32, len(factor))
	inner := graph.Len(w.tensor.Shape[1:])
	for c, f := range factor {
		k := min(c, len(w.p.Scale)-1)
		out.p.Scale[c], out.p.ZeroPoint[c] = w.p.Scale[k]*f, w.p.ZeroPoint[k]
		if out.p.Scale[c] == 0 {
			out.p.Scale[c], out.dead[c] = 1, true
			for i := range inner {
				out.tensor.I[c*inner+i] = int64(w.p.ZeroPoint[k])
			}
		}
	}
	return &out
}

// store adds a weight to the result, once, and gives codes, scale and zero point.
func (l *lowering) store(w *codedWeight) []graph.ValueID {
	if had, ok := l.weights[w.value]; ok && had.dead == nil && w.dead == nil {
		w = had
	}
	if w.id == graph.None {
		w.id = l.Const(w.name+"_quantized", w.tensor)
		l.weights[w.value] = w
	}
	return []graph.ValueID{w.id, l.scaleOf(&w.coded), l.zeroOf(&w.coded)}
}

// channelwise is a batch normalisation as y = (x − center)·scale + shift for each channel.
type channelwise struct{ scale, center, shift []float32 }

// norm is the batch normalisation that only reads a convolution's output, and is neither quantized nor
// an output before it; -1 for none.
func (l *lowering) norm(n graph.Node) (*channelwise, int) {
	g, v := l.c.Graph, n.Outputs[0]
	if l.of[v] >= 0 || l.output[v] || len(l.readers[v]) != 1 {
		return nil, -1
	}
	r := l.readers[v][0]
	op, ok := g.Nodes[r].Op.(graph.BatchNormalization)
	if !ok || g.Nodes[r].Inputs[0] != v {
		return nil, -1
	}
	var in [4][]float32
	for k := range in {
		t := g.Values[g.Nodes[r].Inputs[k+1]].Const
		if t == nil {
			return nil, -1
		}
		in[k] = t.F
	}
	a := &channelwise{make([]float32, len(in[0])), in[2], in[1]}
	for c := range a.scale {
		a.scale[c] = in[0][c] / float32(math.Sqrt(float64(in[3][c]+op.Epsilon)))
	}
	return a, r
}

// bias is a layer's bias times beta, of the normalisation where there is one, as int32 with scale s_x·s_w: None
// where it has none, not ok where it is computed or does not fit into an int32.
func (l *lowering) bias(n graph.Node, x *coded, w *codedWeight, a *channelwise, channels int, beta float32) (id graph.ValueID, ok bool) {
	var b []float32
	name := n.Name + "_bias"
	if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
		value := l.c.Graph.Values[n.Inputs[2]]
		if value.Const == nil || value.DType != graph.Float32 {
			return graph.None, false
		}
		b, name = value.Const.F, value.Name
		if q := l.of[n.Inputs[2]]; q >= 0 { // by the backend's own rule: rounded twice
			b = make([]float32, len(value.Const.F))
			l.params[q].FakeQuantize(b, value.Const.F, value.Const.Shape, l.c.Recipe.Rule)
		}
		if len(b) != channels {
			if len(b) != 1 {
				return graph.None, false
			}
			b = slices.Repeat(b, channels)
		}
		if beta != 1 {
			b = slices.Clone(b)
			for c := range b {
				b[c] *= beta
			}
		}
	}
	if a != nil {
		folded := make([]float32, channels)
		for c := range folded {
			y := float32(0)
			if b != nil {
				y = b[c]
			}
			folded[c] = float32((y-a.center[c])*a.scale[c]) + a.shift[c]
		}
		b = folded
	}
	if b == nil {
		return graph.None, true
	}
	scale := make([]float32, len(w.p.Scale))
	for c := range scale {
		scale[c] = float32(x.p.Scale[0] * w.p.Scale[c])
	}
	codes, over := biasCodes(b, scale)
	if l.can.mqbenchIntegers {
		codes, over = truncated(b, scale)
	}
	if over >= 0 {
		return graph.None, false
	}
	return l.Const(name+"_quantized", &graph.Tensor{DType: graph.Int32, Shape: []int{channels}, I: codes}), true
}
