package exec

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Image is a compiled network, a value that can be stored, hashed and loaded: the module, where everything
// lies in memory, and what is in it before a run. Equal networks and configurations give equal images.
type Image struct {
	Module []byte `json:"-"` // WebAssembly
	Memory []byte `json:"-"` // from address 0: constants and program
	Layout
	Steps []Stretch `json:"-"` // in their order; none of an image that was decoded
}

// Stretch is the calls of one step, which follow those of the step before, and where it leaves its values.
type Stretch struct {
	Program uint32 // the address of its calls
	Calls   uint32
	Leaves  []*Place
}

// Layout says where an image has everything.
type Layout struct {
	Bytes   int // of memory
	Inputs  []Port
	Outputs []graph.ValueID
	Values  map[graph.ValueID]*Place // that can be read
	Params  map[graph.ValueID]*Place `json:",omitempty"`
	Ranges  []Range                  // of what is observed
	Forms   []Form                   // of the nodes of an integer run
	Kernels []call.ID                // in the module's table
	Program uint32                   // its address
	Calls   uint32
	Offsets []uint32 // of the calls in the program
	Labels  []lower.Label
	Twins   []lower.Twin `json:"-"` // steps of a Runner that are no calls; a compiled network has none
	Dot     call.Dot
	Threads int
	Shared  bool // the module is one for shared memory
	Stats   Stats
}

// Port is an input of the network: where it is copied in, in ONNX order.
type Port struct {
	Name  string
	Shape []int
	At    uint32
}

// Place is where a value can be read: in memory, or here if it is constant.
type Place struct {
	At       uint32 // of its buffer
	Layout   plan.Layout
	Scale    float32 // of codes, as they are stored
	Zero     int32
	Constant []uint32 // bits of float32, ONNX order
}

// Range is where the range of an observed value is found.
type Range struct {
	Value graph.ValueID
	At    uint32
}

// Compile makes an image of g. It fails as New does.
func Compile(ctx context.Context, g *graph.Graph, c Config) (*Image, error) {
	p, err := c.lower(ctx, g)
	if err != nil {
		return nil, err
	}
	if len(p.Twins) > 0 {
		t := p.Twins[0]
		return nil, fmt.Errorf("node %q (%s) has no kernel and runs on its scalar twin, which a compiled network does not contain: export the network to another format", t.Node, t.Op.Type())
	}
	m := &Image{Memory: make([]byte, p.Base)}
	if err := p.Write(ctx, memory(m.Memory)); err != nil {
		return nil, err
	}
	m.Layout = *describe(p, c)
	m.Steps = stretches(p)
	m.Module = kernels.Module(m.Kernels, m.Shared)
	return m, nil
}

// Load makes a Runner of an image. The pool must have as many threads as that of its Config.
func Load(m *Image, pool *engine.Pool) (*Runner, error) {
	if m.Threads != pool.Threads() || m.Shared != pool.Shared() {
		return nil, errThreads
	}
	eng, err := engine.New(m.Module, uint32(m.Bytes), pool)
	if err != nil {
		return nil, err
	}
	eng.Write(0, m.Memory)
	return &Runner{image: &m.Layout, eng: eng, fixed: len(m.Memory)}, nil
}

// stretches are the steps of a program that was written, without those that have nothing to do.
func stretches(p *lower.Program) []Stretch {
	var out []Stretch
	from := 0
	for i, to := range p.Ends {
		if from == to {
			continue
		}
		s := Stretch{Program: p.At + p.Offsets[from], Calls: uint32(to - from)}
		for _, v := range p.Plan.Steps[i].Leaves() {
			lay := p.Plan.Layouts[v]
			s.Leaves = append(s.Leaves, &Place{At: address(p, lay.Buffer), Layout: lay})
		}
		out, from = append(out, s), to
	}
	return out
}

func address(p *lower.Program, buffer int) uint32 {
	return p.Base + uint32(p.Plan.Buffers[buffer].Addr)
}

// describe says where a program that was written has everything.
func describe(p *lower.Program, c Config) *Layout {
	g := p.Plan.Graph
	m := &Layout{
		Outputs: g.Outputs, Values: map[graph.ValueID]*Place{}, Forms: p.Plan.GivenForms(),
		Kernels: call.Used(p.Calls), Program: p.At, Calls: uint32(len(p.Calls)),
		Offsets: p.Offsets, Labels: p.Labels, Twins: p.Twins, Dot: c.Dot, Threads: c.Pool.Threads(), Shared: c.Pool.Shared(), Bytes: p.Bytes,
		Stats: Stats{Constants: p.Constants, Activations: p.Activations, Program: len(p.Encoded), Calls: len(p.Calls)},
	}
	at := func(buffer int) uint32 { return address(p, buffer) }
	for i, v := range g.Inputs {
		if p.Plan.Param(v) {
			continue
		}
		m.Inputs = append(m.Inputs, Port{g.Values[v].Name, g.Values[v].Shape, at(p.Plan.Staging[i])})
	}
	for _, v := range append(slices.Clone(c.Keep), g.Outputs...) {
		if t := g.Values[v].Const; t != nil {
			m.Values[v] = &Place{Constant: bits(p.Plan.Numbers(v))}
			continue
		}
		lay := p.Plan.Layouts[v]
		if p.Plan.Resident(v) {
			m.Values[v] = &Place{At: p.Held[v], Layout: lay}
			continue
		}
		place := &Place{At: at(lay.Buffer), Layout: lay}
		if q := p.Plan.Codes[v]; q != nil {
			place.Scale = q.Params.Scale[0]
			place.Zero, _, _ = lower.Stored(q.Params, c.Dot)
		}
		m.Values[v] = place
	}
	for i, v := range c.Params {
		if m.Params == nil {
			m.Params = map[graph.ValueID]*Place{}
		}
		held := p.Plan.Held[i]
		m.Params[v] = &Place{At: p.Held[held], Layout: p.Plan.Layouts[held]}
	}
	for _, v := range c.Observe {
		if at, ok := p.Ranges[p.Plan.Rounded(v)]; ok {
			m.Ranges = append(m.Ranges, Range{v, at})
		}
	}
	return m
}

func bits(x []float32) []uint32 {
	words := make([]uint32, len(x))
	for i, v := range x {
		words[i] = math.Float32bits(v)
	}
	return words
}

func floats(words []uint32) []float32 {
	x := make([]float32, len(words))
	for i, w := range words {
		x[i] = math.Float32frombits(w)
	}
	return x
}
