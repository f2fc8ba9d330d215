package refine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/quant/train"
)

// maxStep bounds the bytes of a step's program: batches are halved until it fits.
const maxStep = 512 << 20

// Reconstruct learns which weights are rounded up and which down (spec §5): for each part of the network, first to last, so that the
// part gives on quantized inputs what its float self gives on float ones. progress counts iterations of all parts. The
// result does not depend on the number of workers. What known has is not done again, and what it has not of GPTQ's is added.
func Reconstruct(ctx context.Context, c *calibrate.Calibrated, items calibrate.Items, r recipe.Rounding, known Known, workers int, progress func(done, total int)) (*calibrate.Calibrated, error) {
	rc := newReconstruction(c, items, r.Full(), workers)
	if rc.threads == nil && rc.workers > 1 { // one step after the other: all work on the same one
		rc.threads = engine.NewPool(rc.workers)
		defer rc.threads.Close()
	}
	if r.Method == recipe.GPTQ {
		if err := rc.gptq(ctx, known.Rounded, progress); err != nil {
			return nil, fmt.Errorf("rounding by GPTQ: %w", err)
		}
		return rc.c, nil
	}
	return rc.c, rc.learn(ctx, known.Watch, progress)
}

// learn learns all parts that no checkpoint has.
func (rc *reconstruction) learn(ctx context.Context, w Watch, progress func(done, total int)) error {
	parts := rc.parts()
	done := &learned{Of: w.Of}
	if w.From != nil {
		var err error
		if done, err = readLearned(w.From, w.Of); err != nil {
			return err
		}
		if err := done.restore(rc, len(parts)); err != nil {
			return err
		}
	}
	for i, u := range parts {
		if i < len(done.Parts) {
			continue
		}
		m := Moment{Parts: i, Of: len(parts), Total: len(parts) * rc.r.Iterations}
		changed, err := rc.part(ctx, i, u, done.Now, func(it int, now func() *unfinished) error {
			m.Done = i*rc.r.Iterations + it
			progress(m.Done, m.Total)
			if w.Keep == nil || it == rc.r.Iterations {
				return nil
			}
			return w.Keep(m, func() []byte {
				done.Now = now()
				return done.write()
			})
		})
		if err != nil {
			return fmt.Errorf("learning the rounding of %s: %w", rc.c.Graph.Values[u.weights[0]].Name, err)
		}
		if w.Keep == nil || i == len(parts)-1 {
			done.Now = nil
			continue
		}
		done.add(rc, changed)
		m.Parts, m.Whole = i+1, true
		if err := w.Keep(m, done.write); err != nil {
			return err
		}
	}
	return nil
}

// newReconstruction begins with a copy of c.
func newReconstruction(c *calibrate.Calibrated, items calibrate.Items, r recipe.Rounding, workers int) *reconstruction {
	out, g := *c, *c.Graph
	out.Params = slices.Clone(c.Params)
	g.Values = slices.Clone(g.Values)
	out.Graph = &g
	return &reconstruction{c: &out, items: items, r: r, workers: max(workers, 1), threads: items.Pool, draws: func(k int) draws { return seeded(c.Recipe.Data.Seed, k) }}
}

// parts are those that are learned, first to last.
func (rc *reconstruction) parts() []unit {
	g := rc.c.Quantized(func(i int) bool { return !rc.learned(rc.c.Quantizers[i].Value) }).Graph
	return units(g, rc.r.Method == recipe.BRECQ || rc.r.Method == recipe.QDrop, rc.learned)
}

// Parts is how many parts of a network a method learns one after the other.
func Parts(c *calibrate.Calibrated, r recipe.Rounding) int {
	return len(newReconstruction(c, calibrate.Items{}, r, 1).parts())
}

// reconstruction goes over the parts of c, which changes.
type reconstruction struct {
	c       *calibrate.Calibrated
	items   calibrate.Items
	r       recipe.Rounding
	workers int
	threads *engine.Pool // that share a step
	draws   func(part int) draws
}

// draws are what of learning a part is left to chance, and who looks on.
type draws struct {
	source *rand.PCG             // whose state a checkpoint has
	batch  func(of int) int      // one of so many batches
	mask   func(n int) []float32 // 0 or 1 for each of n elements
	seen   func(it int, rec, round float32, l *learner)
}

