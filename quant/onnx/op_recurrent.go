package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
)

// activations are the functions that recurrent layers may have, with the numbers that ONNX gives them where a file
// has none.
var activations = [...]struct {
	graph.Activation
	alpha, beta bool // it has such a number
}{
	{Activation: graph.Activation{Name: "Relu"}},
	{Activation: graph.Activation{Name: "Tanh"}},
	{Activation: graph.Activation{Name: "Sigmoid"}},
	{Activation: graph.Activation{Name: "Softsign"}},
	{Activation: graph.Activation{Name: "Softplus"}},
	{Activation: graph.Activation{Name: "Affine", Alpha: 1}, alpha: true, beta: true},
	{Activation: graph.Activation{Name: "LeakyRelu", Alpha: 0.01}, alpha: true},
	{Activation: graph.Activation{Name: "ThresholdedRelu", Alpha: 1}, alpha: true},
	{Activation: graph.Activation{Name: "ScaledTanh", Alpha: 1, Beta: 1}, alpha: true, beta: true},
	{Activation: graph.Activation{Name: "HardSigmoid", Alpha: 0.2, Beta: 0.5}, alpha: true, beta: true},
	{Activation: graph.Activation{Name: "Elu", Alpha: 1}, alpha: true},
}

// standard are a cell's functions where a file names none.
func standard(c graph.Cell) []string {
	if c == graph.RNN {
		return []string{"Tanh"}
	}
	return []string{"Sigmoid", "Tanh", "Tanh"}[:c.Functions()]
}

// decodeRecurrent decodes an LSTM, a GRU or an RNN. With items first it is one with steps first between Transposes.
func decodeRecurrent(cell graph.Cell) decodeFunc {
	return func(s *source) (graph.Op, []graph.ValueID, error) {
		if err := s.need(3); err != nil {
			return nil, nil, err
		}
		r := graph.Recurrent{Cell: cell, Clip: s.float("clip", 0)}
		switch way := s.text("direction", "forward"); way {
		case "forward":
			r.Reverse = []bool{false}
		case "reverse":
			r.Reverse = []bool{true}
		case "bidirectional":
			r.Reverse = []bool{false, true}
		default:
			return nil, nil, fmt.Errorf("direction %.20q is not known", way)
		}
		if len(s.in[2].Shape) == 3 {
			r.Hidden = s.in[2].Shape[2]
		}
		if n := s.number("hidden_size", r.Hidden, 0, graph.MaxElements); n != r.Hidden {
			return nil, nil, fmt.Errorf("its hidden size is %d, but input %q has shape %v", n, s.in[2].Name, s.in[2].Shape)
		}
		switch cell {
		case graph.LSTM:
			r.InputForget = s.flag("input_forget", false)
		case graph.GRU:
			r.LinearBeforeReset = s.flag("linear_before_reset", false)
		}
		if s.opset < 7 {
			s.flag("output_sequence", false)
		}
		itemsFirst := s.opset >= 14 && s.flag("layout", false)
		s.functions(&r)
		if s.err != nil {
			return nil, nil, s.err
		}
		return s.recurrent(r, itemsFirst)
	}
}

// functions reads the activations of r, whose numbers stand in lists for those that have such.
func (s *source) functions(r *graph.Recurrent) {
	var names []string
	if a := s.attr("activations", AttrStrings); a != nil {
		names = a.Strings
	}
	numbers := func(name string) []float32 {
		if a := s.attr(name, AttrFloats); a != nil {
			return a.Floats
		}
		return nil
	}
	alphas, betas := numbers("activation_alpha"), numbers("activation_beta")
	want := r.Cell.Functions() * len(r.Reverse)
	if len(names) == 0 {
		for range r.Reverse {
			names = append(names, standard(r.Cell)...)
		}
	}
	if len(names) != want {
		s.fail(fmt.Errorf("it has %d activations, want %d", len(names), want))
		return
	}
	take := func(list *[]float32, to *float32) {
		if len(*list) > 0 {
			*to, *list = (*list)[0], (*list)[1:]
		}
	}
	for _, name := range names {
		known := false
		for _, a := range activations {
			if !strings.EqualFold(a.Name, name) {
				continue
			}
			known = true
			if a.alpha {
				take(&alphas, &a.Alpha)
			}
			if a.beta {
				take(&betas, &a.Beta)
			}
			r.Activations = append(r.Activations, a.Activation)
		}
		if !known {
			s.fail(fmt.Errorf("activation %.20q is not known", name))
		}
	}
}

