package exec

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/room"
)

// Quant is the fake-quantizer of a value.
type Quant = plan.Quant

// Form says how an integer run computes a node.
type Form = plan.Form

// Config is what a run does besides computing the outputs.
type Config struct {
	Observe []graph.ValueID // whose minimum and maximum each Run finds, before they are quantized
	Keep    []graph.ValueID // that stay readable after Run
	Integer bool            // store quantized activations as integers and compute on them, see spec §8
	Dot     call.Dot        // how an integer run multiplies: engine.ProbeDot; the integers do not depend on it
	// RoundBias rounds the biases of layers that an integer run computes on integers to the integers that
	// they are there, in a run on floats: what of a difference is theirs.
	RoundBias bool
	Pool      *engine.Pool // the threads that share the work; nil is one thread. No bit depends on it

	// Params are inputs or constants of the graph that a Runner keeps from run to run, for Set to change: the
	// weights of a network in training. Run is not given them. A constant holds at first what it is in the
	// graph, an input zeros. Layers whose weights are parameters pack them in every run, and run on floats.
	Params []graph.ValueID
	// Updates give parameters new elements at the end of each Run, all at once: those of a value of the same
	// shape as its readers saw it, or what another parameter held.
	Updates []Update
}

// Update gives parameter Param the elements of From.
type Update = plan.Update

func (c Config) plan() plan.Config {
	return plan.Config{Observe: c.Observe, Keep: c.Keep, Integer: c.Integer, RoundBias: c.RoundBias, Params: c.Params, Updates: c.Updates}
}

// lower plans g and goes over the plan dry.
func (c Config) lower(ctx context.Context, g *graph.Graph) (*lower.Program, error) {
	p, err := plan.New(ctx, g, c.plan(), lower.Operators())
	if err != nil {
		return nil, err
	}
	return lower.Lower(ctx, p, lower.Config{Dot: c.Dot, Threads: c.Pool.Threads()})
}

// Need is how many bytes of memory New takes for the Runner, found without taking them. It fails as New does.
func Need(ctx context.Context, g *graph.Graph, c Config) (int, error) {
	p, err := c.lower(ctx, g)
	if err != nil {
		return 0, err
	}
	return p.Bytes, nil
}

// Twins names the nodes of g that no kernel computes, but their operator's scalar twin. It fails as New does.
func Twins(ctx context.Context, g *graph.Graph) ([]string, error) {
	p, err := Config{}.lower(ctx, g)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range p.Twins {
		names = append(names, t.Node)
	}
	return names, nil
}

// Ends gives for every node the value that its step leaves in memory when g runs: what Keep can
// be asked for in any run, and what the layer of a convolution hands on. A node's own output may exist only
// inside a step.
func Ends(g *graph.Graph) []graph.ValueID { return plan.Ends(g, lower.Operators()) }

// Codes gives for every value the quantizer by which an integer run of g stores it as codes, nil where it
// stores floats. Besides quantized values those have one that only move into a quantized value.
func Codes(g *graph.Graph) []*Quant { return plan.Codes(g, lower.Operators()) }

// Runner is a graph on the kernels. It is not safe for use by several goroutines; make one for each.
type Runner struct {
	image *Layout
	eng   *engine.Engine
	fixed int          // bytes of memory that were written before any run
	left  <-chan error // of a run that was left when its context ended: what became of it

	floats []float32 // room to read values into before they are put in order
	codes  []byte
}

// Stats says what a plan takes, in bytes.
type Stats struct {
	Constants   int // weights, packed, and tables
	Activations int
	Program     int
	Calls       int
}

// heavy is so many bytes that asking how many are left is worth it.
const heavy = 256 << 20

// New compiles g and loads it. It fails, naming the node, for what the kernels cannot do, and before
// anything is allocated if the arena would not fit, in WebAssembly or in what memory is left; with ctx's error
// when ctx ends.
func New(ctx context.Context, g *graph.Graph, c Config) (*Runner, error) {
	p, err := c.lower(ctx, g)
	if err != nil {
		return nil, err
	}
	if need := int64(p.Bytes) + beside(p.Twins); need > heavy {
		if left := room.Left(); need > left {
			return nil, fmt.Errorf("the network needs %s of memory to run, of which %s are left: give it smaller inputs", room.Size(need), room.Size(left))
		}
	}
	eng, err := engine.New(kernels.Module(call.Used(p.Calls), c.Pool.Shared()), uint32(p.Bytes), c.Pool)
	if err != nil {
		return nil, err
	}
	if err := p.Write(ctx, eng); err != nil {
		eng.Close()
		return nil, err
	}
	return &Runner{image: describe(p, c), eng: eng, fixed: int(p.Base)}, nil
}

// Clone makes a Runner like r with a memory of its own, without packing weights and compiling again. r must
// not be running.
func (r *Runner) Clone() (*Runner, error) {
	fixed := r.fixed
	if len(r.image.Params) > 0 { // they lie among the activations
		fixed = r.image.Bytes
	}
	eng, err := r.eng.Clone(fixed)
	if err != nil {
		return nil, err
	}
	return &Runner{image: r.image, eng: eng, fixed: r.fixed}, nil
}

