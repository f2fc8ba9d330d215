package calibrate

import (
	"context"
	"hash/maphash"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Shown is what one list of calibration items has shown to observers of activations. Recipes for the same network take
// it from each other, and only what none has asked for is run; a number is kept for each observer, no values. The zero
// Shown knows nothing.
type Shown struct {
	seed     maphash.Seed
	networks map[uint64]*network // by fingerprint
}

// network is what was seen of one network.
type network struct{ seen map[look]*seen }

// look is all that an observer's numbers depend on, besides the network and the items.
type look struct {
	value  graph.ValueID
	kind   string
	config observer.Config
	batch  int // items in one
}

// seen is what an observer of activations has come to when it has seen all the items.
type seen struct {
	params  scheme.QParams
	err     error
	lo, hi  []float32
	batches []span // its ranges after each batch
}

type span struct{ lo, hi []float32 }

// mostSeen bounds the ranges that are kept, of every observer one for each batch and channel: some 30 MiB.
const mostSeen = 1 << 18

// of is what is known of g, which is nothing at first.
func (s *Shown) of(g *graph.Graph) *network {
	total := 0
	for _, n := range s.networks {
		for _, o := range n.seen {
			total += (1 + len(o.batches)) * (1 + len(o.lo))
		}
	}
	if s.networks == nil || total > mostSeen {
		s.seed, s.networks = maphash.MakeSeed(), map[uint64]*network{}
	}
	key := graph.Fingerprint(g, s.seed)
	if s.networks[key] == nil {
		s.networks[key] = &network{map[look]*seen{}}
	}
	return s.networks[key]
}

// lookOf is how quantizer q of p looks at activations.
func lookOf(p *prepare.Prepared, q prepare.Quantizer) look {
	return look{q.Value, q.Observer, configOf(p, q), p.Recipe.Data.Batch}
}

// Show shows items to the observers of all of ps, those of one network in the same run, for items.Shown to know: Run then
// runs none. Where an observer cannot be, or sees what has no range, Run says so.
func Show(ctx context.Context, ps []*prepare.Prepared, items Items, workers int, progress func(done, total int)) error {
	var networks []*network
	of := map[*network][]*prepare.Prepared{}
	for _, p := range ps {
		n := items.Shown.of(p.Graph)
		if of[n] == nil {
			networks = append(networks, n)
		}
		of[n] = append(of[n], p)
	}
	for k, n := range networks {
		err := n.show(ctx, of[n], items, workers, func(done, total int) { progress(k*total+done, len(networks)*total) })
		if err != nil {
			return err
		}
	}
	return nil
}

// show shows items to the observers of ps that have not seen them. They have batches of one size each; those of one
// size go together.
func (n *network) show(ctx context.Context, ps []*prepare.Prepared, items Items, workers int, progress func(done, total int)) error {
	for len(ps) > 0 {
		batch := ps[0].Recipe.Data.Batch
		w := &watch{graph: ps[0].Graph, batch: batch, items: items, progress: progress}
		var looks []look
		var rest []*prepare.Prepared
		for _, p := range ps {
			if p.Recipe.Data.Batch != batch {
				rest = append(rest, p)
				continue
			}
			for _, q := range p.Quantizers {
				l := lookOf(p, q)
				if p.Graph.Values[q.Value].Const != nil || n.seen[l] != nil || slices.Contains(looks, l) {
					continue
				}
				o, err := observer.New(l.kind, l.config)
				if err != nil {
					continue // Run says so
				}
				w.add(o, q)
				looks = append(looks, l)
			}
		}
		if err := w.run(ctx, workers); err != nil {
			return err
		}
		for k, l := range looks {
			o := w.observers[k]
			s := &seen{batches: w.batches[k]}
			s.params, s.err = o.Params()
			s.lo, s.hi = o.Range()
			n.seen[l] = s
		}
		ps = rest
	}
	return nil
}

// numbers are those of quantizer q, in memory of their own: training changes them.
func (s *seen) numbers() (p scheme.QParams, lo, hi []float32) {
	p = s.params
	p.Scale, p.ZeroPoint = slices.Clone(p.Scale), slices.Clone(p.ZeroPoint)
	return p, slices.Clone(s.lo), slices.Clone(s.hi)
}
