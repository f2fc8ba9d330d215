package lower

import (
	"context"
	"fmt"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Config is what a program depends on besides its plan. No bit of a result does.
type Config struct {
	Dot     call.Dot // how codes are multiplied
	Threads int
}

// Sink takes the contents of memory: the arena, or an image of it.
type Sink interface {
	Write(at uint32, b []byte)
	WriteF32(at uint32, x []float32)
	WriteU32(at uint32, x []uint32)
}

// Program is a lowered plan, every address known: constants at the beginning of the arena, then the program,
// then the activations.
type Program struct {
	Plan      *plan.Plan
	Calls     []call.Call
	Labels    []Label // of the calls
	Twins     []Twin  // what is done between them, in order
	Ranges    map[graph.ValueID]uint32
	Held      map[graph.ValueID]uint32 // where parameters are held
	Constants int                      // bytes
	Encoded   []byte
	Offsets   []uint32 // of the calls in Encoded
	Ends      []int    // of each step, how many calls there are up to its end
	At, Base  uint32   // where the program and where the activations begin
	Bytes     int      // of the arena

	Activations int // bytes of them

	lowerer *lowerer
}

// Label says what a call belongs to.
type Label struct {
	Node   string // the operator whose step it belongs to; an input's name for a graph input
	Op     string
	Kernel call.ID
}

// Lower goes over the plan dry: it finds every size and address, and takes nothing. It fails, naming the
// node, for what the kernels cannot do, and if the arena would not fit.
func Lower(ctx context.Context, p *plan.Plan, c Config) (*Program, error) {
	if total := p.Place(); total > MaxArena { // before tables as large are made
		return nil, tooLarge(0, total)
	}
	l := &lowerer{g: p.Graph, cfg: c, plan: p, operators: table(), crowded: crowds(p), base: firstConstant}
	if err := l.run(ctx); err != nil {
		return nil, err
	}
	if err := l.copies(); err != nil {
		return nil, err
	}
	program, _ := call.Encode(l.calls)
	at, activations := plan.RoundUp(l.cursor, plan.Align), p.Place()
	base := plan.RoundUp(at+len(program), plan.Align)
	if base+activations > MaxArena {
		return nil, tooLarge(l.cursor, activations)
	}
	return &Program{
		Plan: p, Calls: l.calls, Twins: l.twins, Constants: l.cursor, At: uint32(at), Base: uint32(base), Activations: activations,
		Bytes: base + activations + q8.Slack, lowerer: l,
	}, nil
}

// Write lowers the plan again, now that everything has an address, and writes constants and program to sink.
func (p *Program) Write(ctx context.Context, sink Sink) error {
	l := p.lowerer
	l.sink, l.base = sink, p.Base
	if err := l.run(ctx); err != nil {
		return err
	}
	p.Calls, p.Labels, p.Twins, p.Ranges, p.Ends = l.calls, l.labels, l.twins, l.ranges, l.ends
	p.Held = map[graph.ValueID]uint32{}
	for _, v := range p.Plan.Held {
		p.Held[v] = l.at(v)
	}
	p.Encoded, p.Offsets = call.Encode(l.calls)
	sink.Write(p.At, p.Encoded)
	p.lowerer = nil
	return nil
}

// MaxArena is what one WebAssembly memory can hold, less two pages so that sizes fit in 32 bits.
const MaxArena = 1<<32 - 2<<16

func tooLarge(constants, activations int) error {
	return fmt.Errorf("the network needs %d MiB of memory to run (%d MiB weights, %d MiB activations), more than the %d MiB that WebAssembly has: "+
		"use a smaller input size", (constants+activations)>>20, constants>>20, activations>>20, MaxArena>>20)
}

// tensors is how many bytes the network's constants have as floats, each once. What is packed of them may have a few times
// as many: Winograd's form four times.
func (l *lowerer) tensors() (bytes int) {
	seen := map[*graph.Tensor]bool{}
	for _, v := range l.g.Values {
		if v.Const != nil && !seen[v.Const] {
			seen[v.Const] = true
			bytes += elem * graph.Len(v.Shape)
		}
	}
	return bytes
}

// What copies of weights may take beside the tensors, so that a job stays within 1 GiB: networks of floats are several at a time.
const (
	mostFloatCopies   = 192 << 20
	mostIntegerCopies = 320 << 20
)

// copies refuses a network whose products read the same weight and need too many copies of it: with a bias of their own, or
// on integers, where the multipliers of each stand among its weights. So many windows that their places take as much are refused too.
func (l *lowerer) copies() error {
	tensors, most := l.tensors(), mostFloatCopies
	if l.plan.Integer {
		most = mostIntegerCopies
	}
	if l.cursor <= 5*tensors+most {
		return nil
	}
	if 2*l.placing > l.cursor {
		return fmt.Errorf("it would take %d MiB to run, of which %d MiB say where the windows of its layers begin: take a smaller input size or less padding", l.cursor>>20, l.placing>>20)
	}
	return fmt.Errorf("its weights of %d MiB would take %d MiB to run, as many of its products read the same weight and each needs a copy of its own: "+
		"take a network in which fewer do", tensors>>20, l.cursor>>20)
}

// lowerer turns steps into kernel calls. It goes over the steps twice: a dry pass only counts the
// bytes of constants and scratch, after which everything has an address; the second pass writes the
// constants. Both passes take the same way.
type lowerer struct {
	g         *graph.Graph
	cfg       Config
	plan      *plan.Plan
	operators map[string]row
	sink      Sink // nil in the dry pass
	calls     []call.Call
	labels    []Label
	twins     []Twin
	step      int       // index of the step being lowered
	first     int       // of its calls, an index
	ends      []int     // of the steps before it
	cursor    int       // next free byte of the constants
	scratch   int       // scratch buffers asked for so far
	buffers   []int     // those that the dry pass asked for
	floats    []float32 // space that constants are laid out in, one after the other
	bytes     []byte
	tables    map[string]uint32 // addresses of offset tables, shared between layers of one geometry
	placing   int               // bytes of these tables
	packed    map[packing]uint32
	crowded   map[graph.ValueID]bool // weights that are packed without what single products make of them
	values    map[graph.ValueID]uint32
	images    map[graph.ValueID]image // what the step works on in place of these values
	ranges    map[graph.ValueID]uint32
	base      uint32 // address of the activations
	err       error  // of the step being lowered
}

// firstConstant leaves address 0 free: no buffer begins there, so that it can mean "none".
const firstConstant = 64

func (l *lowerer) run(ctx context.Context) error {
	l.cursor, l.scratch, l.placing, l.calls, l.labels, l.twins, l.ends = firstConstant, 0, 0, nil, nil, nil, nil
	l.tables, l.packed = map[string]uint32{}, map[packing]uint32{}
	l.values, l.ranges = map[graph.ValueID]uint32{}, map[graph.ValueID]uint32{}
	for i := range l.plan.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		s := &l.plan.Steps[i]
		l.step, l.first = i, len(l.calls)
		if err := l.lower(s); err != nil {
			if s.Node >= 0 {
				n := l.g.Nodes[s.Node]
				return fmt.Errorf("node %q (%s): %w", n.Name, n.Op.Type(), err)
			}
			return fmt.Errorf("input %q: %w", l.g.Values[s.End()].Name, err)
		}
		l.label(s)
		l.ends = append(l.ends, len(l.calls))
	}
	l.updates()
	return nil
}