// Stats says what the plan takes.
func (r *Runner) Stats() Stats { return r.image.Stats }

// Forms gives the form of every node in an integer run, nil for other runs.
func (r *Runner) Forms() []Form { return r.image.Forms }

// Run computes the outputs for one item: inputs in ONNX order, as many elements as the graph's shapes say,
// without those that are parameters. When ctx ends it returns ctx's error, and the Runner is of no use any more
// but to be closed.
func (r *Runner) Run(ctx context.Context, inputs ...[]float32) error {
	if len(inputs) != len(r.image.Inputs) {
		return fmt.Errorf("%d inputs given, the network has %d", len(inputs), len(r.image.Inputs))
	}
	for i, x := range inputs {
		in := r.image.Inputs[i]
		if len(x) != graph.Len(in.Shape) {
			return fmt.Errorf("input %q needs %d numbers (%v), got %d", in.Name, graph.Len(in.Shape), in.Shape, len(x))
		}
		r.eng.WriteF32(in.At, x)
	}
	for _, o := range r.image.Ranges {
		r.eng.WriteF32(o.At, f32.MinMaxReset(r.image.Threads))
	}
	return r.run(ctx)
}

// Set gives parameter v, of Config.Params, its elements in ONNX order.
func (r *Runner) Set(v graph.ValueID, x []float32) error {
	p := r.param(v)
	if len(x) != graph.Len(p.Layout.Shape) {
		return fmt.Errorf("a parameter of shape %v has %d numbers, got %d", p.Layout.Shape, graph.Len(p.Layout.Shape), len(x))
	}
	if !p.Layout.Ordered() {
		laid := make([]float32, len(x))
		lower.Scatter(laid, p.Layout, x)
		x = laid
	}
	r.eng.WriteF32(p.At, x)
	return nil
}

// Get is a copy of what parameter v holds, in ONNX order: as it was set, or as the last Run left it.
func (r *Runner) Get(v graph.ValueID) []float32 { return r.elements(r.param(v), nil) }

func (r *Runner) param(v graph.ValueID) *Place {
	p := r.image.Params[v]
	if p == nil {
		panic("exec: value is no parameter")
	}
	return p
}

// Output is a copy of output i of the last Run, in ONNX order.
func (r *Runner) Output(i int) []float32 { return r.ReadOutput(i, nil) }

// ReadOutput is Output in the memory of into where that suffices.
func (r *Runner) ReadOutput(i int, into []float32) []float32 { return r.Read(r.image.Outputs[i], into) }

// Outputs is how many outputs there are.
func (r *Runner) Outputs() int { return len(r.image.Outputs) }

// Value is a copy of a kept value of the last Run, in ONNX order, as its readers saw it.
func (r *Runner) Value(v graph.ValueID) []float32 { return r.Read(v, nil) }

// Read is Value in the memory of into where that suffices.
func (r *Runner) Read(v graph.ValueID, into []float32) []float32 {
	p := r.image.Values[v]
	if p == nil {
		panic("exec: value is not kept")
	}
	if p.Constant != nil {
		return append(into[:0], floats(p.Constant)...)
	}
	return r.elements(p, into)
}

// elements are those of a value in memory, in ONNX order, in the memory of into where that suffices.
func (r *Runner) elements(p *Place, into []float32) []float32 {
	n, stored := graph.Len(p.Layout.Shape), p.Layout.Size()/p.Layout.Width
	if cap(into) < n {
		into = make([]float32, n)
	}
	into = into[:n]
	switch {
	case p.Layout.Width != plan.Elem:
		r.codes = slices.Grow(r.codes[:0], stored)[:stored]
		r.eng.Read(p.At, r.codes)
		number := r.numbers(p)
		lower.GatherCodes(into, r.codes, &number, p.Layout)
	case p.Layout.Ordered():
		r.eng.ReadF32(p.At, into)
	default:
		r.floats = slices.Grow(r.floats[:0], stored)[:stored]
		r.eng.ReadF32(p.At, r.floats)
		lower.Gather(into, r.floats, p.Layout)
	}
	return into
}

// numbers are what the codes of a value stand for.
func (r *Runner) numbers(p *Place) (numbers [256]float32) {
	for c := range numbers {
		code := int32(c)
		if r.image.Dot.Signed() {
			code = int32(int8(c))
		}
		numbers[c] = float32(code-p.Zero) * p.Scale
	}
	return numbers
}

// rangeLen is the floats of one observer's state for each thread.
const rangeLen = f32.MinMaxBytes / plan.Elem

// Range is the minimum and maximum of an observed value in the last Run, NaN if it held a NaN.
func (r *Runner) Range(v graph.ValueID) (lo, hi float32) {
	for _, o := range r.image.Ranges {
		if o.Value == v {
			m := make([]float32, rangeLen*r.image.Threads)
			r.eng.ReadF32(o.At, m)
			return f32.MinMaxFold(m)
		}
	}
	panic("exec: value is not observed")
}
