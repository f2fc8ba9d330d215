package plan

import (
	"context"

	"github.com/quantscope/quantscope/quant/graph"
)

// Config is what a run does besides computing the outputs.
type Config struct {
	Observe   []graph.ValueID // whose minimum and maximum each run finds, before they are quantized
	Keep      []graph.ValueID // that stay readable
	Integer   bool            // quantized activations are stored as codes and computed on, see spec §8
	RoundBias bool            // a run on floats rounds biases as the layers of an integer run do
	Params    []graph.ValueID // inputs and constants that keep in memory what they hold from run to run
	Updates   []Update        // of parameters, at the end of each run
}

// Plan is a graph made ready to be lowered.
type Plan struct {
	Config
	// Graph is the graph that was given without its fake-quantizers, and with a value more for each that a
	// step has as floats while it is stored as codes.
	Graph   *graph.Graph
	Quants  [][]*Quant // of each value, in the order in which they apply
	Codes   []*Quant   // the quantizer by whose codes a value is stored, nil for floats
	Forms   []Form     // of each node in an integer run; nil in one on floats that does not round biases as that does
	Norms   []int      // the BatchNormalization folded into each node, or -1
	Steps   []Step
	Layouts []Layout // of each value; Buffer -1 for constants and for what no step leaves in memory
	Buffers []Buffer
	Staging []int // buffer of each graph input in ONNX order, before it is laid out; -1 for a parameter
	// Held is for each parameter the value that holds it: itself, or where a run reads it quantized or
	// otherwise changed, one that is as it was set. Initial is what it holds before it is set, nil for zeros.
	Held    []graph.ValueID
	Initial map[graph.ValueID]*graph.Tensor

	given     *graph.Graph
	bare      []int                  // of each node that was given: the node, or -1 for a fake-quantizer that was taken out
	rounded   []graph.ValueID        // in whose place each value is made
	params    map[graph.ValueID]int  // by the value in whose place it is read, where among Params each parameter is
	resident  map[graph.ValueID]bool // values that hold a parameter
	operators Operators
	readers   [][]int
	makers    []int
	output    []bool // of each value
	kept      []bool
	observed  []bool
	integers  map[int]*IntegerWeights
	codes     map[graph.ValueID][]int8 // of weights, which many nodes may read
	inputs    []float32                // scale of the input of each node that is a layer on integers
	folded    []bool                   // nodes that are folded into another
	ungated   bool                     // no gate is taken up
	orders    []Order                  // of each value
	halos     []Halo
}

// Operators tells what a plan has to know of an operator.
type Operators func(graph.Op) Operator

// Operator is what a plan has to know of one.
type Operator struct {
	Integers Integers
	// Layer describes the weights of node n if it is a layer, and says what its integer kernel cannot do.
	Layer func(p *Plan, n graph.Node) Weights
	// Epilogue reports whether node n may run in place, element by element, on values just made.
	Epilogue func(p *Plan, n graph.Node) bool
	// Halo is how many zeros node n wants around its first input.
	Halo func(g *graph.Graph, n graph.Node) Halo
	// Images says that what the operator reads and makes with four dimensions are images: it slides over them.
	Images bool
	// Rearranges says that the dimensions of what it makes are not those of what it reads.
	Rearranges bool
	// Method is by what arithmetic node n computes, nil if there is but one.
	Method func(g *graph.Graph, n graph.Node) Method
	// Refuses says why node n has no kernel though the operator has; nil if there is none to refuse.
	Refuses func(g *graph.Graph, n graph.Node) error

	Floats bool // it runs on floats by itself, not only in place on values just made
	Quick  bool // in place it takes no longer than finding a code in a table
	// Folds says that a BatchNormalization behind the operator may go into its weights.
	Folds bool
}

// Integers is the way in which an operator computes on codes.
type Integers int

// The ways to compute on codes.
const (
	NoIntegers Integers = iota
	Layer               // exact sums of products with constant weights, rounded to codes or left as floats
	Sum                 // arithmetic on codes of any scales, rounded to codes
	Function            // a function of one number: a table
	Move                // codes put elsewhere, each value's translated if its scale is another
)

// passes make a Plan, in this order:
//
//	bare    what rounds is from here on a property of values, not a node: nothing else need know such nodes
//	fold    which normalizations vanish decides which values exist
//	orders  how elements lie decides what may run in place on values just made, and what integer kernels can read
//	codes   which values are codes decides what can be computed on integers
//	forms   integers or floats is a node's own matter, decided before anything is fused, so that nothing that
//	        follows a node can change it
//	fuse    joins nodes of one form; values that are kept or observed come in here, for the first time
//	methods, tables: by what arithmetic a step computes, and which functions a table replaces; here is refused what
//	        no kernel can do, and which quantizers none has
//	convert finds what steps on floats read and make of codes
//	hold    gives parameters that a step changes a value more, for what they are
//	halos, lay: where values lie depends on who reads them and on what exists at the same time
func passes() []func(*Plan) error {
	return []func(*Plan) error{bare, foldNorms, chooseOrders, chooseCodes, chooseForms, fuse, chooseMethods, checkQuants, chooseTables, convert, hold, chooseHalos, layOut}
}

// New plans a run of g. It fails for values that the run does not have, naming them, and when ctx ends.
// Buffers have no address yet: Place gives them one when those that the lowering asks for are known.
func New(ctx context.Context, g *graph.Graph, c Config, operators Operators) (*Plan, error) {
	if err := c.checkParams(g); err != nil {
		return nil, err
	}
	p := newPlan(g, c, operators)
	for _, pass := range passes() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := pass(p); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func newPlan(g *graph.Graph, c Config, operators Operators) *Plan {
	return &Plan{Config: c, Graph: g, operators: operators, integers: map[int]*IntegerWeights{}, codes: map[graph.ValueID][]int8{}}
}

func set(n int, values []graph.ValueID) []bool {
	in := make([]bool, n)
	for _, v := range values {
		in[v] = true
	}
	return in
}

// only is the node that alone reads v, which is no output of the network.
func (p *Plan) only(v graph.ValueID) (node int, ok bool) {
	if p.output[v] || len(p.readers[v]) != 1 {
		return 0, false
	}
	return p.readers[v][0], true
}

// constant reports whether values are constants, or absent.
func (p *Plan) constant(values []graph.ValueID) bool { return Constant(p.Graph, values) }

// Constant reports whether values are constants, or absent.
func Constant(g *graph.Graph, values []graph.ValueID) bool {
	for _, v := range values {
		if v != graph.None && g.Values[v].Const == nil {
			return false
		}
	}
	return true
}
