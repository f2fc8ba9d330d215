package export

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// coded is a tensor of codes with what they mean. In scale and zero point they are as p says; dtype
// holds them, which may be shifted by 128 from what the quantizer had.
type coded struct {
	name  string        // of the value whose quantizer it is
	id    graph.ValueID // of the result; None where there is none yet
	p     scheme.QParams
	dtype graph.DType
	scale graph.ValueID
	zero  graph.ValueID
}

// lowering turns a calibrated network into one of integer operators, node by node.
type lowering struct {
	*inserter
	can     capabilities
	dtype   graph.DType // of all codes of 8 bits
	want    []*coded    // how each value is to be coded, nil where it need not be
	codes   []*coded    // of each value that has codes
	float   []graph.ValueID
	readers [][]int
	output  []bool
	done    []bool // nodes that went into one before them
	types   map[string]operatorType
	stay    []string                       // layers that are not of integers
	weights map[graph.ValueID]*codedWeight // that integer operators read
}

func newLowering(c *calibrate.Calibrated, can capabilities) *lowering {
	n := len(c.Graph.Values)
	of := quantizerOf(c)
	l := &lowering{
		inserter: newInserter(c, of, storedParams(c, of)),
		can:      can, dtype: graph.Int8, want: make([]*coded, n), codes: make([]*coded, n), float: make([]graph.ValueID, n),
		readers: c.Graph.Consumers(), output: make([]bool, n), done: make([]bool, len(c.Graph.Nodes)),
		types: map[string]operatorType{}, weights: map[graph.ValueID]*codedWeight{},
	}
	for v, value := range c.Graph.Values {
		l.float[v] = graph.None
		if value.Const != nil {
			l.float[v] = graph.ValueID(v)
		}
	}
	for _, v := range c.Graph.Outputs {
		l.output[v] = true
	}
	for i, q := range c.Quantizers {
		if !q.Weight && narrowEnough(l.params[i]) && (l.params[i].QMin == 0 || can.unsigned) {
			l.dtype = graph.Uint8
		}
	}
	l.demand()
	return l
}

// narrowEnough tells whether codes have 8 bits at most.
func narrowEnough(p scheme.QParams) bool { return p.QMax-p.QMin <= 255 }

// inType gives p for codes that dtype holds: those of a signed range lie 128 higher in uint8.
func inType(p scheme.QParams, dtype graph.DType) scheme.QParams {
	shift := int32(0)
	if dtype == graph.Uint8 && p.QMin < 0 {
		shift = 128
	} else if dtype == graph.Int8 && p.QMin >= 0 {
		shift = -128
	}
	p.ZeroPoint = slices.Clone(p.ZeroPoint)
	for i := range p.ZeroPoint {
		p.ZeroPoint[i] += shift
	}
	p.QMin, p.QMax = p.QMin+shift, p.QMax+shift
	return p
}

// demand finds how each value is to be coded: as its quantizer says or, where it has none, as all its
// readers hand it on: they only move or limit elements, and quantizing before or after is the same.
func (l *lowering) demand() {
	for v, q := range l.of {
		if q >= 0 && l.c.Graph.Values[v].Const == nil && narrowEnough(l.params[q]) {
			l.want[v] = &coded{l.c.Graph.Values[v].Name, graph.None, inType(l.params[q], l.dtype), l.dtype, graph.None, graph.None}
		}
	}
	for i := len(l.c.Graph.Nodes) - 1; i >= 0; i-- {
		for _, v := range l.c.Graph.Nodes[i].Outputs {
			if v == graph.None || l.of[v] >= 0 || l.output[v] || len(l.readers[v]) == 0 {
				continue
			}
			var common *coded
			for k, r := range l.readers[v] {
				n := l.c.Graph.Nodes[r]
				if !moves(n) || len(n.Outputs) != 1 || l.want[n.Outputs[0]] == nil || k > 0 && !same(common, l.want[n.Outputs[0]]) {
					common = nil
					break
				}
				common = l.want[n.Outputs[0]]
			}
			l.want[v] = common
		}
	}
}

