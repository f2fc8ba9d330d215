package exec_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// reference runs a graph as spec §8 says, in plain Go over ONNX order: layers, sums, products and means
// in exact integers, every other operator on its own as the float engine computes it, on numbers
// dequantized before and quantized after.
type reference struct {
	t         *testing.T
	g         *graph.Graph
	quants    []graph.Quantizer
	consumers [][]int
	of        []*graph.Quantizer // quantizer of each value; of what only moves into a quantized value, that one's
	placed    []bool             // the quantizer is the value's own
	values    []tensor
	engines   map[string]floatEngine // of the parts that run in float, by their nodes
	plan      *plan.Plan             // of the network without quantizers: which values are images
}

// tensor is a value of the run: numbers, with the codes they stand for if it is quantized, or a sum that
// has not yet been requantized.
type tensor struct {
	x     []float32
	codes []int32
	sum   *sums
	ahead bool // codes are those of the value behind the clamps that follow
}

// sums are exact sums for each element, channels first or last.
type sums struct {
	acc    []int32
	m      []float32 // real value of one unit, for each channel
	bias   []float32 // for each channel, not yet in acc
	zeros  []bool    // channels whose weights are zero
	per    int       // elements of a channel that follow each other
	lo, hi float32   // clamps met so far
	fresh  bool      // of a convolution, nothing behind it yet: a BatchNormalization may be folded in
}

func newReference(t *testing.T, g *graph.Graph, quants []graph.Quantizer) *reference {
	r := &reference{t: t, g: g, quants: quants, consumers: g.Consumers(), of: make([]*graph.Quantizer, len(g.Values)), placed: make([]bool, len(g.Values)), engines: map[string]floatEngine{}}
	var err error
	if r.plan, err = plan.New(t.Context(), g, plan.Config{}, lower.Operators()); err != nil {
		t.Fatal(err)
	}
	for i := range quants {
		r.placed[quants[i].Value] = true
		if p := quants[i].Params; p.QMax-p.QMin < 256 {
			r.of[quants[i].Value] = &quants[i]
		}
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := g.Nodes[i]
		if !graph.Selects(n.Op) || sameGrid(r.of, n.Outputs) == nil {
			continue
		}
		for _, v := range n.Inputs {
			if v != graph.None && r.internal(v) && !r.placed[v] && g.Values[v].Const == nil {
				r.of[v] = r.of[n.Outputs[0]]
			}
		}
	}
	return r
}

// sameGrid is the quantizer of values whose codes all mean the same, else nil.
func sameGrid(of []*graph.Quantizer, values []graph.ValueID) *graph.Quantizer {
	first := of[values[0]]
	for _, v := range values {
		if q := of[v]; q == nil || fmt.Sprint(q.Params) != fmt.Sprint(first.Params) {
			return nil
		}
	}
	return first
}

// internal tells whether v has one reader and is no output of the network.
func (r *reference) internal(v graph.ValueID) bool {
	for _, o := range r.g.Outputs {
		if o == v {
			return false
		}
	}
	return len(r.consumers[v]) == 1
}

// run computes every value of the network, level by level: what a level computes in float is one run of
// the float engine.
func (r *reference) run(inputs ...[]float32) {
	r.t.Helper()
	r.values = make([]tensor, len(r.g.Values))
	for i, v := range r.g.Inputs {
		r.settle(v, tensor{x: inputs[i]})
	}
	folded := map[int]bool{}
	for _, level := range r.levels() {
		var floats [][]graph.Node
		for _, i := range level {
			n := r.g.Nodes[i]
			if folded[i] {
				continue
			}
			if bn, ok := r.foldable(n); ok && r.layer(n) == nil { // in float it is part of the weights
				folded[bn] = true
				floats = append(floats, []graph.Node{n, r.g.Nodes[bn]})
			} else if y, ok := r.exact(n); ok {
				r.settle(n.Outputs[0], y)
			} else {
				floats = append(floats, []graph.Node{n})
			}
		}
		r.float(floats, r.settle)
	}
}

// levels are the nodes by how many are between them and the inputs at most.
func (r *reference) levels() [][]int {
	var levels [][]int
	depth := make([]int, len(r.g.Values))
	for i, n := range r.g.Nodes {
		d := 0
		for _, v := range n.Inputs {
			if v != graph.None {
				d = max(d, depth[v])
			}
		}
		for _, v := range n.Outputs {
			if v != graph.None {
				depth[v] = d + 1
			}
		}
		if d == len(levels) {
			levels = append(levels, nil)
		}
		levels[d] = append(levels[d], i)
	}
	return levels
}

