package exec

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Quant puts a fake-quantizer on a value: every reader sees the quantized tensor. On a constant, the
// weights are fake-quantized before they are packed (and before a BatchNormalization is folded in).
type Quant struct {
	Value  graph.ValueID
	Params scheme.QParams
	Rule   scheme.Rule
	Codes  []int8 // of a constant whose floats are already those of its codes: graph.Tensor.Codes
}

// Config is what a run does besides computing the outputs.
type Config struct {
	Quant   []Quant
	Observe []graph.ValueID // whose minimum and maximum each Run finds, before they are quantized
	Keep    []graph.ValueID // that stay readable after Run; on integers, as they are before the rounding of what they only move into, so that a code next to a tie may come out one off there
	Integer bool            // store quantized activations as integers and compute on them, see spec §8
	Dot     call.Dot        // how an integer run multiplies: engine.ProbeDot; the integers do not depend on it
	// RoundBias rounds the biases of layers that an integer run computes on integers to the integers that
	// they are there, in a run on floats: what of a difference is theirs.
	RoundBias bool
	Pool      *engine.Pool // the threads that share the work; nil is one thread. No bit depends on it
}

// Runner is a graph on the kernels. It is not safe for use by several goroutines; make one for each.
type Runner struct {
	g       *graph.Graph
	plan    *plan
	eng     *engine.Engine
	base    uint32
	ranges  map[graph.ValueID]uint32
	program uint32
	calls   uint32
	offsets []uint32 // of the calls in the program
	labels  []Timing // of the calls
	dot     call.Dot
	stats   Stats
	threads int
	forms   []Form
}

// Stats says what a plan takes, in bytes.
type Stats struct {
	Constants   int // weights, packed, and tables
	Activations int
	Program     int
	Calls       int
}

// New plans g and packs its weights. It fails, naming the node, for what the kernels cannot do, and
// before anything is allocated if the arena would not fit.
func New(g *graph.Graph, c Config) (*Runner, error) {
	l, m, err := measure(g, c)
	if err != nil {
		return nil, err
	}
	eng, err := engine.New(kernels.Module(call.Used(l.calls), c.Pool.Shared()), uint32(m.total()), c.Pool)
	if err != nil {
		return nil, err
	}
	l.eng, l.base = eng, uint32(m.base)
	if err := l.run(); err != nil {
		eng.Close()
		return nil, err
	}
	program, offsets := call.Encode(l.calls)
	eng.Write(uint32(m.program), program)
	return &Runner{
		g: g, plan: l.plan, eng: eng, base: l.base, ranges: l.ranges, program: uint32(m.program), calls: uint32(len(l.calls)),
		offsets: offsets, labels: l.labels, dot: c.Dot, threads: c.Pool.Threads(), forms: l.forms,
		stats: Stats{Constants: l.cursor, Activations: m.activations, Program: len(program), Calls: len(l.calls)},
	}, nil
}

// Clone makes a Runner like r with a memory of its own, without packing weights and compiling again. r must
// not be running.
func (r *Runner) Clone() (*Runner, error) {
	eng, err := r.eng.Clone()
	if err != nil {
		return nil, err
	}
	c := *r
	c.eng = eng
	return &c, nil
}

// Close frees the memory.
func (r *Runner) Close() error { return r.eng.Close() }

// Stats says what the plan takes.
func (r *Runner) Stats() Stats { return r.stats }

// Run computes the outputs for one item: inputs in ONNX order, as many elements as the graph's shapes say.
func (r *Runner) Run(inputs ...[]float32) error {
	if len(inputs) != len(r.g.Inputs) {
		return fmt.Errorf("%d inputs given, the network has %d", len(inputs), len(r.g.Inputs))
	}
	for i, x := range inputs {
		v := r.g.Values[r.g.Inputs[i]]
		if len(x) != graph.Len(v.Shape) {
			return fmt.Errorf("input %q needs %d numbers (%v), got %d", v.Name, graph.Len(v.Shape), v.Shape, len(x))
		}
		r.eng.WriteF32(r.base+uint32(r.plan.bufs[r.plan.staging[i]].addr), x)
	}
	for _, at := range r.ranges { // order does not matter: separate places
		r.eng.WriteF32(at, f32.MinMaxReset(r.threads))
	}
	return r.eng.Run(r.program, r.calls)
}

// Output is a copy of output i of the last Run, in ONNX order.
func (r *Runner) Output(i int) []float32 { return r.Value(r.g.Outputs[i]) }

// Value is a copy of a kept value of the last Run, in ONNX order, as its readers saw it.
func (r *Runner) Value(v graph.ValueID) []float32 {
	if c := r.g.Values[v].Const; c != nil {
		return floats(c)
	}
	lay := r.plan.layouts[v]
	raw := r.read(v, lay)
	if ordered(lay.shape) && lay.dense() {
		return raw
	}
	return gather(raw, lay)
}

// read is the buffer of v, codes dequantized.
func (r *Runner) read(v graph.ValueID, lay layout) []float32 {
	at := r.base + uint32(r.plan.bufs[lay.buf].addr)
	raw := make([]float32, lay.size()/lay.width)
	if lay.width == elem {
		r.eng.ReadF32(at, raw)
		return raw
	}
	q := r.plan.codes[v].Params
	zero, _, _ := stored(q, r.dot)
	codes := make([]byte, len(raw))
	r.eng.Read(at, codes)
	for i, c := range codes {
		code := int32(c)
		if r.dot.Signed() {
			code = int32(int8(c))
		}
		raw[i] = float32(code-zero) * q.Scale[0]
	}
	return raw
}

// Range is the minimum and maximum of an observed value in the last Run, NaN if it held a NaN.
func (r *Runner) Range(v graph.ValueID) (lo, hi float32) {
	m := make([]float32, rangeLen*r.threads)
	r.eng.ReadF32(r.ranges[v], m)
	return f32.MinMaxFold(m)
}

// rangeLen is the floats of one observer's state for each thread: four lanes of minimum, four of
// maximum.
const rangeLen = f32.MinMaxBytes / elem
