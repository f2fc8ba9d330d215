package lower

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// gemm runs Alpha·A'·B' + Beta·C. Constant B and C are packed with Alpha and Beta multiplied in; what is
// computed while running is multiplied and added afterwards, but for a plain bias.
func gemm(l *lowerer, s *plan.Step, op graph.Gemm) {
	a, b, y := s.Inputs[0], s.Inputs[1], s.Out()
	m, k := l.g.Values[a].Shape[0], l.g.Values[a].Shape[1]
	if op.TransA {
		m, k = k, m
	}
	cols := l.g.Values[y].Shape[1]
	if k == 0 {
		l.noProduct(y)
		if len(s.Inputs) > 2 && s.Inputs[2] != graph.None {
			l.addScaled(y, s.Inputs[2], op.Beta, l.epilogue(s))
		} else {
			l.mapInPlace(y, l.epilogue(s))
		}
		return
	}
	g := f32.GEMM{
		A: l.at(a), LDA: uint32(elem * k), Runs: 1, RunLen: uint32(k), C: l.at(y), LDC: uint32(elem * cols),
		M: uint32(m), N: uint32(cols), Lo: unbounded[0], Hi: unbounded[1],
	}
	if op.TransA {
		g.A = l.temp(elem * m * k)
		l.copy(g.A, plan.Strides([]int{m, k}), l.at(a), []int{elem, elem * m}, []int{m, k})
	}
	bias, separate := l.gemmBias(s, op, cols)
	l.roundBias(s, bias)
	alpha := float32(1) // yet to be multiplied with
	switch {
	case l.crowded[b]:
		l.crowdedGemm(s, op, g, bias, separate)
		return
	case l.g.Values[b].Const != nil:
		g.B = l.packB(s, op, k, cols, bias)
	default:
		alpha = op.Alpha
		strides := []int{elem * cols, elem}
		if op.TransB {
			strides = []int{elem, elem * k}
		}
		first := uint32(0) // address of a bias that sums begin with, as with constant weights
		if separate != graph.None && op.Alpha == 1 && op.Beta == 1 && byColumn(l.g.Values[separate].Shape, cols) {
			first, separate = l.at(separate), graph.None
		}
		g.B = l.packAtRunTime(k, cols, first, operand{l.at(b), strides[1:]}, axis{k, strides[0]})
	}
	epilogue := l.epilogue(s)
	if separate == graph.None && alpha == 1 {
		g.Epilogue = l.inlineClamp(&g.Lo, &g.Hi, epilogue)
		l.emit(g.Call())
		return
	}
	l.emit(g.Call())
	own := l.of(y)
	if separate == graph.None {
		l.binary(y, call.F32Mul, own, l.scalar(alpha, 2), epilogue)
		return
	}
	if alpha != 1 {
		l.binary(y, call.F32Mul, own, l.scalar(alpha, 2), nil)
	}
	l.addScaled(y, separate, op.Beta, epilogue)
}

// mostCopies is how many forms of one weight are packed. Packed weights have factor and bias in them.
const mostCopies = 16

// crowds are the weights that products read with more factors and biases than that: these are packed once, as they are.
func crowds(p *plan.Plan) map[graph.ValueID]bool {
	forms := map[graph.ValueID]map[packing]bool{}
	crowded := map[graph.ValueID]bool{}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Node < 0 || s.Integer {
			continue
		}
		op, ok := p.Graph.Nodes[s.Node].Op.(graph.Gemm)
		if !ok || p.Graph.Values[s.Inputs[1]].Const == nil {
			continue
		}
		w := s.Inputs[1]
		if forms[w] == nil {
			forms[w] = map[packing]bool{}
		}
		key := packingOf(p, s, "", 0)
		key.alpha, key.beta = op.Alpha, op.Beta
		forms[w][key] = true
		crowded[w] = len(forms[w]) > mostCopies
	}
	return crowded
}

// crowdedGemm is a Gemm that shares its weight with many others: product, factor and bias one after the other.
func (l *lowerer) crowdedGemm(s *plan.Step, op graph.Gemm, g f32.GEMM, bias []float32, separate graph.ValueID) {
	y := s.Out()
	bare := op
	bare.Alpha = 1
	g.B = l.packB(s, bare, int(g.RunLen), int(g.N), nil)
	l.emit(g.Call())
	if op.Alpha != 1 {
		l.binary(y, call.F32Mul, l.of(y), l.scalar(op.Alpha, 2), nil)
	}
	switch epilogue := l.epilogue(s); {
	case bias != nil:
		at := l.constant(len(bias), func(dst []float32) { copy(dst, bias) })
		l.binary(y, call.F32Add, l.of(y), operand{at, []int{0, elem}}, epilogue)
	case separate != graph.None:
		l.addScaled(y, separate, op.Beta, epilogue)
	default:
		l.mapInPlace(y, epilogue)
	}
}

