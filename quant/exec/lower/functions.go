package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// function is a row of a function of single numbers, whose scalar twin is graph.Elementwise's: on floats the
// epilogue function that f gives, on codes a table. quick tells that it takes no longer than a look into a table.
func function[T graph.Elementwise](quick bool, f func(op T) call.EpilogueOp) row {
	return row{
		Operator: plan.Operator{Integers: plan.Function, Quick: quick}, integer: integerFunction,
		epilogue: func(_ *lowerer, n graph.Node) call.EpilogueOp { return f(n.Op.(T)) },
	}
}

// functions adds the functions of single numbers to rows.
func functions(rows map[string]row) map[string]row {
	const quick, slow = true, false
	for name, r := range map[string]row{ // order does not matter: a map again
		"Relu":        function(quick, func(graph.Relu) call.EpilogueOp { return f32.Clamp(0, unbounded[1]) }),
		"Clip":        function(quick, func(op graph.Clip) call.EpilogueOp { return f32.Clamp(op.Lo, op.Hi) }),
		"LeakyRelu":   function(quick, func(op graph.LeakyRelu) call.EpilogueOp { return f32.LeakyRelu(op.Alpha) }),
		"HardSigmoid": function(quick, func(op graph.HardSigmoid) call.EpilogueOp { return f32.HardSigmoid(op.Alpha, op.Beta) }),
		"HardSwish":   function(quick, func(graph.HardSwish) call.EpilogueOp { return f32.HardSwish() }),
		"Sigmoid":     function(slow, func(graph.Sigmoid) call.EpilogueOp { return f32.Sigmoid() }),
		"SiLU":        function(slow, func(graph.SiLU) call.EpilogueOp { return f32.SiLU() }),
		"Tanh":        function(slow, func(graph.Tanh) call.EpilogueOp { return f32.Tanh() }),
		"Elu":         function(slow, func(op graph.Elu) call.EpilogueOp { return f32.Elu(op.Alpha) }),
		"Softplus":    function(slow, func(graph.Softplus) call.EpilogueOp { return f32.Softplus() }),
		"Mish":        function(slow, func(graph.Mish) call.EpilogueOp { return f32.Mish() }),
		"Exp":         function(slow, func(graph.Exp) call.EpilogueOp { return f32.Exp() }),
		"Sqrt":        function(slow, func(graph.Sqrt) call.EpilogueOp { return f32.Sqrt() }),
		"Abs":         function(quick, func(graph.Abs) call.EpilogueOp { return f32.Abs() }),
		"Log":         function(slow, func(graph.Log) call.EpilogueOp { return f32.Log() }),
		"NormalCDF":   function(slow, func(graph.NormalCDF) call.EpilogueOp { return f32.NormalCDF() }),
		"Erf":         function(slow, func(graph.Erf) call.EpilogueOp { return f32.Erf() }),
		"Neg":         function(quick, func(graph.Neg) call.EpilogueOp { return f32.Neg() }),
		"Sign":        function(quick, func(graph.Sign) call.EpilogueOp { return f32.Sign() }),
		"Floor":       function(quick, func(graph.Floor) call.EpilogueOp { return f32.Floor() }),
		"Ceil":        function(quick, func(graph.Ceil) call.EpilogueOp { return f32.Ceil() }),
		"Not":         function(quick, func(graph.Not) call.EpilogueOp { return f32.Within(-0.5, 0.5) }),
		"Cast":        function(quick, castOp),
		"Round":       function(quick, func(graph.Round) call.EpilogueOp { return f32.Round() }),
		"Within":      function(quick, func(op graph.Within) call.EpilogueOp { return f32.Within(op.Lo, op.Hi) }),
		"Gelu": function(slow, func(op graph.Gelu) call.EpilogueOp {
			if op.Tanh {
				return f32.GeluTanh()
			}
			return f32.Gelu()
		}),
	} {
		rows[name] = r
	}
	return rows
}

// integerFunction runs a chain of functions from codes to codes as a table of 256 entries: what the float
// arithmetic gives for each code.
func integerFunction(l *lowerer, s *plan.Step, _ graph.Op) {
	x, y := s.Inputs[0], s.Out()
	links := append([]plan.Link{{Node: s.Node, Value: s.Chain[0].Value, Gate: -1}}, s.Chain[1:]...)
	table := l.tableOf(l.plan.Codes[x], links)
	in, out := l.lay(x), l.lay(y)
	l.emit(q8.Lookup{X: l.at(x), Y: l.at(y), Shape: out.Shape, XStrides: in.Stride, YStrides: out.Stride, Table: table}.Call())
}

// castOp cuts floats off to integers; what is whole stays as it is.
func castOp(op graph.Cast) call.EpilogueOp {
	lo, hi := op.Limits()
	switch op.To {
	case graph.Float32:
		return f32.Clamp(lo, hi)
	case graph.Bool:
		return f32.NonZero()
	}
	return f32.Trunc(lo, hi)
}