// moves tells whether a node's output has no element that is not one of its inputs', or a constant, and whether ONNX
// Runtime runs it on codes.
func moves(n graph.Node) bool {
	switch n.Op.(type) {
	case graph.Clamper:
		return true
	case graph.DepthToSpace, graph.SpaceToDepth, graph.GlobalMaxPool:
		return false
	}
	return graph.Selects(n.Op)
}

// same tells whether codes mean the same numbers.
func same(a, b *coded) bool {
	return a != nil && b != nil && (a == b || a.dtype == b.dtype && a.p.Scale[0] == b.p.Scale[0] &&
		a.p.ZeroPoint[0] == b.p.ZeroPoint[0] && a.p.QMin == b.p.QMin && a.p.QMax == b.p.QMax)
}

// run gives the network of integer operators.
func (l *lowering) run(ctx context.Context) (*graph.Graph, error) {
	for _, v := range l.c.Graph.Inputs {
		l.made(v, v)
	}
	for i, n := range l.c.Graph.Nodes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if l.done[i] {
			continue
		}
		if !l.integer(n) {
			l.plain(i, n)
		}
	}
	for i, v := range l.c.Graph.Outputs {
		l.Graph.Outputs[i] = l.out(v)
	}
	if len(l.stay) > 0 {
		l.Graph.Notes = append(l.Graph.Notes, fmt.Sprintf("%d of %d layers stay float between DequantizeLinear and QuantizeLinear: %s.",
			len(l.stay), len(l.c.Modules), list(l.stay)))
	}
	return l.Done()
}

// list names a few.
func list(names []string) string {
	const few = 4
	s := ""
	for i, n := range names[:min(len(names), few)] {
		if i > 0 {
			s += ", "
		}
		s += n
	}
	if len(names) > few {
		s += fmt.Sprintf(" and %d more", len(names)-few)
	}
	return s
}

// integer emits a node on codes, if it can.
func (l *lowering) integer(n graph.Node) bool {
	switch op := n.Op.(type) {
	case graph.Conv:
		return l.conv(n)
	case graph.Gemm:
		return l.can.linear && op.Alpha == 1 && !op.TransA && l.gemm(n, op)
	case graph.MatMul:
		return l.can.linear && l.matMul(n)
	case graph.Concat:
		return l.concat(n)
	case graph.AveragePool:
		return slices.Max(op.Dilations) == 1 && l.function(n)
	case graph.Add, graph.Mul:
		return l.binary(n)
	case graph.GlobalAveragePool, graph.Sigmoid, graph.LeakyRelu:
		return l.function(n)
	}
	return moves(n) && l.move(n)
}

// plain emits a node on floats.
func (l *lowering) plain(i int, n graph.Node) {
	if slices.ContainsFunc(l.c.Modules, func(m fuse.Module) bool { return m.Nodes[0] == i }) {
		l.stay = append(l.stay, n.Name)
	}
	inputs := slices.Clone(n.Inputs)
	for k, v := range inputs {
		if v != graph.None {
			inputs[k] = l.floats(v)
		}
	}
	n.Inputs = inputs
	l.Append(n)
	for _, v := range n.Outputs {
		if v != graph.None {
			l.made(v, v)
		}
	}
}

// made records that tensor x of the result is value v before it is quantized, and quantizes it where
// it is to be.
func (l *lowering) made(v, x graph.ValueID) {
	q, w := l.of[v], l.want[v]
	if q < 0 && w == nil {
		l.float[v] = x
		return
	}
	value, axis := l.c.Graph.Values[v], -1
	limited := w == nil || saturatesIn(w)
	if w == nil { // codes that no integer operator takes
		p := l.params[q]
		w, axis, limited = &coded{value.Name, graph.None, p, storage(p), graph.None, graph.None}, p.Axis, saturates(p)
	}
	codes := x
	if !limited {
		codes = l.Named(value.Name+"_Clip", value.Name+"_clipped", clipOf(w.p), x)
	}
	codes = l.Named(value.Name+"_QuantizeLinear", value.Name+"_quantized", graph.QuantizeLinear{Axis: max(axis, 0), To: w.dtype},
		codes, l.scaleOf(w), l.zeroOf(w))
	switch {
	case l.want[v] == nil:
		l.float[v] = l.dequantize(value.Name, codes, w.scale, w.zero, axis)
	case q < 0: // who does not read the codes sees what was not quantized
		l.float[v] = x
		fallthrough
	default:
		l.coded(v, w, codes)
	}
}

