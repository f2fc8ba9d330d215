package lesson

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/scheme"
)

const (
	shownTerms = 9
	looked     = 1 << 21 // products that may be added up for a picture
	sumBins    = 80
	maxBias    = 1<<30 - 1 // where the integer engine cuts biases off
)

// end is where a layer's sums become codes: behind the functions that keep numbers between two.
type end struct {
	value  graph.ValueID
	on     int // quantizer of value, -1 for none
	lo, hi float32
	clamp  string // the last of those functions
	then   string // what takes the real numbers, where there is no quantizer
}

// endOf follows the output of node n to its quantizer.
func endOf(g *graph.Graph, of map[graph.ValueID]int, n graph.Node) end {
	e := end{value: n.Outputs[0], on: -1, lo: float32(math.Inf(-1)), hi: float32(math.Inf(1))}
	readers := g.Consumers()
	for {
		if i, ok := of[e.value]; ok {
			e.on = i - 1
			return e
		}
		if next := readers[e.value]; len(next) != 1 || slices.Contains(g.Outputs, e.value) {
			if len(next) > 0 {
				e.then = g.Nodes[next[0]].Op.Type()
			}
			return e
		}
		n := g.Nodes[readers[e.value][0]]
		op, ok := n.Op.(graph.Clamper)
		if !ok {
			e.then = n.Op.Type()
			return e
		}
		lo, hi := op.Bounds()
		e.lo, e.hi = min(max(e.lo, lo), hi), min(max(e.hi, lo), hi)
		e.clamp, e.value = op.Type(), n.Outputs[0]
	}
}

// adder adds up a layer's products exactly.
type adder struct {
	reach
	x, w     []int32 // codes
	px, pw   scheme.QParams
	bias     []float32 // nil for none
	dead     []bool    // channels whose codes are all zero
	py       *scheme.QParams
	lo, hi   int32 // codes between which clamps leave the output
	shape    []int // of the output
	elements int
}

// adder is that of layer l in a network with these numbers, whose input has these values.
func (b *Bench) adder(l layer, x []float32, params []scheme.QParams) (*adder, error) {
	g := b.c.Graph
	n := g.Nodes[b.c.Modules[l.module].Nodes[0]]
	r, err := reachOf(g, n)
	if err != nil {
		return nil, err
	}
	weight := g.Values[n.Inputs[1]].Const
	a := &adder{reach: r, px: params[l.input], pw: params[l.weight], shape: g.Values[n.Outputs[0]].Shape}
	a.elements = graph.Len(a.shape)
	a.x, a.w = make([]int32, len(x)), make([]int32, len(weight.F))
	a.px.Quantize(a.x, x, []int{len(x)}, b.c.Recipe.Rule) // of what codes stand for: these codes
	a.pw.Quantize(a.w, weight.F, weight.Shape, b.c.Recipe.Rule)
	if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
		if c := g.Values[n.Inputs[2]].Const; c != nil {
			a.bias = c.F
		}
	}
	a.dead = make([]bool, r.channels)
	for c := range a.dead {
		a.dead[c] = true
		a.visit(c*r.inner, func(_, w int) { a.dead[c] = a.dead[c] && a.w[w] == a.pw.ZeroPoint[c%len(a.pw.ZeroPoint)] })
	}
	if l.end.on >= 0 {
		p := params[l.end.on]
		a.py = &p
		ends := make([]int32, 2)
		p.Quantize(ends, []float32{l.end.lo, l.end.hi}, []int{2}, b.c.Recipe.Rule)
		a.lo, a.hi = ends[0], ends[1]
	}
	return a, nil
}

