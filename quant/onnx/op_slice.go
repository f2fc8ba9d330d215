package onnx

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeSlice(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	shape := s.in[0].Shape
	var starts, ends, axes, steps []int64
	var ok [4]bool
	if s.opset < 10 {
		starts, ok[0] = s.list("starts")
		ends, ok[1] = s.list("ends")
		axes, ok[2] = s.list("axes")
	} else {
		starts, ok[0] = s.integers(1, "starts")
		ends, ok[1] = s.integers(2, "ends")
		axes, ok[2] = s.integers(3, "axes")
		steps, ok[3] = s.integers(4, "steps")
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	if !ok[0] || !ok[1] || len(ends) != len(starts) || ok[2] && len(axes) != len(starts) ||
		ok[3] && len(steps) != len(starts) || !ok[2] && len(starts) > len(shape) {
		return nil, nil, errors.New("starts, ends, axes and steps do not go together")
	}
	p := graph.Slice{Starts: make([]int, len(shape)), Steps: make([]int, len(shape)), Sizes: slices.Clone(shape)}
	seen := make([]bool, len(shape))
	for a := range p.Steps {
		p.Steps[a] = 1
	}
	for i := range starts {
		a, step := i, int64(1)
		if ok[2] {
			var err error
			if a, err = graph.AxisOf(axes[i], len(shape)); err != nil {
				return nil, nil, err
			}
		}
		if ok[3] {
			step = steps[i]
		}
		if step == 0 || seen[a] {
			return nil, nil, fmt.Errorf("axis %d has step %d or comes twice", a, step)
		}
		seen[a] = true
		p.Starts[a], p.Steps[a], p.Sizes[a] = span(starts[i], ends[i], step, shape[a])
	}
	return s.done(p, 1)
}

// span is what start:end:step takes of an axis of n elements, as numpy has it.
func span(start, end, step int64, n int) (first, by, count int) {
	// A step beyond the axis is as good as one just beyond it, and does not overflow.
	step = min(max(step, -graph.MaxElements), graph.MaxElements)
	bound := func(v, lo, hi int64) int64 {
		if v < 0 {
			v += int64(n)
		}
		return min(max(v, lo), hi)
	}
	if step > 0 {
		start, end = bound(start, 0, int64(n)), bound(end, 0, int64(n))
		count = int(max(0, (end-start+step-1)/step))
	} else {
		start, end = bound(start, 0, int64(n)-1), bound(end, -1, int64(n)-1)
		count = int(max(0, (start-end-step-1)/-step))
	}
	switch count {
	case 0:
		return 0, 1, 0
	case 1:
		return int(start), 1, 1
	}
	return int(start), int(step), count
}

// encodeSlice writes starts, ends, axes and steps of the axes that are not taken whole.
func encodeSlice(w *Writer, n graph.Node) error {
	p := n.Op.(graph.Slice)
	shape := w.Value(n.Inputs[0]).Shape
	var starts, ends, axes, steps []int
	for a, size := range p.Sizes {
		if p.Starts[a] == 0 && p.Steps[a] == 1 && size == shape[a] {
			continue
		}
		end := p.Starts[a] + size*p.Steps[a]
		if end < 0 {
			end = -shape[a] - 1 // before the first element; -1 would be the last
		}
		starts, ends = append(starts, p.Starts[a]), append(ends, end)
		axes, steps = append(axes, a), append(steps, p.Steps[a])
	}
	w.Plain(n, "Slice", []string{w.Ints(n, "starts", starts), w.Ints(n, "ends", ends), w.Ints(n, "axes", axes), w.Ints(n, "steps", steps)})
	return nil
}
