package refine

import (
	"context"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Absorbed is a pair of layers whose bias the second took over in part.
type Absorbed struct {
	First  string    `json:"first"` // node
	Second string    `json:"second"`
	By     []float32 `json:"by"` // subtracted from the bias of each output channel of the first
}

// span is the least and the greatest that each channel of a value was, over items.
type span struct{ low, high []float32 }

// slack is how far below the least that was seen a channel may still go, as a part of its span: other items than
// those that calibrate go further.
const slack = 0.25

// Absorb takes what a channel between two layers never falls below out of the first layer's bias, and adds what the
// second makes of it to the second's (Nagel et al. 2019, §4.1.3): the channel's range then begins at zero, and one
// scale for all channels is finer. What is never below comes from the items, not from batch normalisation's
// statistics, which files rarely have. Only where it changes nothing: a ReLU, or a clip that a channel never reaches, between
// them, and a second layer that pads no zeros. Layers without a bias get one.
func Absorb(ctx context.Context, g *graph.Graph, items calibrate.Items, workers int, progress func(done, total int)) (*graph.Graph, []Absorbed, error) {
	pairs := slices.DeleteFunc(pairsOf(g), func(p pair) bool { return !p.absorbs(g) })
	spans, err := spansOf(ctx, g, pairs, items, workers, progress)
	if err != nil {
		return nil, nil, err
	}
	out := edit(g)
	var done []Absorbed
	for i, p := range pairs {
		by := spans[i].floor(p.limit(g))
		if !slices.ContainsFunc(by, func(x float32) bool { return x > 0 }) {
			continue
		}
		first, second := out.bias(p.first), out.bias(p.second)
		for c, x := range by {
			first[c] -= x
		}
		weight, sum := g.Values[p.second.weight].Const.F, make([]float64, p.second.out)
		p.second.each(func(i, in, out int) { sum[out] += float64(weight[i]) * float64(by[in/p.spread]) })
		for c, x := range sum {
			second[c] += float32(x)
		}
		done = append(done, Absorbed{g.Nodes[p.first.node].Name, g.Nodes[p.second.node].Name, by})
	}
	return out.Graph, done, nil
}

// absorbs tells whether a constant added to what the first layer makes comes to a constant that the second makes,
// as long as nothing is clipped.
func (p pair) absorbs(g *graph.Graph) bool {
	for _, l := range []layer{p.first, p.second} {
		switch op := l.op.(type) {
		case graph.Gemm:
			if op.Alpha != 1 || op.Beta != 1 {
				return false
			}
		case graph.MatMul:
			if l.bias == graph.None {
				return false // it would be a node of its own
			}
		}
	}
	if c, ok := p.second.op.(graph.Conv); ok && slices.ContainsFunc(c.Pads, func(n int) bool { return n != 0 }) {
		return false
	}
	clips := false
	for _, n := range p.between {
		switch op := g.Nodes[n].Op.(type) {
		case graph.Clamper:
			clips = true
		case graph.AveragePool:
			if op.IncludePad && slices.ContainsFunc(op.Pads, func(n int) bool { return n != 0 }) {
				return false
			}
		case graph.MaxPool, graph.GlobalAveragePool, graph.Reshape:
		default:
			return false
		}
	}
	_, transposed := p.second.op.(graph.ConvTranspose) // its windows overlap otherwise at the border
	return clips && !transposed
}

// floor is what each channel never falls below, 0 for those that do, that a clip at limit reaches, or that are the
// same everywhere.
func (s span) floor(limit float32) []float32 {
	by := make([]float32, len(s.low))
	for c, low := range s.low {
		high := s.high[c]
		if low < high && (limit == 0 || high < saturated*limit) {
			by[c] = max(0, low-slack*(high-low))
		}
	}
	return by
}

// spansOf runs g on all items and finds how far every channel of what the first layers of pairs make goes.
func spansOf(ctx context.Context, g *graph.Graph, pairs []pair, items calibrate.Items, workers int, progress func(done, total int)) ([]span, error) {
	keep := make([]graph.ValueID, len(pairs))
	for i, p := range pairs {
		keep[i] = p.first.output(g) // pooling behind the clip would hide how low it goes
	}
	if len(keep) == 0 {
		return nil, nil
	}
	seen := make([][]span, items.Len)
	err := pool.Show(ctx, g, exec.Config{Keep: keep, Pool: items.Pool}, workers, items.Len, items.Inputs, func(r *exec.Runner, i int) {
		seen[i] = make([]span, len(pairs))
		for k, v := range keep {
			shape := g.Values[v].Shape
			seen[i][k] = spanOf(r.Value(v), shape, pairs[k].first.axis(shape))
		}
	}, func(n int) { progress(n, items.Len) })
	if err != nil {
		return nil, err
	}
	all := seen[0]
	for _, s := range seen[1:] {
		for k := range all {
			for c := range all[k].low {
				all[k].low[c], all[k].high[c] = min(all[k].low[c], s[k].low[c]), max(all[k].high[c], s[k].high[c])
			}
		}
	}
	return all, nil
}

// spanOf is the least and the greatest of x along an axis. A NaN makes both NaN, which no comparison likes.
func spanOf(x []float32, shape []int, axis int) span {
	inf := float32(math.Inf(1))
	s := span{slices.Repeat([]float32{inf}, shape[axis]), slices.Repeat([]float32{-inf}, shape[axis])}
	for c, run := range scheme.Channels(shape, axis) {
		for _, v := range x[run.From:run.To] {
			s.low[c], s.high[c] = min(s.low[c], v), max(s.high[c], v)
		}
	}
	return s
}

// bias gives the numbers of a layer's bias to change, zeros where it has none yet.
func (e *editor) bias(l layer) []float32 {
	node := &e.Graph.Nodes[l.node]
	if l.bias != graph.None {
		return e.own(l.bias)
	}
	if len(node.Inputs) < 3 || node.Inputs[2] == graph.None {
		zeros := e.Const(node.Name+".bias", &graph.Tensor{Shape: []int{l.out}, F: make([]float32, l.out)})
		e.owned[zeros] = true
		node.Inputs = append(node.Inputs[:2:2], zeros)
	}
	return e.own(node.Inputs[2])
}
