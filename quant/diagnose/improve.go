package diagnose

import (
	"context"
	"math"
	"reflect"
	"time"

	"github.com/quantscope/quantscope/quant/recipe"
)

// Goal is where an improvement ends.
type Goal struct {
	Share     float64         // of the answers that are to be kept, see Outcome.Share; without labels, of the same classes
	MoreBytes int64           // that the parameters may take more than those of the recipe it starts from
	Time      time.Duration   // after so long nothing further is tried, but the first change may end at four times as much; 0: no bound
	Learn     recipe.Rounding // that is tried too, as far as the time goes; zero: none
	// Progress is told what is tried, the how manieth of how many it is, and how far the items are.
	Progress func(title string, step, steps, done, total int)
	// Tried is given every step when it is done; nil: it is not wanted.
	Tried func(s Step)
}

// Step is a change that was tried.
type Step struct {
	Fix
	Kept bool `json:"kept"`
}

// Improvement is a recipe made better step by step.
type Improvement struct {
	Before  Trial    `json:"before"`
	After   Trial    `json:"after"`
	Steps   []Step   `json:"steps"`
	Notes   []string `json:"notes,omitempty"` // what is to be known of the data
	Untried int      `json:"untried"`         // changes that the time did not allow
}

// In dB of the logits of one item, in the mean.
const (
	leastStep = 0.25 // by which they must get better for a change to be kept
	enough    = 20   // from which on few answers can change; that those of few items stay does not say so
)

// certain is how many standard errors of its mean over the items a gain must have: what has fewer is chance more often than
// once in twenty.
const certain = 1.75

// better tells whether t leaves less noise than o in the logits of the same items, by more than chance.
func (t Trial) better(o Trial) bool {
	gains := make([]float64, len(t.items))
	for i, x := range t.items {
		gains[i] = x - o.items[i]
	}
	gain, off := mean(gains)
	return gain >= max(leastStep, certain*off)
}

// reached tells whether the best recipe so far is good enough. A share of few items is rounded in favour of the recipe: of 16
// one may be lost where 98 % are to be kept.
func (g Goal) reached(best *Improvement) bool {
	o := best.After.Outcome
	of, kept := o.kept()
	return float64(of-kept) <= math.Ceil((1-g.Share)*float64(of)-1e-9) && o.Typical >= enough
}

// Improve makes a recipe better without other integers than it has: one after the other it tries what a
// careful engineer would, and keeps what leaves less noise in the logits. If the goal is not reached then, the
// layers that lose the most get activations of 16 bits, and where that is not enough and bytes are left, weights of 16 bits,
// or stay in float where the backend has no 16 bits. It decides by the
// lab's items: give it others than those that judge the result, the calibration items for example.
func (l *Lab) Improve(ctx context.Context, r recipe.Recipe, g Goal) (*Improvement, error) {
	var end, firstEnd time.Time
	if g.Time > 0 {
		started := time.Now()
		end, firstEnd = started.Add(g.Time), started.Add(time.Duration(firstUntil*float64(g.Time)))
	}
	bounded, cancel := until(ctx, end)
	defer cancel()
	first, cancelFirst := until(ctx, firstEnd)
	defer cancelFirst()
	if g.Tried == nil {
		g.Tried = func(Step) {}
	}
	list := moves(r)
	learns := -1
	if g.Learn != (recipe.Rounding{}) {
		learns, list = len(list), append(list, learning(g.Learn))
	}
	steps := len(list) + 1
	before, err := l.Try(ctx, r, func(done, total int) { g.Progress("the recipe as it is", 0, steps, done, total) })
	if err != nil {
		return nil, err
	}
	best := &Improvement{Before: *before, After: *before}
	for i, m := range list {
		best.Untried = len(list) - i
		within := bounded
		if len(best.Steps) == 0 {
			within = first
		}
		if late(ctx, within.Err()) {
			return best, nil
		}
		if i == learns && g.Learn.Iterations == 0 && g.Learn.Method != recipe.GPTQ && !end.IsZero() {
			fits, err := l.affordable(within, g.Learn, &best.After, end)
			if late(ctx, err) || err == nil && fits.Iterations < leastIterations {
				return best, nil
			}
			if err != nil {
				return nil, err
			}
			m = learning(fits)
		}
		err := l.step(within, best, m, g, func(s *Step) bool { return s.better(best.After) }, func(done, total int) { g.Progress(m.title, i+1, steps, done, total) })
		if late(ctx, err) {
			return best, nil
		}
		if err != nil {
			return nil, err
		}
	}
	best.Untried = 0
	if g.reached(best) || late(ctx, bounded.Err()) {
		return best, nil
	}
	return best, l.spare(ctx, bounded, best, g, end)
}