// addScaled adds beta·c to matrix y, to which c broadcasts.
func (l *lowerer) addScaled(y, c graph.ValueID, beta float32, epilogue []call.EpilogueOp) {
	shape := l.g.Values[y].Shape
	addend := l.broadcast(c, shape)
	if beta != 1 {
		scaled := operand{l.temp(elem * graph.Len(shape)), plan.Strides(shape)}
		l.elements(call.F32Mul, scaled, addend, l.scalar(beta, len(shape)), shape)
		addend = scaled
	}
	l.binary(y, call.F32Add, l.of(y), addend, epilogue)
}

// noProduct is the sum over no elements: zeros.
func (l *lowerer) noProduct(y graph.ValueID) {
	l.emit(f32.Fill{Y: l.at(y), Shape: l.lay(y).Shape, YStrides: l.lay(y).Stride}.Call())
}

// gemmBias gives C as a bias for each column, nil if there is none, or the value to add afterwards
// where C is not constant or differs between rows.
func (l *lowerer) gemmBias(s *plan.Step, op graph.Gemm, cols int) (bias []float32, separate graph.ValueID) {
	if len(s.Inputs) < 3 || s.Inputs[2] == graph.None {
		return nil, graph.None
	}
	c := s.Inputs[2]
	shape := l.g.Values[c].Shape
	if alike := len(shape) < 2 || shape[0] == 1; l.g.Values[c].Const == nil || !alike || l.g.Values[s.Inputs[1]].Const == nil {
		return nil, c
	}
	x := l.plan.Numbers(c)
	bias = make([]float32, cols)
	for j := range bias {
		bias[j] = op.Beta * x[j%len(x)]
	}
	return bias, graph.None
}

// byColumn reports whether a tensor of this shape has one number for each column.
func byColumn(shape []int, cols int) bool {
	return graph.Len(shape) == cols && len(shape) > 0 && shape[len(shape)-1] == cols
}

// packB packs the constant matrix of a Gemm, [K,N] or transposed [N,K], times Alpha.
func (l *lowerer) packB(s *plan.Step, op graph.Gemm, k, n int, bias []float32) uint32 {
	key := l.packing(s, "columns", 0)
	if op.TransB {
		key.how = "rows"
	}
	key.alpha, key.beta = op.Alpha, op.Beta
	if bias == nil {
		key.bias, key.node, key.beta = graph.None, -1, 1
	}
	return l.shared(key, f32.PackedLen(k, n), func(dst []float32) {
		w := f32.Weights{Data: l.plan.Numbers(s.Inputs[1]), Positions: []int{0}, Channels: k, ChannelStride: n, ColumnStride: 1}
		if op.TransB {
			w.ChannelStride, w.ColumnStride = 1, k
		}
		if op.Alpha != 1 {
			w.Data = slices.Clone(w.Data)
			for i := range w.Data {
				w.Data[i] *= op.Alpha
			}
		}
		f32.PackB(dst, n, bias, w)
	})
}

