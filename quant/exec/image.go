package exec

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Image is a compiled network: where everything lies in memory, and what is in it before a run.
type Image struct {
	Inputs  []Port
	Outputs []graph.ValueID
	Values  map[graph.ValueID]*Place // that can be read
	Ranges  []Range                  // of what is observed
	Forms   []Form                   // of the nodes of an integer run
	Program uint32                   // its address
	Calls   uint32
	Offsets []uint32 // of the calls in the program
	Labels  []lower.Label
	Dot     call.Dot
	Threads int
	Bytes   int // of memory
	Stats   Stats
}

// Port is an input of the network: where it is copied in, in ONNX order.
type Port struct {
	Name  string
	Shape []int
	At    uint32
}

// Place is where a value can be read.
type Place struct {
	At     uint32 // of its buffer
	Layout plan.Layout
	Scale  float32 // of codes, as they are stored
	Zero   int32
}

// Range is where the range of an observed value is found.
type Range struct {
	Value graph.ValueID
	At    uint32
}

// describe says where a program that was written has everything.
func describe(p *lower.Program, c Config) *Image {
	g := p.Plan.Graph
	m := &Image{
		Outputs: g.Outputs, Values: map[graph.ValueID]*Place{}, Forms: p.Plan.Forms, Program: p.At, Calls: uint32(len(p.Calls)),
		Offsets: p.Offsets, Labels: p.Labels, Dot: c.Dot, Threads: c.Pool.Threads(), Bytes: p.Bytes,
		Stats: Stats{Constants: p.Constants, Activations: p.Activations, Program: len(p.Encoded), Calls: len(p.Calls)},
	}
	at := func(buffer int) uint32 { return p.Base + uint32(p.Plan.Buffers[buffer].Addr) }
	for i, v := range g.Inputs {
		m.Inputs = append(m.Inputs, Port{g.Values[v].Name, g.Values[v].Shape, at(p.Plan.Staging[i])})
	}
	for _, v := range append(slices.Clone(c.Keep), g.Outputs...) {
		if g.Values[v].Const != nil {
			continue
		}
		lay := p.Plan.Layouts[v]
		place := &Place{At: at(lay.Buffer), Layout: lay}
		if q := p.Plan.Codes[v]; q != nil {
			place.Scale = q.Params.Scale[0]
			place.Zero, _, _ = lower.Stored(q.Params, c.Dot)
		}
		m.Values[v] = place
	}
	for _, v := range c.Observe {
		if at, ok := p.Ranges[v]; ok {
			m.Ranges = append(m.Ranges, Range{v, at})
		}
	}
	return m
}