// seeded draws of a generator.
func seeded(seed uint64, part int) draws {
	source := rand.NewPCG(seed, uint64(part))
	r := rand.New(source)
	return draws{source, r.IntN, func(n int) []float32 { return half(r, n) }, func(int, float32, float32, *learner) {}}
}

// learned tells whether the rounding of a constant is learned: it is the weight of a layer, on a grid of integers.
func (rc *reconstruction) learned(v graph.ValueID) bool {
	i := rc.quantizer(v)
	return i >= 0 && rc.c.Quantizers[i].Weight && rc.c.Params[i].Grid == scheme.Integers
}

// quantizer is that of a value, -1 if it has none.
func (rc *reconstruction) quantizer(v graph.ValueID) int {
	return slices.IndexFunc(rc.c.Quantizers, func(q prepare.Quantizer) bool { return q.Value == v })
}

// part learns part number k, from where it was left if from is not nil, and gives the quantizers whose constants or scales it
// has changed. done is called behind each iteration, from 1, with what leaves it there.
func (rc *reconstruction) part(ctx context.Context, k int, u unit, from *unfinished, done func(it int, now func() *unfinished) error) (changed []int, err error) {
	whole := rc.c.Quantized(func(i int) bool { return !slices.Contains(u.weights, rc.c.Quantizers[i].Value) }).Graph
	cut, err := graph.Cut(whole, u.inputs, []graph.ValueID{u.output})
	if err != nil {
		return nil, err
	}
	var roundings []train.Rounding
	for _, v := range u.weights {
		at := graph.ValueID(slices.Index(cut.Source, v))
		roundings = append(roundings, train.Rounding{Value: at, Params: rc.c.Params[rc.quantizer(v)]})
	}
	method := rc.r.Method
	n := min(rc.c.Recipe.Data.Batch, rc.items.Len)
	var step *train.Reconstruction
	for ; ; n = (n + 1) / 2 {
		if step, err = train.NewReconstruction(cut.Graph, roundings, method != recipe.AdaRound, method == recipe.QDrop, n); err != nil {
			return nil, err
		}
		bytes, err := exec.Need(ctx, step.Graph, train.RunConfig(step.Params, nil))
		if err != nil {
			return nil, err
		}
		if bytes <= maxStep || n == 1 {
			break
		}
	}
	data, err := rc.cache(ctx, u, n)
	if err != nil {
		return nil, err
	}
	l, err := newLearner(ctx, step, rc.r, rc.threads)
	if err != nil {
		return nil, err
	}
	defer l.run.Close()
	draw, first := rc.draws(k), 1
	if from != nil {
		if err := l.resume(from, draw.source); err != nil {
			return nil, err
		}
		first = from.Done + 1
	}
	for it := first; it <= rc.r.Iterations; it++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		inputs, target := data.batch(draw, n, method == recipe.QDrop)
		rec, round, err := l.step(ctx, it, inputs, target, draw.mask)
		if err != nil {
			return nil, err
		}
		draw.seen(it, rec, round, l)
		if err := done(it, func() *unfinished { return l.unfinished(it, draw.source) }); err != nil {
			return nil, err
		}
	}
	for i, v := range u.weights {
		w := rc.own(v)
		changed = append(changed, rc.quantizer(v))
		copy(w, rounded(roundings[i], w, rc.c.Graph.Values[v].Shape, l.get(step.Alphas[i])))
	}
	for i, node := range learnedScales(cut.Graph, step) {
		q := rc.quantizer(cut.Source[cut.Nodes[node].Outputs[0]])
		p := rc.c.Params[q]
		p.Scale = l.get(step.Scales[i])
		for s := range p.Scale {
			p.Scale[s] = max(abs(p.Scale[s]), scheme.Epsilon)
		}
		rc.c.Params[q] = p
		changed = append(changed, q)
	}
	return changed, nil
}

