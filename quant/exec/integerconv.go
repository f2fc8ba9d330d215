package exec

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/graph"
)

// integerWeights are the weights of a layer as integers. Unsigned ones are less 128.
type integerWeights struct {
	codes   []int8    // ONNX order
	zero    []int32   // one, or one for each output channel
	bias    []int32   // nil for zeros
	clipped int       // channels whose bias does not fit
	m       []float32 // real value of one unit of the sum, for each output channel
}

// weightQuant is the quantizer of constant v, nil if it has none of at most 8 bits.
func weightQuant(c Config, v graph.ValueID) *Quant {
	for i := range c.Quant {
		if c.Quant[i].Value == v && inByte(c.Quant[i].Params) {
			return &c.Quant[i]
		}
	}
	return nil
}

// integerLayer reports whether node n is a layer that the integer kernels compute: weights and bias
// constant, weights quantized to at most 8 bits for all or for each output channel, with one zero point
// unless it is depthwise; no other groups.
func integerLayer(g *graph.Graph, c Config, n graph.Node) bool {
	axis, depthwise := 0, false
	switch op := n.Op.(type) {
	case graph.Conv:
		in, out := g.Values[n.Inputs[0]].Shape[1], g.Values[n.Outputs[0]].Shape[1]
		depthwise = op.Group == in && out == in && in > 1
		if op.Group != 1 && !depthwise {
			return false
		}
	case graph.Gemm:
		if op.TransA || op.Alpha != 1 || op.Beta != 1 {
			return false
		}
		if !op.TransB {
			axis = 1
		}
	case graph.MatMul:
		axis = 1
		if len(g.Values[n.Inputs[1]].Shape) != 2 || len(g.Values[n.Inputs[0]].Shape) == 4 {
			return false
		}
	default:
		return false
	}
	q := weightQuant(c, n.Inputs[1])
	if q == nil || !constant(g, n.Inputs[1:]) || q.Params.Axis >= 0 && q.Params.Axis != axis {
		return false
	}
	for _, z := range q.Params.ZeroPoint {
		if z != q.Params.ZeroPoint[0] && !depthwise {
			return false
		}
	}
	return codesOf(g, c, n.Inputs[0]) != nil
}

// integerWeightsOf gives the integer weights of step s, node n, with o output channels, a following
// BatchNormalization folded into multiplier and bias. A bias that does not fit is saturated. A channel
// that the BatchNormalization multiplies by 0 keeps only its bias; one whose codes are all zero, and whose
// scale therefore means nothing, gets a unit in which its bias fits. Both passes get the same ones.
func (l *lowerer) integerWeightsOf(s *step, n graph.Node, o int) *integerWeights {
	if w := l.integers[s.node]; w != nil {
		l.clipped = w.clipped
		return w
	}
	wv := n.Inputs[1]
	q := weightQuant(l.cfg, wv)
	w := &integerWeights{m: make([]float32, o)}
	w.codes, w.zero = signedCodes(q, l.g.Values[wv].Const)
	var f, shift []float32
	if s.norm >= 0 {
		bn := l.g.Nodes[s.norm]
		f, shift = normFactors(l.g, bn, bn.Op.(graph.BatchNormalization))
		if slices.Contains(f, 0) {
			w.codes = slices.Clone(w.codes)
		}
	}
	var bias []float32
	if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
		bias = l.weights(n.Inputs[2])
	}
	if bias != nil || f != nil {
		w.bias = make([]int32, o)
	}
	sx := codesOf(l.g, l.cfg, n.Inputs[0]).Params.Scale[0]
	inner := len(w.codes) / o
	for i := range w.m {
		w.m[i] = sx * q.Params.Scale[i%len(q.Params.Scale)]
		b := float32(0)
		if bias != nil {
			b = bias[i%len(bias)]
		}
		dead := w.dead(n, i)
		if f != nil && f[i] == 0 {
			for k := range w.codes[i*inner : (i+1)*inner] { // a BatchNormalization follows only convolutions: channels come first
				w.codes[i*inner+k] = int8(w.zero[i%len(w.zero)])
			}
			b = shift[i]
		} else if f != nil {
			b = float32(b*f[i]) + shift[i]
			w.m[i] *= f[i]
		}
		if fits := float32(math.Abs(float64(b)) / (1 << 29)); dead && fits > float32(math.Abs(float64(w.m[i]))) {
			w.m[i] = fits
		}
		if w.bias != nil {
			q := math.RoundToEven(float64(b) / float64(w.m[i]))
			if math.Abs(q) > maxBias {
				w.clipped++
			}
			w.bias[i] = int32(min(max(q, -maxBias), maxBias))
		}
	}
	l.integers[s.node], l.clipped = w, w.clipped
	return w
}

