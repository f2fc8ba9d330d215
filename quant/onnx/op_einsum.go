package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
)

// decodeEinsum computes a sum of products as matrix products, from the first input to the last.
func decodeEinsum(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(max(len(s.ids), 1)); err != nil {
		return nil, nil, err
	}
	terms, output, err := s.subscripts()
	if err != nil {
		return nil, nil, err
	}
	c := &chain{s: s}
	e := einsum{c, terms[0], s.ids[0]}
	for i, term := range terms[1:] {
		later := output + strings.Join(terms[i+2:], "")
		e.only(term + later)
		other := einsum{c, term, s.ids[i+1]}
		other.only(e.labels + later)
		e = e.times(other, later)
	}
	e.only(output)
	if c.err != nil {
		return nil, nil, c.err
	}
	return c.same(c.transpose(e.v, positions(output, e.labels)...))
}

// einsum is a value with a letter for each axis.
type einsum struct {
	*chain
	labels string
	v      graph.ValueID
}

// subscripts are the letters of each input and of the output. Axes under dots get digits, the last one 0.
func (s *source) subscripts() (terms []string, output string, err error) {
	equation := strings.ReplaceAll(s.text("equation", ""), " ", "")
	left, right, explicit := strings.Cut(equation, "->")
	terms = strings.Split(left, ",")
	if s.err != nil || len(terms) != len(s.in) {
		return nil, "", errors.Join(s.err, fmt.Errorf("equation %.60q does not fit %d inputs", equation, len(s.in)))
	}
	dots, size := 0, map[rune]int{}
	for i, t := range terms {
		shape := s.in[i].Shape
		n := len(shape) - len(strings.Replace(t, "...", "", 1))
		if n < 0 || n > 0 && !strings.Contains(t, "...") {
			return nil, "", graph.Misfit("equation %.60q does not fit input %q %v", equation, s.in[i].Name, shape)
		}
		dots = max(dots, n)
		terms[i] = strings.Replace(t, "...", digits(n), 1)
		for a, l := range terms[i] {
			if strings.Count(terms[i], string(l)) > 1 || !(l >= 'a' && l <= 'z' || l >= 'A' && l <= 'Z' || l >= '0' && l <= '9') {
				return nil, "", fmt.Errorf("equation %.60q has a letter twice for one input, or what is no letter, which is not supported", equation)
			}
			if size[l] != 0 && size[l] != shape[a] {
				return nil, "", graph.Misfit("equation %.60q gives axis %d of input %q %v a letter of another size", equation, a, s.in[i].Name, shape)
			}
			size[l] = shape[a]
		}
	}
	all := strings.Join(terms, "")
	if output = strings.Replace(right, "...", digits(dots), 1); !explicit {
		output = digits(dots)
		for l := 'A'; l <= 'z'; l++ {
			if strings.Count(all, string(l)) == 1 {
				output += string(l)
			}
		}
	}
	for _, l := range output {
		if strings.Count(output, string(l)) > 1 || !strings.ContainsRune(all, l) {
			return nil, "", fmt.Errorf("equation %.60q has an output that its inputs do not give", equation)
		}
	}
	return terms, output, nil
}

// digits stand for n axes.
func digits(n int) string { return "9876543210"[10-min(n, 10):] }

// positions are those of letters in a list of them.
func positions(letters, in string) []int {
	p := []int{}
	for _, l := range letters {
		p = append(p, strings.IndexRune(in, l))
	}
	return p
}

// only sums over the axes whose letters are not wanted.
func (e *einsum) only(wanted string) {
	var axes []int
	kept := ""
	for a, l := range e.labels {
		if strings.ContainsRune(wanted, l) {
			kept += string(l)
		} else {
			axes = append(axes, a)
		}
	}
	if axes != nil {
		e.v, e.labels = e.do(graph.ReduceSum{Axes: axes}, e.v), kept
	}
}

// times is the product of two values, summed over the letters of both that are not wanted later.
func (e einsum) times(f einsum, later string) einsum {
	var batch, rows, columns, sum string
	for _, l := range e.labels {
		switch both := strings.ContainsRune(f.labels, l); {
		case both && strings.ContainsRune(later, l):
			batch += string(l)
		case both:
			sum += string(l)
		default:
			rows += string(l)
		}
	}
	for _, l := range f.labels {
		if !strings.ContainsRune(e.labels, l) {
			columns += string(l)
		}
	}
	if e.err != nil {
		return e
	}
	sizes := func(of einsum, letters string) []int {
		n := []int{}
		for _, a := range positions(letters, of.labels) {
			n = append(n, e.shape(of.v)[a])
		}
		return n
	}
	matrix := func(of einsum, first, second string) graph.ValueID {
		shape := append(sizes(of, batch), graph.Len(sizes(of, first)), graph.Len(sizes(of, second)))
		return e.reshape(e.transpose(of.v, positions(batch+first+second, of.labels)...), shape...)
	}
	shape := slices.Concat(sizes(e, batch), sizes(e, rows), sizes(f, columns))
	y := e.do(graph.MatMul{}, matrix(e, rows, sum), matrix(f, sum, columns))
	return einsum{e.chain, batch + rows + columns, e.reshape(y, shape...)}
}