// unit is the real value of 1 in the sums of a channel, and what its bias is in that unit. A channel without
// weights has a unit in which its bias fits.
func (a *adder) unit(channel int) (unit, bias float32, code int32) {
	unit = a.px.Scale[0] * a.pw.Scale[channel%len(a.pw.Scale)]
	if a.bias == nil {
		return unit, 0, 0
	}
	bias = a.bias[channel%len(a.bias)]
	if fits := float32(math.Abs(float64(bias)) / (1 << 29)); a.dead[channel] && fits > unit {
		unit = fits
	}
	q := math.RoundToEven(float64(bias) / float64(unit))
	return unit, bias, int32(min(max(q, -maxBias), maxBias))
}

// sum is that of an element, bias included. The engine computes on integers only where it fits.
func (a *adder) sum(element int) int32 {
	channel := a.channel(element)
	_, _, bias := a.unit(channel)
	sum, xz, wz := int64(bias), a.px.ZeroPoint[0], a.pw.ZeroPoint[channel%len(a.pw.ZeroPoint)]
	a.visit(element, func(x, w int) { sum += int64(a.x[x]-xz) * int64(a.w[w]-wz) })
	return int32(sum)
}

// requantize turns a sum into a code.
func (a *adder) requantize(channel int, sum int32) *inspect.Requantize {
	unit, _, _ := a.unit(channel)
	r := &inspect.Requantize{Scale: a.py.Scale[0], Zero: a.py.ZeroPoint[0], Lo: a.lo, Hi: a.hi, M: unit / a.py.Scale[0]}
	r.Factor, r.Shift = fixed(r.M)
	r.Code = int32(min(max(scaled(sum, r.Factor, r.Shift)+int64(r.Zero), int64(r.Lo)), int64(r.Hi)))
	r.Back = float32(r.Code-r.Zero) * r.Scale
	return r
}

// fixed is m > 0 as factor/2^shift with a factor of 31 bits: what a chip without floats multiplies and shifts by.
func fixed(m float32) (factor int32, shift int) {
	fraction, exponent := math.Frexp(float64(m)) // a float32 has 24 bits: exact
	return int32(fraction * (1 << 31)), 31 - exponent
}

// scaled is sum·factor/2^shift, rounded, halves to even.
func scaled(sum, factor int32, shift int) int64 {
	product := int64(sum) * int64(factor)
	switch {
	case shift <= 0:
		return product // beyond every code
	case shift > 62:
		return 0
	}
	whole, left, half := product>>shift, product&(1<<shift-1), int64(1)<<(shift-1)
	if left > half || left == half && whole&1 == 1 {
		whole++
	}
	return whole
}

// saturates tells whether a sum lies beyond the outermost codes, after clamps.
func (a *adder) saturates(channel int, sum int32, e end) bool {
	unit, _, _ := a.unit(channel)
	y := min(max(float32(sum)*unit, e.lo), e.hi)
	q := math.RoundToEven(float64(y/a.py.Scale[0])) + float64(a.py.ZeroPoint[0])
	return q < float64(a.py.QMin) || q > float64(a.py.QMax)
}

// sums runs an item on the integer engine and writes out what layer at makes of it.
func (b *Bench) sums(ctx context.Context, at, item int, q *graph.Quantized, params []scheme.QParams, on func(int) bool, element int) (*inspect.Sums, error) {
	l := b.layers[at]
	if !on(l.end.on) {
		l.end.on = -1
	}
	input := b.c.Quantizers[l.input].Value
	keep := []graph.ValueID{input}
	if l.end.on >= 0 {
		keep = append(keep, l.end.value)
	}
	r, err := exec.New(ctx, q.Graph, exec.Config{Integer: true, Dot: engine.ProbeDot(), Keep: keep, Pool: b.job.Pool})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := r.Run(ctx, b.items[item]...); err != nil {
		return nil, err
	}
	a, err := b.adder(l, r.Value(input), params)
	if err != nil {
		return nil, fmt.Errorf("layer %q: %w", l.stage.Name, err)
	}
	var stored []int32
	if l.end.on >= 0 {
		y := r.Value(l.end.value)
		stored = make([]int32, len(y))
		a.py.Quantize(stored, y, []int{len(y)}, b.c.Recipe.Rule)
	}
	form := graph.OfNodes(q, r.Forms())[b.c.Modules[l.module].Nodes[0]]
	out := a.write(l, stored, element)
	if !form.Integer {
		out.Why = form.Why
	}
	return out, nil
}

