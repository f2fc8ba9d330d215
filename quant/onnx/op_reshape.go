package onnx

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeReshape(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(2); err != nil {
		return nil, nil, err
	}
	want, _ := s.integers(1, "shape")
	keepZero := s.opset >= 14 && s.flag("allowzero", false)
	if s.err != nil {
		return nil, nil, s.err
	}
	x := s.in[0]
	if s.b.batch != [2]int{} && s.b.fed(s.ids[0]) {
		want = rebatched(want, x.Shape, s.b.batch)
	}
	shape, err := resolve(want, x.Shape, keepZero)
	if err != nil {
		return nil, nil, fmt.Errorf("input %q %v cannot be reshaped to %v: %w", x.Name, x.Shape, brief(want), err)
	}
	return s.done(graph.Reshape{Shape: shape}, 1)
}

// rebatched is a target shape whose first number is the batch of the file, written out, with the batch that was given in
// its place. One that fits as it is means something else.
func rebatched(want []int64, from []int, batch [2]int) []int64 {
	was, now := batch[0], batch[1]
	if len(want) == 0 || want[0] != int64(was) || len(from) == 0 || from[0] != now {
		return want
	}
	if shape, err := resolve(want, from, false); err == nil && !slices.Contains(want, -1) {
		n, _ := graph.Elements(shape)
		if all, _ := graph.Elements(from); n == all {
			return want
		}
	}
	return append([]int64{int64(now)}, want[1:]...)
}

// fed tells whether a value depends on an input of the network. Each node is looked at once.
func (b *importer) fed(v graph.ValueID) bool {
	if b.runs == nil {
		b.runs = map[graph.ValueID]bool{}
		for _, in := range b.Graph.Inputs {
			b.runs[in] = true
		}
	}
	for ; b.ran < len(b.Graph.Nodes); b.ran++ {
		n := b.Graph.Nodes[b.ran]
		if slices.ContainsFunc(n.Inputs, func(in graph.ValueID) bool { return b.runs[in] }) {
			for _, out := range n.Outputs {
				b.runs[out] = true
			}
		}
	}
	return b.runs[v]
}

// resolve puts numbers for the zeros of a target shape, which copy a dimension, and for one -1, which
// takes what is left.
func resolve(want []int64, from []int, keepZero bool) ([]int, error) {
	if len(want) > graph.MaxRank {
		return nil, fmt.Errorf("rank %d is over %d", len(want), graph.MaxRank)
	}
	shape := make([]int, len(want))
	open := -1
	for i, d := range want {
		switch {
		case d == -1 && open >= 0:
			return nil, errors.New("two dimensions are -1")
		case d == -1:
			open, shape[i] = i, 1
		case d == 0 && !keepZero && i >= len(from):
			return nil, fmt.Errorf("dimension %d is 0, and there is none to copy", i)
		case d == 0 && !keepZero:
			shape[i] = from[i]
		case d < 0 || d > graph.MaxElements:
			return nil, fmt.Errorf("dimension %d is %d", i, d)
		default:
			shape[i] = int(d)
		}
	}
	if open >= 0 {
		rest, ok := graph.Elements(shape)
		all, _ := graph.Elements(from)
		if !ok || rest == 0 || all%rest != 0 {
			return nil, graph.Misfit("the -1 has no solution; the file may fix a batch size")
		}
		shape[open] = all / rest
	}
	return shape, nil
}

// encodeReshape writes the shape as an input. An open batch is written as 0, which copies it.
func encodeReshape(w *Writer, n graph.Node) error {
	r := n.Op.(graph.Reshape)
	shape := slices.Clone(r.Shape)
	from := w.Value(n.Inputs[0]).Shape
	copies := w.Batch() && len(shape) > 0 && shape[0] == 1 && len(from) > 0 && from[0] == 1
	if copies {
		shape[0] = 0
	}
	var attrs []Attr
	if !copies && slices.Contains(shape, 0) {
		if w.Opset() < 14 {
			return errors.New("a shape with a zero needs opset 14")
		}
		attrs = append(attrs, Int("allowzero", 1))
	} else if slices.Contains(r.Shape, 0) {
		return errors.New("an empty tensor of open batch cannot be written")
	}
	w.Plain(n, "Reshape", []string{w.Ints(n, "shape", shape)}, attrs...)
	return nil
}