// lower emits one step: what it reads as floats, its operator, what it stores as codes, and the zeros around
// what it made.
func (l *lowerer) lower(s *plan.Step) error {
	for _, c := range s.Decode {
		l.decode(c)
	}
	// In place, the output lies where its input, or the floats of it, already do. A kernel would go over
	// the places of an empty one, of which there may be millions, with nothing to do at each.
	if s.InPlace || l.plan.Empty(s) {
		return nil
	}
	if err := l.operator(s); err != nil {
		return err
	}
	for _, v := range s.Outputs {
		if v != graph.None {
			l.byChannel(v)
		}
	}
	for _, c := range s.Encode {
		l.encode(c)
	}
	for _, v := range s.Leaves() {
		l.clearHalo(v)
	}
	return nil
}

// operator emits the calls of a step's operator and of what is fused to it.
func (l *lowerer) operator(s *plan.Step) error {
	if s.Node < 0 {
		l.input(s)
		return nil
	}
	n := l.g.Nodes[s.Node]
	row := l.operators[n.Op.Type()]
	switch {
	case s.Pointwise && s.Integer:
		row.integer(l, s, n.Op)
		return nil
	case s.Pointwise:
		l.pointwise(s, n)
		return nil
	case s.Integer:
		return l.slides(s, n, row.integer)
	}
	return l.slides(s, n, row.float)
}