// learnedScales are the nodes of the part that Scales belong to.
func learnedScales(g *graph.Graph, step *train.Reconstruction) []int {
	var nodes []int
	for i, n := range g.Nodes {
		if q, ok := n.Op.(graph.FakeQuantize); ok && q.Params.Grid == scheme.Integers && g.Values[n.Inputs[0]].Const == nil && len(nodes) < len(step.Scales) {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

// own is a constant to change.
func (rc *reconstruction) own(v graph.ValueID) []float32 {
	t := *rc.c.Graph.Values[v].Const
	t.F, t.Params, t.Codes = slices.Clone(t.F), nil, nil
	rc.c.Graph.Values[v].Const = &t
	return t.F
}

// rounded is a weight as its alpha says, up where that is not negative.
func rounded(r train.Rounding, w []float32, shape []int, alpha []float32) []float32 {
	codes := r.Codes(w, shape)
	for c, run := range r.Params.Groups(shape, len(w)) {
		for i := run.From; i < run.To; i++ {
			if alpha[i] >= 0 {
				codes[i]++
			}
			codes[i] = (min(max(codes[i], float32(r.Params.QMin)), float32(r.Params.QMax)) - float32(r.Params.ZeroPoint[c])) * r.Params.Scale[c]
		}
	}
	return codes
}

// half is 1 for about half of n elements.
func half(draw *rand.Rand, n int) []float32 {
	mask := make([]float32, n)
	for i := 0; i < n; {
		for bits, k := draw.Uint64(), 0; k < 64 && i < n; k++ {
			mask[i] = float32(bits >> k & 1)
			i++
		}
	}
	return mask
}

// cached is what goes into a part and what should come out, item by item.
type cached struct {
	quantized, float [][][]float32 // inputs by item
	target           [][]float32
	batches          int
}

// cache runs the quantized network up to the part, and the float network, on as many items as memory allows, whole batches of n.
func (rc *reconstruction) cache(ctx context.Context, u unit, n int) (*cached, error) {
	size := graph.Len(rc.c.Graph.Values[u.output].Shape)
	for _, v := range u.inputs {
		size += 2 * graph.Len(rc.c.Graph.Values[v].Shape)
	}
	items := min(rc.items.Len, max(maxHeld/(4*size), n))
	d := &cached{batches: items / n}
	items = d.batches * n
	d.target = make([][]float32, items)
	var err error
	if d.quantized, err = rc.run(ctx, rc.c.Quantized(calibrate.All).Graph, u.inputs, items); err != nil {
		return nil, err
	}
	outputs, err := rc.run(ctx, rc.c.Float, append(slices.Clone(u.inputs), u.output), items)
	if err != nil {
		return nil, err
	}
	d.float = make([][][]float32, items)
	for i, x := range outputs {
		d.float[i], d.target[i] = x[:len(u.inputs)], x[len(u.inputs)]
	}
	return d, nil
}

// run gives values of a network for the first items.
func (rc *reconstruction) run(ctx context.Context, g *graph.Graph, values []graph.ValueID, items int) ([][][]float32, error) {
	part, err := graph.Cut(g, g.Inputs, values)
	if err != nil {
		return nil, err
	}
	out := make([][][]float32, items)
	err = pool.Show(ctx, part.Graph, exec.Config{Pool: rc.items.Pool}, rc.workers, items, rc.items.Inputs, func(r *exec.Runner, i int) {
		for k := range values {
			out[i] = append(out[i], r.Output(k))
		}
	}, func(int) {})
	return out, err
}

// batch draws one of the batches: inputs of the part, and the target. With mix each element of an input is the float
// network's with a chance of one half.
func (d *cached) batch(draw draws, n int, mix bool) (inputs [][]float32, target []float32) {
	b := draw.batch(d.batches)
	for k := range d.quantized[0] {
		var x []float32
		for i := b * n; i < (b+1)*n; i++ {
			x = append(x, d.quantized[i][k]...)
		}
		if mix {
			mask, at := draw.mask(len(x)), 0
			for i := b * n; i < (b+1)*n; i++ {
				for _, f := range d.float[i][k] {
					if mask[at] == 0 {
						x[at] = f
					}
					at++
				}
			}
		}
		inputs = append(inputs, x)
	}
	return inputs, slices.Concat(d.target[b*n : (b+1)*n]...)
}
