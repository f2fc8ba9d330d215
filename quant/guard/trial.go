package guard

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/report"
)

// tester runs candidates.
type tester struct {
	g       *graph.Graph
	norm    *graph.Node // the first batch normalisation, nil if there is none
	items   Items
	runners *pool.Pool
	seen    [][]seen // by candidate and item
}

// seen is what the network made of an item.
type seen struct {
	logits []float32
	before []moments // of each channel that comes to the first batch normalisation
}

// moments are sums over n numbers.
type moments struct{ n, sum, squares float64 }

// firstNorm finds the normalisation that sees the images first.
func firstNorm(g *graph.Graph) *graph.Node {
	for i, n := range g.Nodes {
		if _, ok := n.Op.(graph.BatchNormalization); ok && g.Values[n.Inputs[3]].Const != nil && g.Values[n.Inputs[4]].Const != nil {
			return &g.Nodes[i]
		}
	}
	return nil
}

// run runs the candidates on the first n items where they have not been run yet.
func (t *tester) run(ctx context.Context, candidates []Candidate, which []int, n int, progress func(done int)) error {
	type job struct{ item, candidate int }
	var jobs []job
	for i := range n { // an image's pixels are decoded once
		for _, c := range which {
			if i >= len(t.seen[c]) {
				jobs = append(jobs, job{i, c})
			}
		}
	}
	for _, c := range which {
		t.seen[c] = append(t.seen[c], make([]seen, max(n-len(t.seen[c]), 0))...)
	}
	return t.runners.Each(ctx, 0, len(jobs), func(r *exec.Runner, k int) error {
		j := jobs[k]
		x, err := t.items.Inputs(j.item, candidates[j.candidate].Preprocess)
		if err != nil {
			return err
		}
		if err := r.Run(ctx, x...); err != nil {
			return err
		}
		s := seen{logits: r.Output(0)}
		if t.norm != nil {
			v := t.norm.Inputs[0]
			s.before = momentsOf(r.Value(v), t.g.Values[v].Shape)
		}
		t.seen[j.candidate][j.item] = s
		return nil
	}, progress)
}

// momentsOf are those of the channels of x [1,C,…].
func momentsOf(x []float32, shape []int) []moments {
	m := make([]moments, shape[1])
	inner := graph.Len(shape[2:])
	for i, v := range x {
		c := &m[i/inner%shape[1]]
		c.n++
		c.sum += float64(v)
		c.squares += float64(float64(v) * float64(v))
	}
	return m
}

// trial sums up what candidate c gave for the first n items, with the best of some class offsets.
func (t *tester) trial(candidate Candidate, c, n int, offsets ...int) Trial {
	items := t.seen[c][:n]
	var best Trial
	for k, offset := range offsets {
		trial := Trial{Candidate: candidate, ClassOffset: offset, Items: n}
		fits := true
		for i, s := range items {
			label := t.items.Label(i)
			if label == report.Unlabelled {
				continue
			}
			trial.Labelled++
			fits = fits && label+offset < len(s.logits)
			trial.classes = len(s.logits)
			right := report.Class(s.logits, offset) == label
			if trial.right = append(trial.right, right); right {
				trial.Right++
			}
			trial.Loss += report.CrossEntropy(s.logits, label+offset)
		}
		if trial.Labelled > 0 {
			trial.Loss /= float64(trial.Labelled)
		}
		if k == 0 || fits && trial.Labelled > 0 && order(trial, best) < 0 {
			best = trial
		}
	}
	best.Confidence, best.Shift = confidence(items), t.shift(items)
	return best
}

// confidence is how much answers tell of their images: of a network that gives each image one class, and different
// images different ones, all; of one that is unsure, or always gives the same class, nothing.
func confidence(items []seen) float64 {
	var mean []float64
	own := 0.0
	for _, s := range items {
		shares := shares(s.logits)
		if mean == nil {
			mean = make([]float64, len(shares))
		}
		for k, p := range shares {
			mean[k] += p / float64(len(items))
		}
		own += entropy(shares) / float64(len(items))
	}
	most := portable.Log(float64(min(len(items), len(mean))))
	if !(most > 0) {
		return 0
	}
	return max((entropy(mean)-own)/most, 0)
}

// shares are the logits' softmax; of numbers that are none, equal ones.
func shares(logits []float32) []float64 {
	most := slices.Max(logits)
	out, sum := make([]float64, len(logits)), 0.0
	for i, x := range logits {
		out[i] = portable.Exp(float64(x) - float64(most))
		sum += out[i]
	}
	for i := range out {
		if out[i] /= sum; !(sum < math.Inf(1)) {
			out[i] = 1 / float64(len(out))
		}
	}
	return out
}

func entropy(p []float64) float64 {
	h := 0.0
	for _, x := range p {
		if x > 0 {
			h -= float64(x * portable.Log(x))
		}
	}
	return h
}

// shift is the divergence of the normal distributions, from what the normalisation has seen in training to what comes,
// on average over the channels.
func (t *tester) shift(items []seen) float64 {
	if t.norm == nil {
		return 0
	}
	mean, variance := t.g.Values[t.norm.Inputs[3]].Const.F, t.g.Values[t.norm.Inputs[4]].Const.F
	total := 0.0
	for c := range mean {
		var m moments
		for _, s := range items {
			m.n += s.before[c].n
			m.sum += s.before[c].sum
			m.squares += s.before[c].squares
		}
		const least = 1e-8 // of a variance, for channels that are dead
		mu, was := m.sum/m.n, max(float64(variance[c]), least)
		now := max(m.squares/m.n-float64(mu*mu), least)
		d := mu - float64(mean[c])
		total += (portable.Log(was/now) + (now+float64(d*d))/was - 1) / 2
	}
	return total / float64(len(mean))
}

// order is negative where a suits the network better than b: with labels by how many are right, then by the loss; without
// by confidence less shift.
func order(a, b Trial) int {
	if a.Labelled > 0 {
		return cmp.Or(cmp.Compare(b.Right, a.Right), cmp.Compare(a.Loss, b.Loss))
	}
	return cmp.Compare(b.likeness(), a.likeness())
}

// likeness is how much the answers look like those to images as in training. Confidence alone would prefer numbers that are
// too large, the shift alone does not see the order of channels.
func (t Trial) likeness() float64 { return t.Confidence - t.Shift }

// leastLikeness is by how much that must be greater without labels for a preprocessing to be proposed.
const leastLikeness = 0.04

// guessed tells whether there are no more answers right than guessing gives, and twice its standard deviation.
func (t Trial) guessed() bool {
	chance := 1 / float64(max(t.classes, 1))
	mean := float64(t.Labelled) * chance
	return float64(t.Right) <= mean+2*math.Sqrt(mean*(1-chance))
}

// clearly tells whether a is better than b by more than chance: with labels by twice the standard deviation of
// the items on which they differ, and not by guessing.
func clearly(a, b Trial) bool {
	if a.Labelled == 0 {
		return a.likeness() >= b.likeness()+leastLikeness
	}
	won, lost := 0, 0
	for i := range min(len(a.right), len(b.right)) {
		switch {
		case a.right[i] && !b.right[i]:
			won++
		case b.right[i] && !a.right[i]:
			lost++
		}
	}
	return won > lost && !a.guessed() && float64(won-lost) >= 2*math.Sqrt(float64(won+lost))
}
