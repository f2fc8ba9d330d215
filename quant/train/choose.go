package train

import (
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant/graph"
)

// where gives the gradient to the input that was chosen.
func where(l *local) ([]graph.ValueID, error) {
	chosen := func(i int) func() graph.ValueID {
		return func() graph.ValueID {
			of := []graph.ValueID{l.in(0), l.scalar(0), l.scalar(0)}
			of[i] = l.g()
			return l.sumTo(l.op("chosen", graph.Where{}, of...), l.shape(l.in(i)))
		}
	}
	return l.each(nil, chosen(1), chosen(2))
}

// topK gives the gradients of the values back to where they were.
func topK(l *local, op graph.TopK) ([]graph.ValueID, error) {
	if l.g() == graph.None {
		return nil, nil
	}
	return l.each(func() graph.ValueID {
		places := graph.None
		if len(l.n.Outputs) > 1 {
			places = l.n.Outputs[1]
		}
		if places == graph.None {
			again, err := l.Apply(op, l.NodeName(l.at+"/places"), l.n.Inputs[:1], []string{l.Name(l.at + "/greatest"), l.Name(l.at + "/places")})
			if err != nil {
				return graph.None
			}
			places = again[1]
		}
		zeros := l.fill(0, l.shape(l.in(0)))
		return l.op("placed", graph.ScatterElements{Axis: op.Axis}, zeros, places, l.g())
	})
}

// mostPairs bounds the matrix that says which slice was taken from where.
const mostPairs = 1 << 24

// taken adds up the gradients of all copies of what an index took: a product with the matrix that says which copies
// those are. That is found by taking, in place of the elements, their numbers.
func taken(l *local, op graph.Indexer) ([]graph.ValueID, error) {
	shape := l.shape(l.in(0))
	p := op.Indexed(shape, l.shape(l.in(1)))
	if p.Len == 0 || p.Units == 0 {
		return l.each(func() graph.ValueID { return l.fill(0, shape) })
	}
	slots := graph.Len(shape) / p.Len
	if slots > mostPairs/p.Units {
		return nil, fmt.Errorf("it takes %d of %d slices, and the gradient is a product with a matrix of so many rows and columns: at most %d elements are possible; freeze what lies before it, or make the batch smaller", p.Units, slots, mostPairs)
	}
	return l.each(func() graph.ValueID {
		numbers, rows := make([]float32, graph.Len(shape)), make([]float32, slots)
		for i := range numbers {
			numbers[i] = float32(i / p.Len)
		}
		for i := range rows {
			rows[i] = float32(i)
		}
		from := l.reshape(l.op("numbers", op, l.vector(shape, numbers...), l.in(1)), p.Units, p.Len)
		if p.Len > 1 {
			from = l.op("number", graph.Slice{Starts: []int{0, 0}, Steps: []int{1, 1}, Sizes: []int{p.Units, 1}}, from)
		}
		copies := l.op("copies", graph.Equal{}, l.vector([]int{slots, 1}, rows...), l.reshape(from, 1, p.Units))
		matrix := l.op("matrix", graph.Where{}, copies, l.scalar(1), l.scalar(0))
		return l.reshape(l.op("slices", graph.MatMul{}, matrix, l.reshape(l.g(), p.Units, p.Len)), shape...)
	})
}

// written passes the gradient of what was not written over, and of what was written from where it went to. Of several
// that were written to one place ONNX does not say which stays. What is added leaves what it is added to its gradient.
func written(l *local, op graph.Op, how graph.Reduce, take graph.Op) ([]graph.ValueID, error) {
	if how != graph.Replace && how != graph.ReduceAdd {
		return nil, errors.New("its products, least and greatest of several have none; those that replace and those that add have one")
	}
	return l.each(
		func() graph.ValueID {
			if how == graph.ReduceAdd {
				return l.g()
			}
			return l.op("kept", op, l.g(), l.in(1), l.fill(0, l.shape(l.in(2))))
		},
		nil,
		func() graph.ValueID { return l.op("written", take, l.g(), l.in(1)) })
}