// signedCodes gives the codes and zero points of c as q quantizes it, unsigned ones less 128. The codes may
// be the file's.
func signedCodes(q *Quant, c *graph.Tensor) (codes []int8, zero []int32) {
	shift := int32(0)
	if q.Params.QMin >= 0 {
		shift = 128
	}
	zero = slices.Clone(q.Params.ZeroPoint)
	for i := range zero {
		zero[i] -= shift
	}
	if q.Codes != nil {
		return q.Codes, zero
	}
	wide := make([]int32, len(c.F))
	q.Params.Quantize(wide, c.F, c.Shape, q.Rule)
	codes = make([]int8, len(wide))
	for i, v := range wide {
		codes[i] = int8(v - shift)
	}
	return codes, zero
}

// dead tells of output channel i of len(w.m) whether all its codes are its zero point.
func (w *integerWeights) dead(n graph.Node, i int) bool {
	inner := len(w.codes) / len(w.m)
	at, step := i*inner, 1
	if columns(n) {
		at, step = i, len(w.m)
	}
	zero := w.zero[i%len(w.zero)]
	for range inner {
		if int32(w.codes[at]) != zero {
			return false
		}
		at += step
	}
	return true
}

// columns tells whether the output channels of layer n are the last dimension of its weights.
func columns(n graph.Node) bool {
	switch op := n.Op.(type) {
	case graph.Gemm:
		return !op.TransB
	case graph.MatMul:
		return true
	}
	return false
}

// roundBias gives bias, of node n with a following BatchNormalization folded in, as the integers of an
// integer run stand for it.
func (l *lowerer) roundBias(s *step, n graph.Node, bias []float32) {
	if !l.cfg.RoundBias || bias == nil || !integerLayer(l.g, l.cfg, n) {
		return
	}
	w := l.integerWeightsOf(s, n, len(bias))
	for i := range bias {
		bias[i] = float32(w.bias[i]) * w.m[i]
	}
}

// maxBias keeps sums within an int32, see q8.GEMM.
const maxBias = 1<<30 - 1

// integerOut says what becomes of the sums of s, given the real value m of their units, and where: codes, or
// floats in v's own place or its shadow, with the posts still to come.
func (l *lowerer) integerOut(s *step, m []float32) (q8.Out, []float32) {
	if r, table, ok := l.coded(s); ok {
		zero, lo, hi := l.bounds(r)
		scaled := make([]float32, len(m))
		for i := range m {
			scaled[i] = m[i] / r.q.Params.Scale[0]
		}
		return q8.Out{Zero: zero, Lo: lo, Hi: hi, Table: table}, scaled
	}
	if l.plan.codes[s.out()] != nil {
		l.cast(s.out(), halo{})
	}
	return q8.Out{Float: true, Post: l.posts(s)}, m
}

// settle stores floats that stand for codes as codes.
func (l *lowerer) settle(v graph.ValueID) {
	if _, ok := l.shadows[v]; ok {
		l.encode(v)
	}
}

