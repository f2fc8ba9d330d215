// Package guard finds out whether images come to a network as it was trained: a wrong order of channels, mean or scale
// costs more answers than quantization does, and nothing else says so. What comes in is a float network and images, with
// labels or without, and a preprocessing; what goes out are the preprocessings that the network may want, each with what
// the float network makes of it, and the one that suits it best.
package guard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/recipe"

	"github.com/quantscope/quantscope/kernels/engine"
)

// Items are images that a network is tried on.
type Items struct {
	Pool   *engine.Pool
	Len    int
	Inputs func(i int, p recipe.Preprocess) ([][]float32, error) // may be called from several goroutines
	Label  func(i int) int                                       // report.Unlabelled where it is unknown
}

// Trial is what the float network makes of images preprocessed in one way.
type Trial struct {
	Candidate
	ClassOffset int     `json:"classOffset"` // with which most labels are right
	Items       int     `json:"items"`
	Labelled    int     `json:"labelled"`
	Right       int     `json:"right"`      // of those
	Loss        float64 `json:"loss"`       // mean cross-entropy of those
	Confidence  float64 `json:"confidence"` // what an answer tells of its image: entropy of the mean of the answers' shares less the mean of their entropies, over the greatest it can be
	Shift       float64 `json:"shift"`      // divergence of what comes to the first batch normalisation from what it has seen in training, nats a channel; 0 where there is none

	right   []bool // by item, those that are labelled
	classes int    // that an answer may name
}

// Verdict is what was found.
type Verdict struct {
	Given  Trial   `json:"given"`
	Trials []Trial `json:"trials"` // best first, those that were tried on more items before the others
	// Better tells that the first of Trials is clearly better than the given one, or, without labels, likelier.
	Better bool `json:"better"`
}

// Best is the preprocessing that suits the network best.
func (v *Verdict) Best() Trial { return v.Trials[0] }

// leastRight is the share of right answers below which a float network does badly, and leastLabelled are so many items that this says
// something.
const (
	leastRight    = 0.5
	leastLabelled = 16
)

// Poor tells that the float network does badly, and that nothing which was tried is clearly better.
func (v *Verdict) Poor() bool {
	return !v.Better && v.Given.Labelled >= leastLabelled && float64(v.Given.Right) < leastRight*float64(v.Given.Labelled)
}

// Sentence says what to do, and why; "" where the given preprocessing stands.
func (v *Verdict) Sentence() string {
	a, b := v.Given, v.Best()
	if v.Poor() {
		return fmt.Sprintf("The float network has only %d of %d images right, and no other preprocessing that was tried is clearly better.", a.Right, a.Labelled)
	}
	if !v.Better {
		return ""
	}
	change := fmt.Sprintf("preprocessing %q", b.Name)
	switch {
	case same(a.Preprocess, b.Preprocess):
		change = fmt.Sprintf("class offset %d", b.ClassOffset)
	case a.ClassOffset != b.ClassOffset:
		change += fmt.Sprintf(" and class offset %d", b.ClassOffset)
	}
	if b.Labelled == 0 {
		return fmt.Sprintf("The float network is surer of its answers with %s than as the images come to it now: confidence %.2f instead of %.2f on %d images without labels.", change, b.Confidence, a.Confidence, b.Items)
	}
	return fmt.Sprintf("The float network has %d of %d images right as they come to it now, and %d of %d with %s.", a.Right, a.Labelled, b.Right, b.Labelled, change)
}

// round is on how many items candidates are tried, and how many of them go on to the next round.
type round struct{ items, keep int }

// small is so many elements of an input up to which a network is tried on hundreds of items; larger ones take too long.
const small = 1 << 14

func roundsOf(input []int) []round {
	rounds := []round{{8, 8}, {32, 4}, {128, 3}, {512, 2}}
	if graph.Len(input) > small {
		return rounds[:2]
	}
	return rounds
}

