package graph

import (
	"errors"
	"fmt"
	"slices"
)

// Cell is what a recurrent layer computes at each step.
type Cell string

// The cells, by the names of their ONNX operators.
const (
	LSTM Cell = "LSTM"
	GRU  Cell = "GRU"
	RNN  Cell = "RNN"
)

// gates is how many vectors of the hidden size a cell makes of its input: an LSTM's are input, output, forget and
// cell, a GRU's update, reset and hidden.
func (c Cell) gates() int {
	switch c {
	case LSTM:
		return 4
	case GRU:
		return 3
	}
	return 1
}

// Functions is how many activation functions a cell has: an LSTM's are those of its gates, its cell and its hidden
// state, a GRU's those of its gates and its hidden state.
func (c Cell) Functions() int {
	switch c {
	case LSTM:
		return 3
	case GRU:
		return 2
	}
	return 1
}

// Activation is a function inside a recurrent layer, by its ONNX name.
type Activation struct {
	Name        string
	Alpha, Beta float32 // those of its numbers that it has
}

// Recurrent steps a cell through a sequence, once in each direction. ONNX operators LSTM, GRU and RNN. With T steps, B
// items, D directions, H hidden and G gates its inputs are X [T,B,I], W [D,G·H,I], R [D,G·H,H] and, where given, B
// [D,2·G·H], the length of each item's sequence [B], the hidden state before it [D,B,H] and, of an LSTM, the cell
// state [D,B,H] and the peepholes [D,3·H]. Outputs are the hidden state of each step [T,D,B,H], 0 behind an item's
// end, the last one [D,B,H] and, of an LSTM, the last cell state.
type Recurrent struct {
	Cell              Cell
	Hidden            int
	Reverse           []bool       // of each direction: it begins at the end
	Activations       []Activation // of the first direction, then of the second
	Clip              float32      // bounds what goes into the activations of gates; 0 for none
	LinearBeforeReset bool         // of a GRU: the reset gate scales the product with R, not the state before it
	InputForget       bool         // of an LSTM: the forget gate is 1 less the input gate
}

// Places of the inputs of a Recurrent behind X, W and R.
const (
	RecurrentBias = 3 + iota
	RecurrentLengths
	RecurrentHidden
	RecurrentCell
	RecurrentPeepholes
)

// Type is the ONNX operator name.
func (r Recurrent) Type() string { return string(r.Cell) }

// Gates is the rows of W and R for a direction.
func (r Recurrent) Gates() int { return r.Cell.gates() * r.Hidden }

// Infer checks every shape against those of X and W.
func (r Recurrent) Infer(in []Value) ([]Value, error) {
	most := RecurrentHidden + 1
	if r.Cell == LSTM {
		most = RecurrentPeepholes + 1
	}
	if err := Arity(in, 3, most); err != nil {
		return nil, err
	}
	x, d, h, rows := in[0].Shape, len(r.Reverse), r.Hidden, r.Gates()
	if len(x) != 3 || slices.Contains(x, 0) {
		return nil, Misfit("input %q has shape %v, want steps, items and features", in[0].Name, x)
	}
	if h < 1 || d < 1 || len(r.Activations) != d*r.Cell.Functions() {
		return nil, errors.New("it has no hidden size, no direction, or not the activations of its cell")
	}
	want := [][]int{x, {d, rows, x[2]}, {d, rows, h}, {d, 2 * rows}, {x[1]}, {d, x[1], h}, {d, x[1], h}, {d, 3 * h}}
	for i, v := range in {
		if v.Name == "" {
			continue
		}
		if !slices.Equal(v.Shape, want[i]) {
			return nil, Misfit("input %q has shape %v, want %v", v.Name, v.Shape, want[i])
		}
		if float := i != RecurrentLengths; float != (v.DType == Float32) {
			return nil, fmt.Errorf("input %q has type %v", v.Name, v.DType)
		}
	}
	out := []Value{{DType: Float32, Shape: []int{x[0], d, x[1], h}}, {DType: Float32, Shape: []int{d, x[1], h}}}
	if r.Cell == LSTM {
		out = append(out, out[1])
	}
	return out, nil
}