func (l *lowerer) integerConv(s *step, n graph.Node, op graph.Conv) bool {
	x, y := n.Inputs[0], s.out()
	if !integerLayer(l.g, l.cfg, n) {
		return false
	}
	c, o := l.g.Values[x].Shape[1], l.g.Values[y].Shape[1]
	depthwise := op.Group > 1
	w := l.integerWeightsOf(s, n, o)
	l.shadows = map[graph.ValueID]shadow{}
	result, m := l.integerOut(s, w.m)
	xzero, _, _ := stored(l.plan.codes[x].Params, l.cfg.Dot)
	if depthwise {
		l.integerDepthwise(s, op, w, m, result, xzero)
		l.settle(y)
		return true
	}
	in, out := l.plan.layouts[x], l.lay(y)
	runs, runLen := convRuns(op, in, c)
	taps := op.Kernel[0] * op.Kernel[1]
	g := q8.GEMM{
		Dot: l.cfg.Dot, Runs: uint32(len(runs)), RunLen: uint32(runLen), BZero: w.zero[0],
		M: uint32(out.shape[0] * out.shape[2] * out.shape[3]), N: uint32(o), Out: result,
		A: l.at(x) - uint32(op.Pads[0]*in.stride[2]+op.Pads[1]*in.stride[3]), C: l.at(y),
	}
	g.Far = q8.Far(len(runs)*runLen, w.bias, m)
	if len(runs) > 1 {
		g.RunTable = l.offsets(runs)
	}
	g.Rows, g.LDA = l.rows(pixels{in.stride[0], op.Strides[0] * in.stride[2], op.Strides[1] * in.stride[3]}, out.shape)
	g.OutRows, g.LDC = l.rows(pixels{out.stride[0], out.stride[2], out.stride[3]}, out.shape)
	weights := q8.GEMMWeights{
		Dot: l.cfg.Dot, Runs: len(runs), RunLen: runLen, N: o,
		Data: w.codes, Channels: c, ChannelStride: taps, ColumnStride: c * taps,
		Zero: w.zero[0], XZero: xzero, Bias: w.bias, M: m,
	}
	g.B = l.raw(weights.PackedLen(), weights.Pack)
	l.emit(g.Call())
	l.settle(y)
	return true
}

func (l *lowerer) integerDepthwise(s *step, op graph.Conv, w *integerWeights, m []float32, result q8.Out, xzero int32) {
	x, y := l.g.Nodes[s.node].Inputs[0], s.out()
	in, out := l.plan.layouts[x], l.lay(y)
	c := out.shape[1]
	weights := q8.DWWeights{Data: w.codes, Zero: w.zero, XZero: xzero, Bias: w.bias, M: m}
	d := q8.DWConv{
		Dot: l.cfg.Dot, Wide: weights.Wide(c),
		X:    l.at(x) - uint32(op.Pads[0]*in.stride[2]+op.Pads[1]*in.stride[3]),
		XImg: uint32(in.stride[0]), XRow: uint32(in.stride[2]), XPix: uint32(in.stride[3]),
		Y: l.at(y), YImg: uint32(out.stride[0]), YRow: uint32(out.stride[2]), YPix: uint32(out.stride[3]),
		N: uint32(out.shape[0]), OH: uint32(out.shape[2]), OW: uint32(out.shape[3]), C: uint32(c),
		KH: uint32(op.Kernel[0]), KW: uint32(op.Kernel[1]), StrideH: uint32(op.Strides[0]), StrideW: uint32(op.Strides[1]),
		DilH: uint32(op.Dilations[0]), DilW: uint32(op.Dilations[1]), Out: result,
	}
	d.W = l.raw(d.PackedLen(), func(dst []byte) { d.Pack(dst, weights) })
	l.emit(d.Call())
}

// integerGemm runs a product with a constant matrix [K,N], or [N,K] if transposed.
func (l *lowerer) integerGemm(s *step, n graph.Node) bool {
	if !integerLayer(l.g, l.cfg, n) {
		return false
	}
	a, y := n.Inputs[0], s.out()
	shape, b := l.g.Values[a].Shape, l.g.Values[n.Inputs[1]].Shape
	k, cols := b[1], b[0]
	channelStride, columnStride := 1, k
	if columns(n) {
		k, cols = b[0], b[1]
		channelStride, columnStride = cols, 1
	}
	w := l.integerWeightsOf(s, n, cols)
	l.shadows = map[graph.ValueID]shadow{}
	result, m := l.integerOut(s, w.m)
	xzero, _, _ := stored(l.plan.codes[a].Params, l.cfg.Dot)
	lay := l.lay(y)
	g := q8.GEMM{
		Dot: l.cfg.Dot, A: l.at(a), LDA: uint32(k), Runs: 1, RunLen: uint32(k), BZero: w.zero[0],
		C: l.at(y), LDC: uint32(lay.width * cols), M: uint32(graph.Len(shape) / k), N: uint32(cols), Out: result,
	}
	g.Far = q8.Far(k, w.bias, m)
	weights := q8.GEMMWeights{
		Dot: l.cfg.Dot, Runs: 1, RunLen: k, N: cols,
		Data: w.codes, Channels: k, ChannelStride: channelStride, ColumnStride: columnStride,
		Zero: w.zero[0], XZero: xzero, Bias: w.bias, M: m,
	}
	g.B = l.raw(weights.PackedLen(), weights.Pack)
	l.emit(g.Call())
	l.settle(y)
	return true
}