// settle gives v its value, quantized if v has a quantizer. A sum that the next operator may still clamp
// stays one.
func (r *reference) settle(v graph.ValueID, y tensor) {
	if y.sum != nil && r.of[v] == nil && !r.placed[v] && r.internal(v) {
		switch n := r.g.Nodes[r.consumers[v][0]]; n.Op.(type) {
		case graph.Relu, graph.Clip:
			r.values[v] = y
			return
		case graph.BatchNormalization:
			if y.sum.fresh {
				r.values[v] = y
				return
			}
		}
	}
	q := r.of[v]
	switch {
	case q == nil && y.sum != nil:
		y = tensor{x: y.sum.floats()}
	case q != nil && y.sum != nil:
		y = r.coded(q, y.sum.requantize(q))
	case q != nil && y.codes == nil:
		codes := make([]int32, len(y.x))
		q.Params.Quantize(codes, y.x, r.g.Values[v].Shape, q.Rule)
		y = r.coded(q, codes)
	}
	if q == nil {
		for _, w := range r.quants { // of more than 8 bits
			if w.Value == v {
				x := make([]float32, len(y.x))
				w.Params.FakeQuantize(x, y.x, r.g.Values[v].Shape, w.Rule)
				y.x = x
			}
		}
	}
	if y.ahead && r.of[v] != nil {
		y = r.coded(r.of[v], y.codes)
	}
	r.values[v] = y
}

// target is where what makes v rounds: the quantizer of v, or of what clamps make of it, and the codes of
// their bounds. nil if floats come before.
func (r *reference) target(v graph.ValueID) (q *graph.Quantizer, lo, hi int32) {
	least, most := float32(math.Inf(-1)), float32(math.Inf(1))
	for r.of[v] == nil {
		if r.placed[v] || !r.internal(v) {
			return nil, 0, 0
		}
		n := r.g.Nodes[r.consumers[v][0]]
		switch op := n.Op.(type) {
		case graph.Relu:
			least, most = max(least, 0), max(most, 0)
		case graph.Clip:
			least, most = min(max(least, op.Lo), op.Hi), min(max(most, op.Lo), op.Hi)
		default:
			return nil, 0, 0
		}
		v = n.Outputs[0]
	}
	q = r.of[v]
	ends := make([]int32, 2)
	q.Params.Quantize(ends, []float32{least, most}, []int{2}, q.Rule)
	return q, ends[0], ends[1]
}

func (r *reference) coded(q *graph.Quantizer, codes []int32) tensor {
	y := tensor{codes: codes, x: make([]float32, len(codes))}
	for i, c := range codes {
		y.x[i] = float32(c-q.Params.ZeroPoint[0]) * q.Params.Scale[0]
	}
	return y
}

// complete is acc with the bias rhe(b/m) of its channel in it.
func (s *sums) complete(i int) (acc int32, m float32) {
	c := i / s.per % len(s.m)
	acc, m = s.acc[i], s.m[c]
	if s.bias != nil {
		fits := float32(math.Abs(float64(s.bias[c])) / (1 << 29))
		if s.zeros[c] && float64(fits) > math.Abs(float64(m)) { // any unit will do: one in which the bias fits
			m = fits
		}
		const most = 1<<30 - 1
		acc += int32(min(max(math.RoundToEven(float64(s.bias[c])/float64(m)), -most), most))
	}
	return acc, m
}

func (s *sums) floats() []float32 {
	x := make([]float32, len(s.acc))
	for i := range x {
		acc, m := s.complete(i)
		x[i] = min(max(float32(acc)*m, s.lo), s.hi)
	}
	return x
}

// requantize is clamp(rhe(acc·(m/sy)) + zy), between the codes of the clamps.
func (s *sums) requantize(q *graph.Quantizer) []int32 {
	p := q.Params
	ends := make([]int32, 2)
	p.Quantize(ends, []float32{s.lo, s.hi}, []int{2}, q.Rule)
	codes := make([]int32, len(s.acc))
	for i := range codes {
		acc, m := s.complete(i)
		codes[i] = round(float32(acc)*(m/p.Scale[0]), p.ZeroPoint[0], ends[0], ends[1])
	}
	return codes
}

// round is clamp(rhe(x) + zero, lo, hi).
func round(x float32, zero, lo, hi int32) int32 {
	return int32(min(max(math.RoundToEven(float64(x))+float64(zero), float64(lo)), float64(hi)))
}

// exact is what node n makes where that is a sum or codes, not a float.
func (r *reference) exact(n graph.Node) (tensor, bool) {
	in := make([]tensor, len(n.Inputs))
	for i, v := range n.Inputs {
		if v != graph.None {
			in[i] = r.values[v]
		}
	}
	if s := in[0].sum; s != nil {
		return tensor{sum: r.passed(n, *s)}, true
	}
	if in[0].ahead {
		return in[0], true
	}
	if s := r.layer(n); s != nil {
		return tensor{sum: s}, true
	}
	if codes := r.integers(n, in); codes != nil {
		return tensor{codes: codes, ahead: true}, true
	}
	return tensor{}, false
}

// foldable gives the BatchNormalization that alone reads what convolution n makes.
func (r *reference) foldable(n graph.Node) (int, bool) {
	switch n.Op.(type) {
	case graph.Conv, graph.ConvTranspose:
	default:
		return 0, false
	}
	if r.placed[n.Outputs[0]] || !r.internal(n.Outputs[0]) {
		return 0, false
	}
	bn := r.consumers[n.Outputs[0]][0]
	_, ok := r.g.Nodes[bn].Op.(graph.BatchNormalization)
	return bn, ok
}