// maxCalls bounds a program: more would be hundreds of megabytes of calls that each do next to nothing.
const maxCalls = 1 << 20

// room reports whether the step may emit n calls more. If not, it fails, and its emitter is to return.
func (l *lowerer) room(n int) bool {
	if len(l.calls)+n > maxCalls {
		l.err = fmt.Errorf("it takes %d kernel calls, one for each matrix, group or position of a computed kernel, and a network may have %d: make its batch or its kernel smaller", n, maxCalls)
	}
	return l.err == nil
}

func (l *lowerer) emit(c call.Call) { l.calls = append(l.calls, c) }

// label says which step the calls belong to that it emitted.
func (l *lowerer) label(s *plan.Step) {
	for _, c := range l.calls[l.first:] {
		label := Label{Node: l.g.Values[s.Chain[0].Value].Name, Op: "input", Kernel: c.Kernel}
		if s.Node >= 0 {
			label.Node, label.Op = l.g.Nodes[s.Node].Name, l.g.Nodes[s.Node].Op.Type()
		}
		l.labels = append(l.labels, label)
	}
}

// input lays graph input s.Input out, which was copied in in ONNX order, or is a parameter.
func (l *lowerer) input(s *plan.Step) {
	v := s.Out()
	lay := l.lay(v)
	if staging := l.plan.Staging[s.Input]; staging >= 0 {
		l.copy(l.at(v), lay.Stride, l.base+uint32(l.plan.Buffers[staging].Addr), plan.Strides(lay.Shape), lay.Shape)
	} else {
		held := l.of(l.plan.HeldBy(l.g.Inputs[s.Input]))
		l.copy(l.at(v), lay.Stride, held.at, held.strides, lay.Shape)
	}
	l.mapInPlace(v, l.epilogue(s))
}

// decode makes floats of codes, with the zeros around them.
func (l *lowerer) decode(c plan.Conversion) {
	l.dequantize(c.From, l.of(c.To))
	l.clearHalo(c.To)
}

// dequantize makes floats of the codes of v.
func (l *lowerer) dequantize(v graph.ValueID, to operand) {
	from, p := l.lay(v), l.params(v)
	l.emit(q8.Dequantize{Signed: l.cfg.Dot.Signed(), C: 1, X: l.at(v), Y: to.at, Shape: from.Shape,
		XStrides: from.Stride, YStrides: to.strides, Scale: p.Scale, Zero: p.Zero}.Call())
}

// encode stores floats as codes.
func (l *lowerer) encode(c plan.Conversion) {
	from, to, q := l.lay(c.From), l.lay(c.To), l.plan.Codes[c.To]
	zero, lo, hi := Stored(q.Params, l.cfg.Dot)
	l.emit(q8.Quantize{Signed: l.cfg.Dot.Signed(), X: l.at(c.From), Y: l.at(c.To), Shape: to.Shape, XStrides: from.Stride, YStrides: to.Stride,
		Scale: q.Params.Scale[0], Zero: zero, Lo: lo, Hi: hi, Div: q.Rule == scheme.ONNX}.Call())
}

// rangeLen is the floats of one observer's state for each thread: four lanes of minimum, four of
// maximum.
const rangeLen = f32.MinMaxBytes / elem

const elem = plan.Elem
