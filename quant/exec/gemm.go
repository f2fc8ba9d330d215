package exec

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
)

// gemm runs Alpha·A'·B' + Beta·C. Constant B and C are packed with Alpha and Beta multiplied in; what is
// computed while running is multiplied and added afterwards.
func (l *lowerer) gemm(s *step, op graph.Gemm) {
	n := l.g.Nodes[s.node]
	a, b, y := n.Inputs[0], n.Inputs[1], s.out()
	m, k := l.g.Values[a].Shape[0], l.g.Values[a].Shape[1]
	if op.TransA {
		m, k = k, m
	}
	cols := l.g.Values[y].Shape[1]
	if k == 0 {
		l.noProduct(y)
		if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
			l.addScaled(y, n.Inputs[2], op.Beta, l.posts(s))
		} else {
			l.mapInPlace(y, l.posts(s))
		}
		return
	}
	g := f32.GEMM{
		A: l.at(a), LDA: uint32(elem * k), Runs: 1, RunLen: uint32(k), C: l.at(y), LDC: uint32(elem * cols),
		M: uint32(m), N: uint32(cols), Lo: unbounded[0], Hi: unbounded[1],
	}
	if op.TransA {
		g.A = l.temp(elem * m * k)
		l.copy(g.A, denseStrides([]int{m, k}), l.at(a), []int{elem, elem * m}, []int{m, k})
	}
	bias, separate := l.gemmBias(n, op, cols)
	l.roundBias(s, n, bias)
	alpha := float32(1) // yet to be multiplied with
	if l.g.Values[b].Const != nil {
		g.B = l.packB(l.packingOf(s, n, op, cols, bias), k, bias)
	} else {
		alpha = op.Alpha
		strides := []int{elem * cols, elem}
		if op.TransB {
			strides = []int{elem, elem * k}
		}
		g.B = l.packAtRunTime(k, cols, 0, operand{l.at(b), strides[1:]}, axis{k, strides[0]})
	}
	posts := l.posts(s)
	if separate == graph.None && alpha == 1 {
		g.Post = l.inlineClamp(&g.Lo, &g.Hi, posts)
		l.emit(g.Call())
		return
	}
	l.emit(g.Call())
	own := operand{l.at(y), l.lay(y).stride}
	if separate == graph.None {
		l.binary(y, call.F32Mul, own, l.scalar(alpha, 2), posts)
		return
	}
	if alpha != 1 {
		l.binary(y, call.F32Mul, own, l.scalar(alpha, 2), nil)
	}
	l.addScaled(y, separate, op.Beta, posts)
}

// addScaled adds beta·c to matrix y, to which c broadcasts.
func (l *lowerer) addScaled(y, c graph.ValueID, beta float32, posts []f32.Post) {
	shape := l.g.Values[y].Shape
	addend := operand{l.at(c), l.strides(c, shape)}
	if beta != 1 {
		scaled := operand{l.temp(elem * graph.Len(shape)), denseStrides(shape)}
		l.elements(call.F32Mul, scaled, addend, l.scalar(beta, len(shape)), shape)
		addend = scaled
	}
	l.binary(y, call.F32Add, operand{l.at(y), l.lay(y).stride}, addend, posts)
}

// noProduct is the sum over no elements: zeros.
func (l *lowerer) noProduct(y graph.ValueID) {
	l.emit(f32.Fill{Y: l.at(y), Shape: l.lay(y).shape, YStrides: l.lay(y).stride}.Call())
}

// gemmBias gives C as a bias for each column, nil if there is none, or the value to add afterwards
// where C is not constant or differs between rows.
func (l *lowerer) gemmBias(n graph.Node, op graph.Gemm, cols int) (bias []float32, separate graph.ValueID) {
	if len(n.Inputs) < 3 || n.Inputs[2] == graph.None {
		return nil, graph.None
	}
	c := n.Inputs[2]
	shape := l.g.Values[c].Shape
	byColumn := len(shape) < 2 || shape[0] == 1
	if l.g.Values[c].Const == nil || !byColumn || l.g.Values[n.Inputs[1]].Const == nil {
		return nil, c
	}
	x := l.weights(c)
	bias = make([]float32, cols)
	for j := range bias {
		bias[j] = op.Beta * x[j%len(x)]
	}
	return bias, graph.None
}

// packingOf is what Gemm n packs.
func (l *lowerer) packingOf(s *step, n graph.Node, op graph.Gemm, cols int, bias []float32) packing {
	p := packing{weight: n.Inputs[1], bias: graph.None, columns: cols, transposed: op.TransB, alpha: op.Alpha, beta: op.Beta}
	if bias != nil {
		p.bias = n.Inputs[2]
	}
	if l.cfg.RoundBias { // biases depend on the input's scale
		p.part = s.node
	}
	return p
}

// packB packs constant matrix p.weight, [K,N] or transposed [N,K], times alpha.
func (l *lowerer) packB(p packing, k int, bias []float32) uint32 {
	n := p.columns
	return l.shared(p, f32.PackedLen(k, n), func(dst []float32) {
		w := f32.Weights{Data: l.weights(p.weight), Taps: []int{0}, Channels: k, ChannelStride: n, ColumnStride: 1}
		if p.transposed {
			w.ChannelStride, w.ColumnStride = 1, k
		}
		if p.alpha != 1 {
			w.Data = slices.Clone(w.Data)
			for i := range w.Data {
				w.Data[i] *= p.alpha
			}
		}
		f32.PackB(dst, n, bias, w)
	})
}

// matMul runs numpy's matmul: one GEMM for each pair of matrices, or one for all where the right-hand
// side is a single matrix.
func (l *lowerer) matMul(s *step) {
	n := l.g.Nodes[s.node]
	a, b, y := n.Inputs[0], n.Inputs[1], s.out()
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
		l.mapInPlace(y, l.posts(s))
		return
	}
	batches := graph.Len(l.g.Values[y].Shape) / max(1, m*cols)
	if graph.Len(sb) == k*cols && graph.Len(sa) == batches*m*k {
		m, batches = batches*m, 1
	}
	x, out := l.dense(a), l.denseOut(y)
	var right uint32
	constant := l.g.Values[b].Const != nil
	if !constant {
		right = l.dense(b)
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
				at = l.shared(packing{weight: b, bias: graph.None, columns: cols, part: ib, alpha: 1}, f32.PackedLen(k, cols), func(dst []float32) {
					w := l.weights(b)[ib*k*cols:]
					f32.PackB(dst, cols, nil, f32.Weights{Data: w, Taps: []int{0}, Channels: k, ChannelStride: cols, ColumnStride: 1})
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
	l.mapInPlace(y, l.posts(s))
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
