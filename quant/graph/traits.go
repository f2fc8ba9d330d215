package graph

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/kernels/ref"
)

// What is known of an operator beyond its shapes are small interfaces, which it implements in its own
// file. Other packages ask for them and need not list operators.

// Elementwise is an Op of one input that makes each element of its output of the element in the same
// place, whatever the shape.
type Elementwise interface {
	Op
	// Twin is the scalar twin of the kernel, to the bit.
	Twin() ref.EpilogueOp
}

// Clamper is an Op that keeps each number between two.
type Clamper interface {
	Elementwise
	// Bounds are the two, infinite where there is none.
	Bounds() (lo, hi float32)
}

// Computer is an Op without a kernel that runs on its scalar twin, in Go. It is no Folder: what it takes may be much more than what it
// makes, and a file must not keep its reader busy.
type Computer interface {
	Op
	// Compute gives the outputs for these inputs, nil where one is absent.
	Compute(in []*Tensor) ([]*Tensor, error)
}

// Compute is how op runs without a kernel: as it says itself or, where it is cheap, as it folds. It is nil where it does not.
func Compute(op Op) func(in []*Tensor) ([]*Tensor, error) {
	switch op := op.(type) {
	case Computer:
		return op.Compute
	case Folder:
		return op.Fold
	}
	return nil
}

// Mover is an Op that may only move elements.
type Mover interface {
	Op
	// Moves tells whether every element of every output is an element of the inputs, or a constant of
	// the operator, that lies where it does by its position alone.
	Moves() bool
}

// Moves tells whether op only moves elements.
func Moves(op Op) bool {
	m, ok := op.(Mover)
	return ok && m.Moves()
}

// Selector is an Op that chooses elements by their order: the greatest ones.
type Selector interface {
	Op
	// Selects does nothing.
	Selects()
}

// Selects tells whether every element of every output is an element of the inputs, or a constant of the operator,
// chosen by its position or by the order of elements: rounding before or after is the same.
func Selects(op Op) bool {
	_, ok := op.(Selector)
	return ok || Moves(op)
}

// Batched is an Op that may compute item by item, an item being what lies at one position of the first
// axis. What is Elementwise always does.
type Batched interface {
	Op
	// PerItem tells whether along the first axis of each output lies what the operator makes of the
	// items of those inputs that carry items there and of the other inputs as they are. At
	// least one input carries items; all that do carry the same number.
	PerItem(in []Value, carry []bool) bool
}

// Weighted is an Op that multiplies its first input by its second, the weight, and adds up.
type Weighted interface {
	Op
	// OutputChannels is the axis of the weight along which the output channels of a group lie, 0 or 1; the input
	// channels of a group lie along the other.
	OutputChannels() (axis, groups int)
}

func (c Conv) OutputChannels() (axis, groups int)          { return 0, c.Group }
func (c ConvTranspose) OutputChannels() (axis, groups int) { return 1, c.Group }
func (MatMul) OutputChannels() (axis, groups int)          { return 1, 1 }

func (g Gemm) OutputChannels() (axis, groups int) {
	if g.TransB {
		return 0, 1
	}
	return 1, 1
}

// Multiplier is an Op that adds up products.
type Multiplier interface {
	Op
	// Products is how many numbers it multiplies with these inputs to this first output.
	Products(in []Value, out Value) int
}

func (Conv) Products(in []Value, out Value) int { return Len(out.Shape) * Len(in[1].Shape[1:]) }

// Products of a transposed convolution are those of each element of its input, those beyond the output too.
func (ConvTranspose) Products(in []Value, _ Value) int {
	return Len(in[0].Shape) * Len(in[1].Shape[1:])
}

func (g Gemm) Products(in []Value, out Value) int {
	if g.TransA {
		return Len(out.Shape) * in[0].Shape[0]
	}
	return Len(out.Shape) * in[0].Shape[1]
}

func (MatMul) Products(in []Value, out Value) int {
	return Len(out.Shape) * in[0].Shape[len(in[0].Shape)-1]
}

func (Recurrent) Products(in []Value, _ Value) int {
	return Len(in[0].Shape[:2]) * (Len(in[1].Shape) + Len(in[2].Shape))
}

