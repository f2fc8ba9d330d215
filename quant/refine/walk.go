package refine

import (
	"context"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
)

// maxHeld bounds the bytes of activations that a walk holds: with fewer items it is content.
const maxHeld = 192 << 20

// walk runs a quantized network on all items at a time, stretch by stretch in the order of its nodes. What
// a stretch makes can be changed before the next one reads it.
type walk struct {
	c       *calibrate.Calibrated
	items   calibrate.Items
	workers int
	next    int                           // node
	last    []int                         // see lastReaders
	held    []map[graph.ValueID][]float32 // of each item
}

// newWalk begins at the inputs of the network.
func newWalk(c *calibrate.Calibrated, items calibrate.Items, workers int) (*walk, error) {
	g := c.Graph
	w := &walk{c: c, items: items, workers: max(workers, 1), last: lastReaders(g)}
	w.items.Len = walked(g, items.Len)
	for i := range w.items.Len {
		x, err := items.Inputs(i)
		if err != nil {
			return nil, err
		}
		held := map[graph.ValueID][]float32{}
		for k, v := range g.Inputs {
			held[v] = x[k]
		}
		w.held = append(w.held, held)
	}
	return w, nil
}

// lastReaders gives the node that reads each value last, len(Nodes) for outputs of the network.
func lastReaders(g *graph.Graph) []int {
	last := make([]int, len(g.Values))
	for i, n := range g.Nodes {
		for _, v := range n.Inputs {
			if v != graph.None {
				last[v] = i
			}
		}
	}
	for _, v := range g.Outputs {
		last[v] = len(g.Nodes)
	}
	return last
}

// walked is how many of so many items a walk through g takes.
func walked(g *graph.Graph, items int) int {
	return max(min(items, maxHeld/max(peak(g, lastReaders(g)), 1)), 1)
}

// peak is the most bytes of one item that are held at a time.
func peak(g *graph.Graph, last []int) int {
	bytes, most := 0, 0
	size := func(v graph.ValueID) int { return 4 * graph.Len(g.Values[v].Shape) }
	for _, v := range g.Inputs {
		bytes += size(v)
	}
	for i, n := range g.Nodes {
		for _, v := range n.Outputs {
			if v != graph.None {
				bytes += size(v)
			}
		}
		most = max(most, bytes)
		for _, v := range unique(n.Inputs) {
			if v != graph.None && g.Values[v].Const == nil && last[v] == i {
				bytes -= size(v)
			}
		}
	}
	return most
}

// to runs the nodes up to and without node end. The values raw stay as they are before their quantizers.
func (w *walk) to(ctx context.Context, end int, raw ...graph.ValueID) error {
	g := w.c.Graph
	nodes := g.Nodes[w.next:end]
	made := map[graph.ValueID]bool{}
	var from, to []graph.ValueID
	for _, n := range nodes {
		for _, v := range n.Inputs {
			if v != graph.None && g.Values[v].Const == nil && !made[v] && !slices.Contains(from, v) {
				from = append(from, v)
			}
		}
		for _, v := range n.Outputs {
			if v != graph.None {
				made[v] = true
				if w.last[v] >= end {
					to = append(to, v)
				}
			}
		}
	}
	w.next = end
	if len(to) == 0 {
		return nil
	}
	part, err := graph.Cut(g, from, to)
	if err != nil {
		return err
	}
	quantizers := slices.DeleteFunc(part.Quantizers(w.c.FakeQuantizers(calibrate.All)), func(q graph.Quantizer) bool {
		source := part.Source[q.Value]
		given := slices.Contains(part.Inputs, q.Value) && !slices.Contains(g.Inputs, source)
		return given || slices.Contains(raw, source)
	})
	runners, err := pool.New(ctx, graph.Quantize(part.Graph, quantizers).Graph, exec.Config{Pool: w.items.Pool}, w.workers)
	if err != nil {
		return err
	}
	defer runners.Close()
	return runners.Each(ctx, 0, w.items.Len, func(r *exec.Runner, i int) error {
		given := make([][]float32, len(from))
		for k, v := range from {
			given[k] = w.held[i][v]
		}
		if err := r.Run(ctx, given...); err != nil {
			return err
		}
		for k, v := range to {
			w.held[i][v] = r.Output(k)
		}
		for v := range w.held[i] { // the order does not matter
			if w.last[v] < end {
				delete(w.held[i], v)
			}
		}
		return nil
	}, func(int) {})
}

// quantize applies the quantizer of a value that was left raw.
func (w *walk) quantize(v graph.ValueID) {
	for i, q := range w.c.Quantizers {
		if q.Value == v {
			for _, held := range w.held {
				w.c.Params[i].FakeQuantize(held[v], held[v], w.c.Graph.Values[v].Shape, w.c.Recipe.Rule)
			}
		}
	}
}

// unique is a list with each value once.
func unique(list []graph.ValueID) []graph.ValueID {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