// passed is a sum behind an operator that it can go through.
func (r *reference) passed(n graph.Node, s sums) *sums {
	switch op := n.Op.(type) {
	case graph.Relu:
		s.lo, s.hi = max(s.lo, 0), max(s.hi, 0)
	case graph.Clip:
		s.lo, s.hi = min(max(s.lo, op.Lo), op.Hi), min(max(s.hi, op.Lo), op.Hi)
	case graph.BatchNormalization:
		r.norm(n, op, &s)
	}
	s.fresh = false
	return &s
}

// norm folds y = x·f + shift into multiplier and bias; a channel of f = 0 keeps its bias only.
func (r *reference) norm(n graph.Node, op graph.BatchNormalization, s *sums) {
	constant := func(i int) []float32 { return r.g.Values[n.Inputs[i]].Const.F }
	m, bias := make([]float32, len(s.m)), make([]float32, len(s.m))
	for c := range m {
		f := constant(1)[c] / float32(math.Sqrt(float64(constant(4)[c]+op.Epsilon)))
		shift := constant(2)[c] - float32(constant(3)[c]*f)
		if s.bias != nil {
			bias[c] = float32(s.bias[c] * f)
		}
		bias[c] += shift
		m[c] = s.m[c] * f
		if f == 0 {
			m[c], bias[c] = s.m[c], shift
			for i := range s.acc {
				if i/s.per%len(m) == c {
					s.acc[i] = 0
				}
			}
		}
	}
	s.m, s.bias = m, bias
}

// float runs groups of nodes, in a group one reads the other, as the float engine does, each group on its
// own, and tells what comes out of each.
func (r *reference) float(groups [][]graph.Node, settle func(graph.ValueID, tensor)) {
	r.t.Helper()
	if len(groups) == 0 {
		return
	}
	key := fmt.Sprint(groups)
	e, ok := r.engines[key]
	if !ok {
		e = r.engine(groups)
		r.engines[key] = e
	}
	var inputs [][]float32
	for _, v := range e.inputs {
		inputs = append(inputs, r.values[v].x)
	}
	if err := e.Run(r.t.Context(), inputs...); err != nil {
		r.t.Fatal(err)
	}
	for i, v := range e.outputs {
		settle(v, tensor{x: e.Output(i)})
	}
}

// floatEngine runs a part of the network: outputs of inputs.
type floatEngine struct {
	*exec.Runner
	inputs, outputs []graph.ValueID
}

// engine makes a run of groups of nodes; what two groups read, each gets as an input of its own. The order of sums
// is that of the elements in memory: what is an image in the network is one here.
func (r *reference) engine(groups [][]graph.Node) floatEngine {
	r.t.Helper()
	var e floatEngine
	var images []graph.ValueID
	g := &graph.Graph{Values: slices.Clone(r.g.Values)}
	quants := slices.DeleteFunc(slices.Clone(r.quants), func(q graph.Quantizer) bool { return r.g.Values[q.Value].Const == nil })
	for _, nodes := range groups {
		own := map[graph.ValueID]graph.ValueID{}
		for _, n := range nodes {
			n.Inputs = slices.Clone(n.Inputs)
			for i, v := range n.Inputs {
				if v == graph.None || g.Values[v].Const != nil {
					continue
				}
				if _, ok := own[v]; !ok {
					own[v] = graph.ValueID(len(g.Values))
					g.Values = append(g.Values, g.Values[v])
					g.Inputs, e.inputs = append(g.Inputs, own[v]), append(e.inputs, v)
					if r.plan.Order(v) == plan.ChannelsLast {
						images = append(images, own[v])
					}
				}
				n.Inputs[i] = own[v]
			}
			g.Nodes = append(g.Nodes, n)
			for _, v := range n.Outputs {
				own[v] = v
			}
		}
		for _, v := range nodes[len(nodes)-1].Outputs {
			if v != graph.None {
				g.Outputs, e.outputs = append(g.Outputs, v), append(e.outputs, v)
			}
		}
	}
	for _, v := range images {
		same := graph.ValueID(len(g.Values))
		one, zero := []int{1, 1}, make([]int, 4)
		g.Values = append(g.Values, g.Values[v])
		g.Nodes = append(g.Nodes, graph.Node{Name: "image", Op: graph.MaxPool{Kernel: one, Strides: one, Dilations: one, Pads: zero}, Inputs: []graph.ValueID{v}, Outputs: []graph.ValueID{same}})
		g.Outputs = append(g.Outputs, same)
	}
	var err error
	if e.Runner, err = exec.New(r.t.Context(), graph.Quantize(g, quants).Graph, exec.Config{Pool: exec.Compiled}); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { e.Close() })
	return e
}

// weightQuant is the quantizer of constant v.
func (r *reference) weightQuant(v graph.ValueID) *scheme.QParams {
	for i := range r.quants {
		if r.quants[i].Value == v {
			return &r.quants[i].Params
		}
	}
	return nil
}