// matMul runs numpy's matmul: one GEMM for each pair of matrices, or one for all where the right-hand
// side is a single matrix.
func matMul(l *lowerer, s *plan.Step, _ graph.MatMul) {
	a, b, y := s.Inputs[0], s.Inputs[1], s.Out()
	sa, sb := l.g.Values[a].Shape, l.g.Values[b].Shape
	if len(sa) == 1 {
		sa = []int{1, sa[0]}
	}
	if len(sb) == 1 {
		sb = []int{sb[0], 1}
	}
	la, lb := sa[:len(sa)-2], sb[:len(sb)-2]
	m, k, cols := sa[len(sa)-2], sa[len(sa)-1], sb[len(sb)-1]
	if k == 0 {
		l.noProduct(y)
		l.mapInPlace(y, l.epilogue(s))
		return
	}
	batches := graph.Len(l.g.Values[y].Shape) / max(1, m*cols)
	if graph.Len(sb) == k*cols && graph.Len(sa) == batches*m*k {
		m, batches = batches*m, 1
	}
	if !l.room(batches) {
		return
	}
	x, out := l.ordered(a), l.orderedOut(y)
	var right uint32
	constant := l.g.Values[b].Const != nil
	if !constant {
		right = l.ordered(b)
	}
	lead := max(len(la), len(lb))
	packed := map[int]uint32{} // by index of the matrix in b
	for i := range batches {
		ia, ib := i, 0
		if batches > 1 {
			ia, ib = matrixIndex(i, lead, la, lb), matrixIndex(i, lead, lb, la)
		}
		at, ok := packed[ib]
		if !ok {
			if constant {
				at = l.shared(l.packing(s, "matrices", ib), f32.PackedLen(k, cols), func(dst []float32) {
					w := l.plan.Numbers(b)[ib*k*cols:]
					f32.PackB(dst, cols, nil, f32.Weights{Data: w, Positions: []int{0}, Channels: k, ChannelStride: cols, ColumnStride: 1})
				})
			} else {
				at = l.packAtRunTime(k, cols, 0, operand{right + uint32(elem*ib*k*cols), []int{elem}}, axis{k, elem * cols})
			}
			packed[ib] = at
		}
		l.emit(f32.GEMM{
			A: x + uint32(elem*ia*m*k), LDA: uint32(elem * k), Runs: 1, RunLen: uint32(k), B: at,
			C: out + uint32(elem*i*m*cols), LDC: uint32(elem * cols), M: uint32(m), N: uint32(cols), Lo: unbounded[0], Hi: unbounded[1],
		}.Call())
	}
	l.store(y, out)
	l.mapInPlace(y, l.epilogue(s))
}

// matrixIndex is the index in an operand with leading shape own of matrix i of the broadcast result.
func matrixIndex(i, lead int, own, other []int) int {
	at, step := 0, 1
	for d := 1; d <= lead; d++ {
		o, size := 1, 1
		if d <= len(own) {
			o = own[len(own)-d]
			size = o
		}
		if d <= len(other) {
			size = max(size, other[len(other)-d])
		}
		if o > 1 {
			at += i % size * step
		}
		step *= o
		i /= size
	}
	return at
}

// gemmWeights describes the constant matrix of a product to the plan.
func gemmWeights(p *plan.Plan, n graph.Node) plan.Weights {
	shape := p.Graph.Values[n.Inputs[1]].Shape
	w := plan.Weights{}
	if columns(n.Op) {
		w.Axis = 1
	}
	if len(shape) == 2 {
		w.Terms = shape[1-w.Axis]
	}
	op, gemm := n.Op.(graph.Gemm)
	if gemm && (op.TransA || op.Alpha != 1 || op.Beta != 1) || len(shape) != 2 ||
		p.Order(n.Inputs[0]) == plan.ChannelsLast || p.Order(n.Outputs[0]) == plan.ChannelsLast {
		w.Not = "there is no integer kernel for such a " + n.Op.Type()
	}
	return w
}

// columns tells whether the output channels of a layer are the last dimension of its weights.
func columns(op graph.Op) bool {
	axis, _ := op.(graph.Weighted).OutputChannels()
	return axis == 1
}

// integerGemm runs a product with a constant matrix [K,N], or [N,K] if transposed.
func integerGemm(l *lowerer, s *plan.Step, op graph.Op) {
	a, y := s.Inputs[0], s.Out()
	shape, b := l.g.Values[a].Shape, l.g.Values[s.Inputs[1]].Shape
	k, cols := b[1], b[0]
	channelStride, columnStride := 1, k
	if columns(op) {
		k, cols = b[0], b[1]
		channelStride, columnStride = cols, 1
	}
	w := l.plan.Integers(s.Node)
	result, m := l.integerOut(s, w.M)
	xzero := l.params(a).Zero
	lay := l.lay(y)
	g := q8.GEMM{
		Dot: l.cfg.Dot, A: l.at(a), LDA: uint32(k), Runs: 1, RunLen: uint32(k), BZero: w.Zero[0],
		C: l.at(y), LDC: uint32(lay.Width * cols), M: uint32(graph.Len(shape) / k), N: uint32(cols), Out: result,
	}
	g.Far = q8.Far(k, w.Bias, m)
	weights := q8.GEMMWeights{
		Dot: l.cfg.Dot, Runs: 1, RunLen: k, N: cols,
		Data: w.Codes, Channels: k, ChannelStride: channelStride, ColumnStride: columnStride,
		Zero: w.Zero[0], XZero: xzero, Bias: w.Bias, M: m,
	}
	g.B = l.raw(weights.PackedLen(), weights.Pack)
	l.emit(g.Call())
}