// MostItems are as many as a network with an input of this shape is tried on.
func MostItems(input []int) int {
	rounds := roundsOf(input)
	return rounds[len(rounds)-1].items
}

// runsOf is how often the network runs at most for so many candidates on n items.
func runsOf(rounds []round, candidates, n int) int {
	total := min(rounds[1].items, n)
	for _, r := range rounds {
		total += candidates * min(r.items, n)
		candidates = min(candidates, r.keep)
	}
	return total
}

// worth is how many times the runs labels are worth.
const worth = 8

// Affordable is on how many items so many candidates can be tried where the network may run so often; 0 if on too few.
// Labels are worth more runs: where they show that the given preprocessing is right, which is what they mostly show,
// nothing else is run.
func Affordable(input []int, candidates, runs int, labelled bool) int {
	rounds := roundsOf(input)
	if labelled {
		runs *= worth
	}
	for n := MostItems(input); n >= rounds[0].items; n-- {
		if 2*runsOf(rounds, candidates, n) <= runs {
			return n
		}
	}
	if labelled && runs >= worth*leastLabelled {
		return rounds[0].items
	}
	return 0
}

// Try tries candidates, the given one first, on the first of the items: all on a few, the better ones on more. Where the
// given one and its class offset have at least enough of a few dozen labelled items right, a share, it stands, and
// nothing else is tried. Class offsets 0 and 1 are tried besides the given one.
func Try(ctx context.Context, g *graph.Graph, candidates []Candidate, items Items, offset int, enough float64, workers int, progress func(done, total int)) (*Verdict, error) {
	if items.Len < 1 || len(candidates) == 0 {
		return nil, errors.New("the preprocessing cannot be checked without images")
	}
	t := &tester{g: g, norm: firstNorm(g), items: items, seen: make([][]seen, len(candidates))}
	config := exec.Config{Pool: items.Pool}
	if t.norm != nil {
		config.Keep, config.Observe = t.norm.Inputs[:1], t.norm.Inputs[:1]
	}
	var err error
	if t.runners, err = pool.New(ctx, g, config, max(workers, 1)); err != nil {
		return nil, err
	}
	defer t.runners.Close()
	rounds := roundsOf(g.Values[g.Inputs[0]].Shape)
	left := make([]int, len(candidates)) // the given one is always among them
	for c := range left {
		left[c] = c
	}
	total, done := runsOf(rounds, len(left), items.Len), 0
	run := func(which []int, n int) error {
		err := t.run(ctx, candidates, which, n, func(k int) { progress(min(done+k, total), total) })
		done += len(which) * n
		return err
	}
	n := min(rounds[1].items, items.Len)
	if err := run(left[:1], n); err != nil {
		return nil, err
	}
	if given := t.trial(candidates[0], 0, n, offset); given.Labelled > 0 && float64(given.Right) >= enough*float64(given.Labelled) {
		return &Verdict{Given: given, Trials: []Trial{given}}, nil
	}
	trials := make([]Trial, len(candidates))
	for _, r := range rounds {
		n = min(r.items, items.Len)
		if err := run(left, n); err != nil {
			return nil, err
		}
		for _, c := range left {
			trials[c] = t.trial(candidates[c], c, n, offset, 0, 1)
		}
		slices.SortStableFunc(left, func(a, b int) int { return order(trials[a], trials[b]) })
		if n == items.Len {
			break
		}
		if len(left) > r.keep {
			if slices.Index(left, 0) >= r.keep {
				left[r.keep-1] = 0
			}
			left = left[:r.keep]
		}
	}
	v := &Verdict{Given: t.trial(candidates[0], 0, n, offset), Trials: trials}
	slices.SortStableFunc(v.Trials, func(a, b Trial) int { return cmp.Or(cmp.Compare(b.Items, a.Items), order(a, b)) })
	v.Better = clearly(v.Trials[0], v.Given)
	return v, nil
}