// write writes one element's arithmetic out, with the sums of its channel around it. stored are the engine's codes.
func (a *adder) write(l layer, stored []int32, element int) *inspect.Sums {
	if element < 0 || element >= a.elements {
		element = a.telling(stored)
	}
	c := a.channel(element)
	s := &inspect.Sums{Channel: c}
	s.Element, s.Elements, s.XScale, s.XZero = element, a.elements, a.px.Scale[0], a.px.ZeroPoint[0]
	s.WScale, s.WZero = a.pw.Scale[c%len(a.pw.Scale)], a.pw.ZeroPoint[c%len(a.pw.ZeroPoint)]
	s.Position = place(element, a.shape[1:])
	s.Unit, s.Bias, s.BiasCode = a.unit(c)
	a.visit(element, func(x, w int) {
		s.Terms = append(s.Terms, inspect.Term{
			X: float32(a.x[x]-s.XZero) * s.XScale, XCode: a.x[x], W: float32(a.w[w]-s.WZero) * s.WScale, WCode: a.w[w],
			Product: (a.x[x] - s.XZero) * (a.w[w] - s.WZero),
		})
	})
	s.Count = len(s.Terms)
	slices.SortStableFunc(s.Terms, func(a, b inspect.Term) int { return cmp.Compare(abs(b.Product), abs(a.Product)) })
	for _, t := range s.Terms[min(shownTerms, len(s.Terms)):] {
		s.Rest += int64(t.Product)
	}
	s.Terms = slices.Clone(s.Terms[:min(shownTerms, len(s.Terms))])
	s.Sum, s.Then = a.sum(element), l.end.then
	if a.py != nil {
		s.To = a.requantize(c, s.Sum)
		s.To.Clamp, s.To.Engine = l.end.clamp, stored[element]
	}
	a.picture(s, l.end)
	return s
}

// place is the index along each axis of a shape.
func place(element int, shape []int) []int {
	out := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		out[a], element = element%shape[a], element/shape[a]
	}
	return out
}

// telling is the element whose code is the greatest that is not the outermost, or the one in the middle.
func (a *adder) telling(stored []int32) int {
	best, at := int32(math.MinInt32), a.elements/2
	for i, code := range stored {
		if code > best && code < a.hi {
			best, at = code, i
		}
	}
	return at
}

// picture counts the sums of the element's channel, and how many of the layer's saturate: every so many, where all
// would take too long.
func (a *adder) picture(s *inspect.Sums, e end) {
	most := max(looked/max(s.Count, 1), 256)
	var of []int32
	for i := 0; i < a.elements; i += a.inner * a.channels {
		for k := 0; k < a.inner; k += (a.inner + most - 1) / most {
			of = append(of, a.sum(i+s.Channel*a.inner+k))
		}
	}
	s.Low, s.High = slices.Min(of), slices.Max(of)
	s.Bins = make([]int, sumBins)
	width := (float64(s.High) - float64(s.Low)) / sumBins
	for _, sum := range of {
		at := 0
		if width > 0 {
			at = int((float64(sum) - float64(s.Low)) / width)
		}
		s.Bins[min(at, sumBins-1)]++
	}
	if a.py == nil {
		return
	}
	step := (a.elements+most-1)/most | 1 // odd, so that it meets every channel
	for i := 0; i < a.elements; i += step {
		s.Looked++
		if a.saturates(a.channel(i), a.sum(i), e) {
			s.Saturated++
		}
	}
}

func abs(x int32) int64 { return max(int64(x), -int64(x)) }
