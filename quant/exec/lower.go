package exec

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/graph"
)

// lowerer turns steps into kernel calls. It goes over the steps twice: a dry pass only counts the
// bytes of constants and scratch, after which everything has an address; the second pass writes the
// constants and keeps the calls. Both passes take the same decisions in the same order.
type lowerer struct {
	g        *graph.Graph
	cfg      Config
	plan     *plan
	eng      *engine.Engine // nil in the dry pass
	calls    []call.Call
	labels   []Timing // of the calls, times not set
	step     int      // index of the step being lowered
	first    int      // of its calls, an index
	cursor   int      // next free byte of the constants
	scratch  int      // scratch buffers asked for so far
	shadows  map[graph.ValueID]shadow
	moving   bool                    // the step being lowered moves codes
	forms    []Form                  // of the nodes, in an integer run
	clipped  int                     // channels whose bias does not fit, of the step being lowered
	integers map[int]*integerWeights // of the nodes that the dry pass has gone over
	floats   []float32               // space that constants are laid out in, one after the other
	bytes    []byte
	tables   map[string]uint32 // addresses of offset tables, shared between layers of one geometry
	packed   map[packing]uint32
	values   map[graph.ValueID]uint32
	ranges   map[graph.ValueID]uint32
	base     uint32 // address of the activations
}

// firstConstant leaves address 0 free: no buffer begins there, so that it can mean "none".
const firstConstant = 64

func (l *lowerer) run() error {
	l.cursor, l.scratch, l.calls, l.labels = firstConstant, 0, nil, nil
	if l.cfg.Integer {
		l.forms = make([]Form, len(l.g.Nodes))
	}
	l.tables, l.packed = map[string]uint32{}, map[packing]uint32{}
	l.values, l.ranges = map[graph.ValueID]uint32{}, map[graph.ValueID]uint32{}
	for i := range l.plan.steps {
		s := &l.plan.steps[i]
		l.step, l.first = i, len(l.calls)
		if err := l.lower(s); err != nil {
			if s.node >= 0 {
				n := l.g.Nodes[s.node]
				return fmt.Errorf("node %q (%s): %w", n.Name, n.Op.Type(), err)
			}
			return fmt.Errorf("input %q: %w", l.g.Values[s.out()].Name, err)
		}
		l.label(s, l.first)
	}
	return nil
}

// lower emits one step: its operator, then the zeros around what it made.
func (l *lowerer) lower(s *step) error {
	if s.node >= 0 && l.plan.inPlace(l.g, s) {
		l.note(s, l.plan.codes[s.out()] != nil)
		return nil
	}
	l.clipped = 0
	if l.integer(s) {
		l.note(s, true)
		l.clearHalo(s.out())
		return nil
	}
	l.note(s, false)
	return l.floatStep(s)
}

// outputs are the values that a step leaves in the arena.
func (l *lowerer) outputs(s *step) []graph.ValueID {
	if s.node < 0 || len(l.g.Nodes[s.node].Outputs) < 2 {
		return []graph.ValueID{s.out()}
	}
	var outs []graph.ValueID
	for _, v := range l.g.Nodes[s.node].Outputs {
		if v != graph.None {
			outs = append(outs, v)
		}
	}
	return outs
}

func (l *lowerer) emit(c call.Call) { l.calls = append(l.calls, c) }

// constant reserves n floats among the constants; fill is called once, in the second pass, with the
// space to write them into, all zeros, which the next constant takes over.
func (l *lowerer) constant(n int, fill func(dst []float32)) uint32 {
	at := uint32(l.cursor)
	l.cursor += roundUp(elem*n, align)
	if l.eng != nil {
		l.floats = resized(l.floats, n)
		clear(l.floats)
		fill(l.floats)
		l.eng.WriteF32(at, l.floats)
	}
	return at
}

// shared is a constant that every call with an equal key gets.
func (l *lowerer) shared(key packing, n int, fill func(dst []float32)) uint32 {
	at, ok := l.packed[key]
	if !ok {
		at = l.constant(n, fill)
		l.packed[key] = at
	}
	return at
}

// packing is what a packed weight consists of: two nodes that pack alike share it.
type packing struct {
	weight, bias graph.ValueID
	columns      int
	transposed   bool
	part         int // of the weight
	alpha, beta  float32
}

// raw reserves n bytes among the constants; fill writes all of them, in the second pass.
func (l *lowerer) raw(n int, fill func(dst []byte)) uint32 {
	at := uint32(l.cursor)
	l.cursor += roundUp(n, align)
	if l.eng != nil {
		l.bytes = resized(l.bytes, n)
		fill(l.bytes)
		l.eng.Write(at, l.bytes)
	}
	return at
}

// resized is n elements in the memory of x if it holds them: constants one after the other would leave as
// much garbage as the network has weights.
func resized[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}

// table stores n byte offsets (or other words), once for equal keys; fill is called in the second pass.
func (l *lowerer) table(key string, n int, fill func(dst []uint32)) uint32 {
	if at, ok := l.tables[key]; ok {
		return at
	}
	at := uint32(l.cursor)
	l.cursor += roundUp(elem*n, align)
	l.tables[key] = at
	if l.eng != nil {
		dst := make([]uint32, n)
		fill(dst)
		l.eng.WriteU32(at, dst)
	}
	return at
}