// saturatesIn tells whether the type of codes ends where their range does, as saturates.
func saturatesIn(w *coded) bool {
	lo, hi := bounds(w.dtype)
	return w.p.QMax == hi && (w.p.QMin == lo || w.p.QMin == lo+1)
}

// coded records the tensor of codes of a value.
func (l *lowering) coded(v graph.ValueID, w *coded, id graph.ValueID) {
	c := *w
	c.id = id
	l.codes[v] = &c
}

// floats is the value as its float readers see it.
func (l *lowering) floats(v graph.ValueID) graph.ValueID {
	if l.of[v] >= 0 && l.c.Graph.Values[v].Const != nil {
		return l.floatWeight(v)
	}
	if l.float[v] == graph.None {
		c := l.codes[v]
		l.float[v] = l.dequantize(l.c.Graph.Values[v].Name, c.id, l.scaleOf(c), l.zeroOf(c), -1)
	}
	return l.float[v]
}

// floatWeight is a quantized constant, stored as codes and dequantized.
func (l *lowering) floatWeight(v graph.ValueID) graph.ValueID {
	if l.float[v] == v {
		p, value := l.params[l.of[v]], l.c.Graph.Values[v]
		l.float[v] = l.dequantized(value.Name, codes(value.Const, p, l.c.Recipe.Rule), p)
	}
	return l.float[v]
}

// out is an output of the network, which keeps its name.
func (l *lowering) out(v graph.ValueID) graph.ValueID {
	if slices.Contains(l.Graph.Inputs, v) {
		if l.of[v] >= 0 {
			l.Graph.Notes = append(l.Graph.Notes, noteInput(l.c.Graph.Values[v].Name))
		}
		return v
	}
	x := l.floats(v)
	if x == v || x == graph.None {
		return x
	}
	name := l.c.Graph.Values[v].Name
	l.Rename(v, l.Name(name+"_float"))
	l.Rename(x, name)
	return x
}

// qlinear appends a node that makes the codes of v and will be of the type given, and limits the codes
// where the type does not.
func (l *lowering) qlinear(n graph.Node, t operatorType, v graph.ValueID, w *coded, inputs ...graph.ValueID) {
	value := l.c.Graph.Values[v]
	y := l.Value(graph.Value{Name: l.Name(value.Name + "_quantized"), DType: w.dtype, Shape: value.Shape})
	l.Append(graph.Node{Name: n.Name, Op: n.Op, Inputs: inputs, Outputs: []graph.ValueID{y}})
	l.types[n.Name] = t
	if !saturatesIn(w) {
		y = l.limit(n.Name, v, y, w, w.p.QMin, w.p.QMax)
	}
	l.coded(v, w, y)
}

// limit keeps codes between two.
func (l *lowering) limit(name string, v, codes graph.ValueID, w *coded, lo, hi int32) graph.ValueID {
	return l.Named(name+"_Clip", l.c.Graph.Values[v].Name+"_quantized", clipCodes{lo, hi, w.dtype}, codes)
}

// scaleOf and zeroOf are the constants of codes, made when first asked for.
func (l *lowering) scaleOf(w *coded) graph.ValueID {
	if w.scale == graph.None {
		w.scale = l.Const(w.name+"_scale", scales(w.p))
	}
	return w.scale
}

func (l *lowering) zeroOf(w *coded) graph.ValueID {
	if w.zero == graph.None {
		t := &graph.Tensor{DType: w.dtype, Shape: perScale(w.p), I: make([]int64, len(w.p.ZeroPoint))}
		for i, z := range w.p.ZeroPoint {
			t.I[i] = int64(z)
		}
		w.zero = l.Const(w.name+"_zero_point", t)
	}
	return w.zero
}
