package lower

import (
	"errors"

	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Twin is a step that no kernel computes: its operator's scalar twin does, in Go, between two calls.
type Twin struct {
	Before          int // the call that follows
	Node            string
	Op              graph.Op
	Inputs, Outputs []Slot
}

// Slot is a tensor in memory: float32, dense, in ONNX order, whatever its type. An absent one is at 0.
type Slot struct {
	At    uint32
	DType graph.DType
	Shape []int
}

// onTwin runs an operator on its scalar twin. Such operators are rare, or small, and need not be fast.
func onTwin(l *lowerer, s *plan.Step, op graph.Op) {
	if graph.Compute(op) == nil {
		l.err = errors.New("the operator has no scalar twin")
		return
	}
	t := Twin{Node: l.g.Nodes[s.Node].Name, Op: op}
	slot := func(v graph.ValueID, at uint32) Slot {
		x := l.g.Values[v]
		return Slot{At: at, DType: x.DType, Shape: x.Shape}
	}
	for _, v := range s.Inputs {
		if v == graph.None {
			t.Inputs = append(t.Inputs, Slot{})
			continue
		}
		t.Inputs = append(t.Inputs, slot(v, l.ordered(v)))
	}
	for i := range s.Outputs {
		v := twinOutput(s, i)
		if v == graph.None {
			t.Outputs = append(t.Outputs, Slot{})
			continue
		}
		t.Outputs = append(t.Outputs, slot(v, l.orderedOut(v)))
	}
	t.Before = len(l.calls)
	l.twins = append(l.twins, t)
	for i, to := range t.Outputs {
		if to.At == 0 {
			continue
		}
		v := twinOutput(s, i)
		l.store(v, to.At)
		if i == 0 {
			l.mapInPlace(v, l.epilogue(s))
		} else {
			l.mapInPlace(v, l.quantizersOf(s, i))
		}
	}
}

// twinOutput is where output i is made: the first may go on in an epilogue.
func twinOutput(s *plan.Step, i int) graph.ValueID {
	if i == 0 {
		return s.Out()
	}
	return s.Outputs[i]
}

// trigonometry adds the circular and hyperbolic functions and their inverses, which networks hardly have.
func trigonometry(rows map[string]row) map[string]row {
	for _, f := range graph.TrigFunctions() {
		rows[f.Type()] = row{float: onTwin}
	}
	return rows
}