// recurrent puts r in the place of the node.
func (s *source) recurrent(r graph.Recurrent, itemsFirst bool) (graph.Op, []graph.ValueID, error) {
	c := &chain{s: s}
	ids := slices.Clone(s.ids)
	if itemsFirst {
		for _, i := range []int{0, graph.RecurrentHidden, graph.RecurrentCell} {
			if graph.Present(s.in, i) {
				if len(s.in[i].Shape) != 3 {
					return nil, nil, graph.Misfit("input %q has shape %v, want three axes", s.in[i].Name, s.in[i].Shape)
				}
				ids[i] = c.transpose(ids[i], 1, 0, 2)
			}
		}
	}
	if i := graph.RecurrentLengths; graph.Present(s.in, i) && s.in[i].Const != nil && len(s.in[0].Shape) == 3 {
		steps := s.in[0].Shape[0]
		if itemsFirst {
			steps = s.in[0].Shape[1]
		}
		s.in[i].Const.Widen()
		if !slices.ContainsFunc(s.in[i].Const.I, func(n int64) bool { return n != int64(steps) }) {
			ids[i] = graph.None // every item is as long as the sequence
		}
	}
	for len(ids) > 3 && ids[len(ids)-1] == graph.None {
		ids = ids[:len(ids)-1]
	}
	outputs := s.node.Outputs
	names, first := make([]string, len(outputs)), ""
	for i, name := range outputs {
		if names[i] = name; name != "" && itemsFirst {
			names[i] = s.b.Name(name + "_steps")
		}
	}
	if len(names) == 0 {
		return nil, nil, errors.New("it has no output")
	}
	if names[0] == "" { // steps make it anyway
		first = s.b.Name(s.name + "_all")
		names[0] = first
	}
	if c.err != nil {
		return nil, nil, c.err
	}
	made, err := s.b.apply(r, s.name, ids, names)
	if err != nil {
		return nil, nil, err
	}
	for i, name := range outputs {
		if name == "" {
			continue
		}
		if itemsFirst {
			perm := []int{1, 0, 2}
			if i == 0 {
				perm = []int{2, 0, 1, 3}
			}
			turned, err := s.b.apply(graph.Transpose{Perm: perm}, s.b.NodeName(s.name+"_items"), made[i:i+1], []string{name})
			if err != nil {
				return nil, nil, err
			}
			made[i] = turned[0]
		}
		s.b.ids[name] = made[i]
	}
	return nil, made[:1], nil
}

func encodeRecurrent(w *Writer, n graph.Node) error {
	r := n.Op.(graph.Recurrent)
	way := "forward"
	if len(r.Reverse) == 2 {
		way = "bidirectional"
	} else if r.Reverse[0] {
		way = "reverse"
	}
	names, alphas, betas := Attr{Name: "activations", Type: AttrStrings}, Attr{Name: "activation_alpha", Type: AttrFloats}, Attr{Name: "activation_beta", Type: AttrFloats}
	for _, f := range r.Activations {
		names.Strings = append(names.Strings, f.Name)
		for _, a := range activations {
			if a.Name == f.Name && a.alpha {
				alphas.Floats = append(alphas.Floats, f.Alpha)
			}
			if a.Name == f.Name && a.beta {
				betas.Floats = append(betas.Floats, f.Beta)
			}
		}
	}
	attrs := []Attr{Int("hidden_size", r.Hidden), Text("direction", way), names}
	if len(alphas.Floats) > 0 {
		attrs = append(attrs, alphas)
	}
	if len(betas.Floats) > 0 {
		attrs = append(attrs, betas)
	}
	if r.Clip != 0 {
		attrs = append(attrs, Real("clip", r.Clip))
	}
	if r.LinearBeforeReset {
		attrs = append(attrs, Flag("linear_before_reset", true))
	}
	if r.InputForget {
		attrs = append(attrs, Flag("input_forget", true))
	}
	w.Plain(n, r.Type(), nil, attrs...)
	return nil
}