// offsets stores a few words, once for equal content.
func (l *lowerer) offsets(words []uint32) uint32 {
	return l.table(fmt.Sprint(words), len(words), func(dst []uint32) { copy(dst, words) })
}

// temp is scratch memory of the current step.
func (l *lowerer) temp(bytes int) uint32 {
	i := l.scratch
	l.scratch++
	if l.eng == nil {
		l.plan.scratch = append(l.plan.scratch, len(l.plan.bufs))
		l.plan.bufs = append(l.plan.bufs, buffer{size: bytes, first: l.step, last: l.step})
		return l.base
	}
	return l.base + uint32(l.plan.bufs[l.plan.scratch[i]].addr)
}

// lay is where v lies: its place in the plan, or while a step wants floats of a value that is stored as
// codes, its float shadow.
func (l *lowerer) lay(v graph.ValueID) layout {
	if s, ok := l.shadows[v]; ok {
		return s.layout
	}
	return l.plan.layouts[v]
}

// at is the address of element (0, …, 0) of v. A constant is laid out among the constants when first
// asked for.
func (l *lowerer) at(v graph.ValueID) uint32 {
	if s, ok := l.shadows[v]; ok {
		return s.at
	}
	lay := l.plan.layouts[v]
	if l.g.Values[v].Const == nil {
		return l.base + uint32(l.plan.bufs[lay.buf].addr+lay.off)
	}
	if a, ok := l.values[v]; ok {
		return a + uint32(lay.off)
	}
	a := l.constant(lay.size()/elem, func(dst []float32) {
		scatter(dst, lay, l.weights(v))
	})
	l.values[v] = a
	return a + uint32(lay.off)
}

// clearHalo sets the pixels around v, which may lie where another value was, to zero: for codes that is
// the zero point.
func (l *lowerer) clearHalo(v graph.ValueID) {
	lay := l.lay(v)
	if !lay.haloed() || !lay.whole() { // around a part of a concatenation, the concatenation does it
		return
	}
	start := l.at(v) - uint32(lay.off)
	n, h := lay.shape[0], lay.shape[2]
	image, row, pixel := lay.stride[0], lay.stride[2], lay.stride[3]
	fill := func(at, rows, bytes int) { // of every image
		if rows > 0 && bytes > 0 {
			c := l.zeros(v, start+uint32(at), []int{n, rows, bytes / lay.width}, []int{image, row, lay.width})
			c.Along = len(l.calls) > l.first // what the step computes and the zeros around it do not meet
			l.emit(c)
		}
	}
	fill(0, 1, lay.halo[0]*row)
	fill((lay.halo[0]+h)*row, 1, lay.halo[2]*row)
	// The right edge of a row and the left edge of the next are one stretch.
	fill(lay.halo[0]*row, 1, lay.halo[1]*pixel)
	fill(lay.halo[0]*row+row-lay.halo[3]*pixel, h-1, (lay.halo[3]+lay.halo[1])*pixel)
	fill((lay.halo[0]+h)*row-lay.halo[3]*pixel, 1, lay.halo[3]*pixel)
}

// zeros sets a block of v's elements to what stands for zero.
func (l *lowerer) zeros(v graph.ValueID, at uint32, shape, strides []int) call.Call {
	if l.lay(v).width == elem {
		return f32.Fill{Y: at, Shape: shape, YStrides: strides}.Call()
	}
	zero, _, _ := stored(l.plan.codes[v].Params, l.cfg.Dot)
	return q8.Fill{Y: at, Shape: shape, YStrides: strides, Value: byte(zero)}.Call()
}

// scatter writes x, in ONNX order, to dst as lay says.
func scatter(dst []float32, lay layout, x []float32) {
	rows(lay, func(i, n, at, step int) {
		for _, v := range x[i:][:n] {
			dst[at] = v
			at += step
		}
	})
}

// gather reads a value, laid out as lay says, into ONNX order.
func gather(src []float32, lay layout) []float32 {
	x := make([]float32, graph.Len(lay.shape))
	rows(lay, func(i, n, at, step int) {
		row := x[i:][:n]
		for k := range row {
			row[k] = src[at]
			at += step
		}
	})
	return x
}

// rows calls f for stretches of elements that follow each other in ONNX order: the first one's index, how
// many they are, and where they are in the buffer, in elements: the first one and how far apart they are.
func rows(lay layout, f func(i, n, at, step int)) {
	if graph.Len(lay.shape) == 0 {
		return
	}
	off := lay.off / lay.width
	if len(lay.shape) != 4 {
		f(0, graph.Len(lay.shape), off, 1)
		return
	}
	image, row, pixel, i := lay.stride[0]/lay.width, lay.stride[2]/lay.width, lay.stride[3]/lay.width, 0
	for n := range lay.shape[0] {
		for c := range lay.shape[1] {
			for y := range lay.shape[2] {
				f(i, lay.shape[3], off+n*image+c+y*row, pixel)
				i += lay.shape[3]
			}
		}
	}
}

// unbounded is the clamp that changes nothing.
var unbounded = [2]float32{float32(math.Inf(-1)), float32(math.Inf(1))}