// step tries a change of the best recipe so far and keeps it if it is good, within the bytes.
func (l *Lab) step(ctx context.Context, best *Improvement, m idea, g Goal, good func(s *Step) bool, progress func(done, total int)) error {
	changed := copied(best.After.Recipe)
	m.change(&changed)
	if reflect.DeepEqual(changed, best.After.Recipe) || changed.Validate() != nil || len(changed.Beyond()) > len(best.After.Recipe.Beyond()) {
		return nil
	}
	l.also = m.also
	f, err := l.fix(ctx, best.After.Recipe, m, &best.After, progress)
	l.also = nil
	if err != nil {
		return err
	}
	s := Step{Fix: *f}
	if s.Kept = good(&s) && f.Bytes-best.Before.Bytes <= g.MoreBytes; s.Kept {
		best.After = f.Trial
	}
	best.Steps = append(best.Steps, s)
	g.Tried(s)
	return nil
}

// moves are the changes that are tried one after the other, the ones that gain most for their time first, as time may end
// before all are tried; and those of weights before those of activations, as GPTQ is the same for whatever becomes of
// activations. Biases come after these: what they take back depends on all the others, and takes a pass of its own for each
// of them. Other ranges of weights gain much, and before GPTQ, where codes are few; with 8 bits next to nothing (mobilenetv2
// 0.1 dB where GPTQ gains 3.6).
func moves(r recipe.Recipe) []idea {
	var list []idea
	if !r.Weight.Scheme.PerChannel {
		list = append(list, idea{title: "Cross-layer equalization", change: func(r *recipe.Recipe) { r.Refine.Equalize = true }})
	}
	ranges := idea{title: "Weight ranges of least squared error", change: func(r *recipe.Recipe) { r.Weight.Observer, r.Weight.EMARatio = "mse", 0 }}
	coarse := r.Weight.Scheme.Bits < 8
	if coarse {
		list = append(list, ranges)
	}
	if r.Refine.Rounding == (recipe.Rounding{}) {
		list = append(list, idea{title: "Rounding by GPTQ", change: roundByGPTQ})
	}
	list = append(list, rangeMoves(r)...)
	if r.Refine.Biases == "" {
		list = append(list, idea{title: "Bias correction", change: func(r *recipe.Recipe) { r.Refine.Biases = recipe.Empirical }})
	}
	if !coarse {
		list = append(list, ranges)
	}
	return list
}

// otherRanges are recipes with the ranges that are tried one after the other.
func otherRanges(r recipe.Recipe) []recipe.Recipe {
	var list []recipe.Recipe
	for _, m := range rangeMoves(r) {
		changed := copied(r)
		m.change(&changed)
		list = append(list, changed)
	}
	return list
}

// rangeMoves are other observers of activations.
func rangeMoves(r recipe.Recipe) []idea {
	var list []idea
	for _, o := range []struct{ name, title string }{
		{"hist_mse", "Activation ranges of least squared error"},
		{"minmax", "Activation ranges from min to max"},
	} {
		if r.Activation.Observer != o.name {
			list = append(list, idea{title: o.title, change: func(r *recipe.Recipe) { r.Activation.Observer, r.Activation.EMARatio = o.name, 0 }, also: otherRanges})
		}
	}
	return list
}

// narrow tells whether weights are rounded so coarsely that which way they are rounded counts, and nobody has chosen how.
func narrow(r recipe.Recipe) bool {
	return r.Weight.Scheme.Bits < 8 && r.Refine.Rounding == (recipe.Rounding{})
}

func roundByGPTQ(r *recipe.Recipe) {
	r.Refine.Rounding = recipe.Rounding{Method: recipe.GPTQ}
}
