package lower

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// constant reserves n floats among the constants; fill is called once, in the second pass, with the
// space to write them into, all zeros, which the next constant takes over.
func (l *lowerer) constant(n int, fill func(dst []float32)) uint32 {
	at := l.reserve(elem * n)
	if l.sink != nil {
		l.floats = resized(l.floats, n)
		clear(l.floats)
		fill(l.floats)
		l.sink.WriteF32(at, l.floats)
	}
	return at
}

// reserve takes bytes among the constants.
func (l *lowerer) reserve(bytes int) uint32 {
	at := uint32(l.cursor)
	l.cursor += plan.RoundUp(bytes, plan.Align)
	return at
}

// raw reserves n bytes among the constants; fill writes all of them, in the second pass.
func (l *lowerer) raw(n int, fill func(dst []byte)) uint32 {
	at := l.reserve(n)
	if l.sink != nil {
		l.bytes = resized(l.bytes, n)
		fill(l.bytes)
		l.sink.Write(at, l.bytes)
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

// packing is what packed weights consist of: nodes that pack alike share them.
type packing struct {
	how          string // the layout
	weight, bias graph.ValueID
	norm, node   int // the BatchNormalization folded in; the node if its bias is its own; else -1
	part         int // of the weight
	alpha, beta  float32
}

// packing is what step s packs in some layout.
func (l *lowerer) packing(s *plan.Step, how string, part int) packing {
	return packingOf(l.plan, s, how, part)
}

func packingOf(program *plan.Plan, s *plan.Step, how string, part int) packing {
	p := packing{how: how, weight: s.Inputs[1], bias: graph.None, norm: s.Norm, node: -1, part: part, alpha: 1, beta: 1}
	if len(s.Inputs) > 2 {
		p.bias = s.Inputs[2]
	}
	if program.RoundBias && (p.bias != graph.None || p.norm >= 0) { // which depends on the scale of the input
		p.node = s.Node
	}
	return p
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

// table stores n byte offsets (or other words), once for equal keys; fill is called in the second pass.
func (l *lowerer) table(key string, n int, fill func(dst []uint32)) uint32 {
	if at, ok := l.tables[key]; ok {
		return at
	}
	at := l.reserve(elem * n)
	l.tables[key] = at
	l.placing += elem * n
	if l.sink != nil {
		dst := make([]uint32, n)
		fill(dst)
		l.sink.WriteU32(at, dst)
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
	if l.sink == nil {
		l.buffers = append(l.buffers, l.plan.NewBuffer(bytes, l.step, l.step))
	}
	return l.base + uint32(l.plan.Buffers[l.buffers[i]].Addr)
}
