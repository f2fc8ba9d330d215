package exec

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/graph"
)

// copy emits a strided copy of floats, or of codes while a step moves those; strides in bytes.
func (l *lowerer) copy(dst uint32, dstStrides []int, src uint32, srcStrides []int, shape []int) {
	switch {
	case graph.Len(shape) == 0:
	case l.moving:
		l.emit(q8.Copy{X: src, Y: dst, Shape: shape, XStrides: srcStrides, YStrides: dstStrides}.Call())
	default:
		l.emit(f32.Copy{X: src, Y: dst, Shape: shape, XStrides: srcStrides, YStrides: dstStrides}.Call())
	}
}

// isDense reports whether v lies in ONNX order without gaps.
func (l *lowerer) isDense(v graph.ValueID) bool {
	lay := l.lay(v)
	return lay.dense() && ordered(lay.shape)
}

// dense is the address of v in ONNX order: its own, or a copy.
func (l *lowerer) dense(v graph.ValueID) uint32 {
	if l.isDense(v) {
		return l.at(v)
	}
	lay := l.lay(v)
	to := l.temp(lay.width * graph.Len(lay.shape))
	l.copy(to, denseStridesOf(lay.shape, lay.width), l.at(v), lay.stride, lay.shape)
	return to
}

// denseOut is where to make v in ONNX order; store then moves it to where v lies.
func (l *lowerer) denseOut(v graph.ValueID) uint32 {
	if l.isDense(v) {
		return l.at(v)
	}
	return l.temp(elem * graph.Len(l.g.Values[v].Shape))
}

func (l *lowerer) store(v graph.ValueID, from uint32) {
	if !l.isDense(v) {
		lay := l.lay(v)
		l.copy(l.at(v), lay.stride, from, denseStrides(lay.shape), lay.shape)
	}
}

// mapInPlace runs posts over v.
func (l *lowerer) mapInPlace(v graph.ValueID, posts []f32.Post) {
	if len(posts) > 0 {
		l.mapTo(v, l.at(v), l.lay(v).stride, posts)
	}
}

// mapTo makes v of the elements at address from by posts.
func (l *lowerer) mapTo(v graph.ValueID, from uint32, strides []int, posts []f32.Post) {
	lay := l.lay(v)
	if graph.Len(lay.shape) == 0 {
		return
	}
	l.emit(f32.Map{X: from, Y: l.at(v), Shape: lay.shape, XStrides: strides, YStrides: lay.stride, C: channels(lay.shape), Post: posts}.Call())
}

// pointwise runs an element-wise node that had nothing to be fused to.
func (l *lowerer) pointwise(s *step, n graph.Node) {
	in := n.Inputs[0]
	l.mapTo(s.out(), l.at(in), l.lay(in).stride, append([]f32.Post{l.post(n)}, l.posts(s)...))
}

func (l *lowerer) input(s *step, i int) {
	v := s.out()
	lay := l.lay(v)
	from := l.base
	if l.eng != nil {
		from += uint32(l.plan.bufs[l.plan.staging[i]].addr)
	}
	l.copy(l.at(v), lay.stride, from, denseStrides(lay.shape), lay.shape)
	l.mapInPlace(s.out(), l.posts(s))
}

func (l *lowerer) reshape(s *step) {
	in, out := l.g.Nodes[s.node].Inputs[0], s.out()
	if l.plan.inPlace(l.g, s) {
		return
	}
	src, dst := l.lay(in), l.lay(out)
	switch {
	case l.isDense(in):
		l.copy(l.at(out), dst.stride, l.at(in), denseStridesOf(dst.shape, dst.width), dst.shape)
	case l.isDense(out):
		l.copy(l.at(out), denseStridesOf(src.shape, src.width), l.at(in), src.stride, src.shape)
	default:
		l.copy(l.at(out), dst.stride, l.dense(in), denseStridesOf(dst.shape, dst.width), dst.shape)
	}
	l.mapInPlace(s.out(), l.posts(s))
}

func (l *lowerer) transpose(s *step, op graph.Transpose) {
	in, out := l.g.Nodes[s.node].Inputs[0], s.out()
	src, dst := l.lay(in), l.lay(out)
	strides := make([]int, len(op.Perm))
	for i, p := range op.Perm {
		strides[i] = src.stride[p]
	}
	l.copy(l.at(out), dst.stride, l.at(in), strides, dst.shape)
	l.mapInPlace(s.out(), l.posts(s))
}

func (l *lowerer) concat(s *step, op graph.Concat) {
	out := s.out()
	dst := l.lay(out)
	at := l.at(out)
	for _, v := range l.g.Nodes[s.node].Inputs {
		src := l.lay(v)
		if src.buf < 0 || src.buf != dst.buf { // else its maker wrote it in place
			l.copy(at, dst.stride, l.at(v), src.stride, src.shape)
		}
		at += uint32(src.shape[op.Axis] * dst.stride[op.Axis])
	}
	l.mapInPlace(s.out(), l.posts(s))
}

func (l *lowerer) split(s *step, op graph.Split) {
	n := l.g.Nodes[s.node]
	src := l.lay(n.Inputs[0])
	at := l.at(n.Inputs[0])
	for i, v := range n.Outputs {
		if v != graph.None {
			dst := l.lay(v)
			l.copy(l.at(v), dst.stride, at, src.stride, dst.shape)
			l.mapInPlace(v, l.taps(v))
		}
		at += uint32(op.Sizes[i] * src.stride[op.Axis])
	}
}

func (l *lowerer) slice(s *step, op graph.Slice) {
	in, out := l.g.Nodes[s.node].Inputs[0], s.out()
	src, dst := l.lay(in), l.lay(out)
	at, strides := l.at(in), make([]int, len(op.Steps))
	for a := range strides {
		at += uint32(op.Starts[a] * src.stride[a])
		strides[a] = op.Steps[a] * src.stride[a]
	}
	l.copy(l.at(out), dst.stride, at, strides, dst.shape)
	l.mapInPlace(s.out(), l.posts(s))
}

// strides are the byte strides of v broadcast to shape: 0 along dimensions it does not have.
func (l *lowerer) strides(v graph.ValueID, shape []int) []int {
	lay := l.lay(v)
	strides := make([]int, len(shape))
	for i := 1; i <= len(lay.shape); i++ {
		if lay.shape[len(lay.shape)-i] > 1 {
			strides[len(shape)-i] = lay.stride[len(lay.shape)-i]
		}
	}
	return strides
}
