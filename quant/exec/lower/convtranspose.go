package lower

import (
	"maps"
	"slices"

	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// A transposed convolution with stride s is s·s small convolutions: the output pixels whose row is
// ry and column rx modulo the strides all see the same kernel positions, and one step of theirs is one
// input pixel. Each of these phases is one GEMM that writes every s-th pixel; pixels that no position
// reaches are the bias.

// position is a kernel row (or column) of a phase and the input row it meets at the phase's first output.
type position struct{ k, at int }

// phase is the outputs r, r+stride, … along an axis: the positions that reach them and how many there are.
type phase struct {
	r, n      int
	positions []position
}

// phases lists those of axis a that positions reach, by r. all tells whether they are all outputs.
func phases(op graph.ConvTranspose, a, out int) (list []phase, all bool) {
	stride := op.Strides[a]
	of := map[int][]position{}
	for k := range op.Kernel[a] {
		at := k*op.Dilations[a] - op.Pads[a]
		r := (at%stride + stride) % stride
		if r < out {
			of[r] = append(of[r], position{k, (r - at) / stride})
		}
	}
	for _, r := range slices.Sorted(maps.Keys(of)) {
		list = append(list, phase{r, (out - r + stride - 1) / stride, of[r]})
	}
	return list, len(list) == min(stride, out)
}

// transposeHalo is how far the phases read beyond an input of this shape.
func transposeHalo(g *graph.Graph, n graph.Node) plan.Halo {
	if space(n.Op) != 2 {
		return plan.Halo{} // around the copy, if there is one
	}
	return haloOfPhases(n.Op.(graph.ConvTranspose), g.Values[n.Inputs[0]].Shape, g.Values[n.Outputs[0]].Shape)
}

func haloOfPhases(op graph.ConvTranspose, in, out []int) plan.Halo {
	var h plan.Halo
	for a := range 2 {
		list, _ := phases(op, a, out[2+a])
		for _, p := range list {
			for _, t := range p.positions {
				h[a] = max(h[a], -t.at)
				h[2+a] = max(h[2+a], t.at+p.n-in[2+a])
			}
		}
	}
	return h
}

func convTranspose(l *lowerer, s *plan.Step, op graph.ConvTranspose) {
	x, y := s.Inputs[0], s.Out()
	c, o := l.g.Values[x].Shape[1], l.g.Values[y].Shape[1]
	weights := &weighted{l: l, s: s, out: o, axis: 1}
	cg, og := c/op.Group, o/op.Group
	in, out := l.lay(x), l.lay(y)
	rows, allRows := phases(op, 0, out.Shape[2])
	columns, allColumns := phases(op, 1, out.Shape[3])
	calls := len(rows) * len(columns)
	if op.Group != c || o != c {
		calls *= op.Group
	}
	if l.weightsRun(s) { // packPhase copies position by position
		calls += op.Kernel[0] * op.Kernel[1] * op.Group
	}
	if !l.room(calls) {
		return
	}
	if !allRows || !allColumns {
		l.fillBias(s, weights)
	}
	for _, ys := range rows {
		for _, xs := range columns {
			l.transposePhase(transposed{step: s, weights: weights, op: op, x: x, y: y, ys: ys, xs: xs, cg: cg, og: og, in: in, out: out})
		}
	}
	l.mapInPlace(y, l.epilogue(s))
}

// fillBias makes every pixel of the output of s the bias, or zeros.
func (l *lowerer) fillBias(s *plan.Step, weights *weighted) {
	out := l.lay(s.Out())
	at := uint32(0)
	switch {
	case l.weightsRun(s):
		at = l.biasAt(s, 0)
	case hasBias(s):
		at = l.constant(out.Shape[1], func(dst []float32) {
			_, bias := weights.get()
			copy(dst, bias)
		})
	}
	if at == 0 {
		l.emit(f32.Fill{Y: l.at(s.Out()), Shape: out.Shape, YStrides: out.Stride}.Call())
		return
	}
	l.move(s.Out(), at, []int{0, elem, 0, 0})
}

// transposed is one phase: its positions and the size of its output.
type transposed struct {
	step    *plan.Step
	weights *weighted
	op      graph.ConvTranspose
	x, y    graph.ValueID
	ys, xs  phase
	cg, og  int
	in, out plan.Layout
}

func (l *lowerer) transposePhase(t transposed) {
	if t.op.Group > 1 && t.cg == 1 && t.og == 1 {
		l.depthwisePhase(t)
		return
	}
	var runs []uint32
	var kernel []int // position of each run in the kernel
	for _, ty := range t.ys.positions {
		for _, tx := range t.xs.positions {
			runs = append(runs, uint32(ty.at*t.in.Stride[2]+tx.at*t.in.Stride[3]))
			kernel = append(kernel, ty.k*t.op.Kernel[1]+tx.k)
		}
	}
	shape := []int{t.out.Shape[0], t.og, t.ys.n, t.xs.n}
	g := f32.GEMM{
		Runs: uint32(len(runs)), RunLen: uint32(t.cg), M: uint32(t.out.Shape[0] * t.ys.n * t.xs.n), N: uint32(t.og),
		Lo: unbounded[0], Hi: unbounded[1],
	}
	g.Rows, g.LDA = l.rows(pixels{t.in.Stride[0], t.in.Stride[2], t.in.Stride[3]}, shape)
	g.OutRows, g.LDC = l.rows(pixels{t.out.Stride[0], t.op.Strides[0] * t.out.Stride[2], t.op.Strides[1] * t.out.Stride[3]}, shape)
	first := runs[0]
	if len(runs) > 1 {
		first, g.RunTable = 0, l.offsets(runs)
	}
	positions := t.op.Kernel[0] * t.op.Kernel[1]
	k := len(kernel) * t.cg
	for group := range t.op.Group {
		g.A = l.at(t.x) + uint32(elem*group*t.cg) + first
		g.C = l.at(t.y) + uint32(elem*group*t.og+t.ys.r*t.out.Stride[2]+t.xs.r*t.out.Stride[3])
		if l.weightsRun(t.step) {
			g.B = l.packPhase(t, kernel, group)
			l.emit(g.Call())
			continue
		}
		g.B = l.constant(f32.PackedLen(k, t.og), func(dst []float32) {
			w, bias := t.weights.get()
			// Weights are [C][O/group][kH][kW].
			f32.PackB(dst, t.og, part(bias, group*t.og, t.og), f32.Weights{
				Data: w[group*t.cg*t.og*positions:], Positions: kernel, Channels: t.cg, ChannelStride: t.og * positions, ColumnStride: positions,
			})
		})
		l.emit(g.Call())
	}
}

// depthwisePhase is a phase with one channel a group: a depthwise convolution whose window is gone over from its end,
// since inputs descend as positions of the kernel ascend.
func (l *lowerer) depthwisePhase(t transposed) {
	apart := func(p []position, value func(position) int) int { // of one from the next
		if len(p) < 2 {
			return 0
		}
		return value(p[1]) - value(p[0])
	}
	at, in, out := func(p position) int { return p.at }, t.in, t.out
	first, kh, kw, c := [2]position{t.ys.positions[0], t.xs.positions[0]}, len(t.ys.positions), len(t.xs.positions), out.Shape[1]
	stepY, stepX := apart(t.ys.positions, func(p position) int { return p.k }), apart(t.xs.positions, func(p position) int { return p.k })
	d := f32.DWConv{
		X:    l.at(t.x) + uint32(first[0].at*in.Stride[2]+first[1].at*in.Stride[3]),
		XImg: uint32(in.Stride[0]), XRow: uint32(in.Stride[2]), XPix: uint32(in.Stride[3]),
		Y:    l.at(t.y) + uint32(t.ys.r*out.Stride[2]+t.xs.r*out.Stride[3]),
		YImg: uint32(out.Stride[0]), YRow: uint32(t.op.Strides[0] * out.Stride[2]), YPix: uint32(t.op.Strides[1] * out.Stride[3]),
		N: uint32(out.Shape[0]), OH: uint32(t.ys.n), OW: uint32(t.xs.n), C: uint32(c),
		KH: uint32(kh), KW: uint32(kw), StrideH: 1, StrideW: 1,
		DilH: uint32(apart(t.ys.positions, at)), DilW: uint32(apart(t.xs.positions, at)),
		Lo: unbounded[0], Hi: unbounded[1],
	}
	if l.weightsRun(t.step) {
		w := l.lay(t.step.Inputs[1]) // [C][1][kH][kW]
		from := l.at(t.step.Inputs[1]) + uint32(first[0].k*w.Stride[2]+first[1].k*w.Stride[3])
		d.W = l.packDepthwise(t.step, from, []int{stepY * w.Stride[2], stepX * w.Stride[3], w.Stride[0]}, kh, kw, c)
	} else {
		d.W = l.constant(f32.PackedDWLen(kh, kw, c), func(dst []float32) {
			w, bias := t.weights.get()
			phase := make([]float32, 0, kh*kw*c) // [C][kh][kw]
			for ch := range c {
				for _, ty := range t.ys.positions {
					for _, tx := range t.xs.positions {
						phase = append(phase, w[(ch*t.op.Kernel[0]+ty.k)*t.op.Kernel[1]+tx.k])
					}
				}
			}
			f32.PackDW(dst, kh, kw, c, bias, phase)
		})
	}
	l.emit(d.Call())
}

// packPhase is the packed weights of one group of a phase where they are computed while running: the
// positions are gathered into rows first.
func (l *lowerer) packPhase(t transposed, kernel []int, group int) uint32 {
	w := l.lay(t.step.Inputs[1]) // [C][O/group][kH][kW], channels last
	at := l.at(t.step.Inputs[1]) + uint32(group*t.cg*w.Stride[0])
	row := elem * t.og
	rows := l.temp(row * t.cg * len(kernel))
	for i, k := range kernel {
		to := rows + uint32(i*t.cg*row)
		from := at + uint32(k/t.op.Kernel[1]*w.Stride[2]+k%t.op.Kernel[1]*w.Stride[3])
		l.copy(to, []int{row, elem}, from, []int{w.Stride[0], w.Stride[1]}, []int{t.cg, t.og})
	}
	k := len(kernel) * t.cg
	return l.packAtRunTime(k, t.og, l.biasAt(t.step, group*t.og), operand{rows, []int{elem}}, axis{k, row})
}