// Parametric is an Op some of whose inputs, where they are constants, are what training changes.
type Parametric interface {
	Op
	// Parameters are these inputs; a node may have fewer.
	Parameters() []int
}

func (Conv) Parameters() []int                  { return []int{1, 2} }
func (ConvTranspose) Parameters() []int         { return []int{1, 2} }
func (Gemm) Parameters() []int                  { return []int{1, 2} }
func (MatMul) Parameters() []int                { return []int{0, 1} }
func (BatchNormalization) Parameters() []int    { return []int{1, 2} }
func (LayerNormalization) Parameters() []int    { return []int{1, 2} }
func (InstanceNormalization) Parameters() []int { return []int{1, 2} }
func (PRelu) Parameters() []int                 { return []int{1} }

// Sized is an Op that states the batch of what it makes.
type Sized interface {
	Op
	// Times is the operator for n times as large a batch.
	Times(n int) Op
}

func (r Reshape) Times(n int) Op { return Reshape{times(r.Shape, n)} }

func (e Expand) Times(n int) Op {
	e.Shape = times(e.Shape, n)
	return e
}

func (s Slice) Times(n int) Op {
	s.Sizes = times(s.Sizes, n)
	return s
}

func times(sizes []int, n int) []int {
	sizes = slices.Clone(sizes)
	sizes[0] *= n
	return sizes
}

// Reduction is an Op that makes one element of all those along some axes, which ascend.
type Reduction interface {
	Op
	// Reduces gives the axes, and whether they stay as 1.
	Reduces() (axes []int, keep bool)
}

// NonNegative is an Op that may give no number below zero.
type NonNegative interface {
	Op
	// NonNegative tells whether that is certain, given which of the inputs have none.
	NonNegative(in []bool) bool
}

// all tells whether every one holds.
func all(in []bool) bool { return !slices.Contains(in, false) }

// PerItem tells whether the network computes each item of its batch as it does a single one: the first
// axis of every input is a batch all the way to the outputs. If that is not certain, the error names the node
// that stands in the way.
func (g *Graph) PerItem() error {
	carry, runs := make([]bool, len(g.Values)), make([]bool, len(g.Values)) // has items; depends on an input
	for _, v := range g.Inputs {
		carry[v], runs[v] = len(g.Values[v].Shape) > 0, true
	}
	for _, n := range g.Nodes {
		in, has := make([]Value, len(n.Inputs)), make([]bool, len(n.Inputs))
		some, constant := false, true
		for i, v := range n.Inputs {
			if v != None {
				in[i], has[i] = g.Values[v], carry[v]
				some, constant = some || carry[v], constant && !runs[v]
			}
		}
		if constant {
			continue
		}
		if !some || !perItem(n.Op, in, has) {
			return fmt.Errorf("node %q (%s) may mix the items of a batch", n.Name, n.Op.Type())
		}
		for _, v := range n.Outputs {
			if v != None {
				carry[v], runs[v] = true, true
			}
		}
	}
	for _, v := range g.Outputs {
		if !carry[v] {
			return fmt.Errorf("output %q has no batch", g.Values[v].Name)
		}
	}
	return nil
}

func perItem(op Op, in []Value, carry []bool) bool {
	if _, ok := op.(Elementwise); ok {
		return true
	}
	b, ok := op.(Batched)
	return ok && b.PerItem(in, carry)
}

// alone tells whether input 0, and no other, carries items.
func alone(carry []bool) bool {
	for i, c := range carry {
		if c != (i == 0) {
			return false
		}
	}
	return true
}

// spreads tells whether inputs that broadcast to rank have the items as its first axis, or nothing
// there.
func spreads(in []Value, carry []bool, rank int) bool {
	for i, v := range in {
		if carry[i] && len(v.Shape) != rank || !carry[i] && len(v.Shape) == rank && v.Shape[0] != 1 {
			return false
		}
	}
	return true
}

// spreadsAll is spreads to the greatest rank of the inputs.
func spreadsAll(in []Value, carry []bool) bool {
	rank := 0
	for _, v := range in {
		rank = max(rank, len(v.Shape))
	}
	return spreads(in, carry, rank)
}
