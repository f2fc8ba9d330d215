package diagnose

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Adequacy is whether calibration items are enough: how ranges and answers settle as there are more of them, and which
// items make a range by themselves.
type Adequacy struct {
	Items   int       `json:"items"`
	Ranges  []Settled `json:"ranges"`  // width from least to greatest activation, of that of all items, on average over the quantizers
	Answers []Settled `json:"answers"` // SQNR of the logits in dB, with the recipe calibrated on so many
	Makers  []Maker   `json:"makers"`  // items without which a range is narrower, the most first
	Enough  bool      `json:"enough"`
	More    int       `json:"more"`            // how many items more to give, where they are not; a guess
	Notes   []string  `json:"notes,omitempty"` // what is to be known of the data
}

// Settled is what resampling gives with so many items: the middle of all, and between which most lie.
type Settled struct {
	Items  int     `json:"items"`
	Low    float64 `json:"low"` // a tenth of the resamplings is below
	Middle float64 `json:"middle"`
	High   float64 `json:"high"` // a tenth is above
}

// Maker is an item that a range hangs on.
type Maker struct {
	Item      int     `json:"item"`      // of the calibration items
	Quantizer string  `json:"quantizer"` // whose range it makes
	Share     float64 `json:"share"`     // of the range that is gone without it
}

// What the verdict goes by.
const (
	rangeResamplings  = 50
	answerResamplings = 5
	mostMakers        = 10
	leastShare        = 0.1 // of a range, for an item to be named
	mostShare         = 0.5 // of a range that may hang on one item
	settledBy         = 0.5 // dB that half of the items may be worse than all
	settledBand       = 1.5 // dB between the resamplings of half
)

// Adequate finds out whether the lab's calibration items are enough for a recipe; answers are compared on the lab's
// items. Resampling is seeded by the recipe.
func (l *Lab) Adequate(ctx context.Context, r recipe.Recipe, progress func(done, total int)) (*Adequacy, error) {
	if l.Items.Len < 1 {
		return nil, errNoItems
	}
	if err := l.sound(ctx, func(int, int) {}); err != nil {
		return nil, err
	}
	n := l.Calibration.Len
	a := &Adequacy{Items: n}
	const total = 2 + 2*answerResamplings // passes: ranges, a quarter and a half of the items, and all
	names, ranges, err := l.ranges(ctx, r, func(done, all int) { progress(done, total*all) })
	if err != nil {
		return nil, err
	}
	draw := rand.New(rand.NewPCG(r.Data.Seed, 1))
	for size := 1; ; size = min(2*size, n) {
		a.Ranges = append(a.Ranges, settledOf(size, rangeResamplings, func(int) float64 { return width(ranges, draw.Perm(n)[:size]) }))
		if size == n {
			break
		}
	}
	a.Makers = makers(names, ranges)
	sizes := []int{max(n/4, 1), max(n/2, 1), n}
	step := 1
	for _, size := range slices.Compact(sizes) {
		times := answerResamplings
		if size == n {
			times = 1
		}
		var failed error
		s := settledOf(size, times, func(int) float64 {
			chosen := draw.Perm(n)[:size]
			slices.Sort(chosen)
			sub := &Lab{Graph: l.Graph, Items: l.Items, Workers: l.Workers, float: l.float, Calibration: l.Calibration.Only(chosen)}
			t, err := sub.Try(ctx, r, func(int, int) {})
			if err != nil {
				failed = err
				return 0
			}
			progress(min(step, total-1)*n, total*n)
			step++
			return t.Outcome.SQNR
		})
		if failed != nil {
			return nil, failed
		}
		a.Answers = append(a.Answers, s)
	}
	a.judge()
	return a, nil
}

// judge compares half of the items with all.
func (a *Adequacy) judge() {
	all := a.Answers[len(a.Answers)-1]
	half := a.Answers[max(len(a.Answers)-2, 0)]
	behind := all.Middle - half.Middle
	alone := len(a.Makers) > 0 && a.Makers[0].Share > mostShare
	a.Enough = a.Items > 1 && !alone && behind <= settledBy && half.High-half.Low <= settledBand
	switch {
	case a.Enough:
	case behind > 4*settledBy:
		a.More = 3 * a.Items
	default:
		a.More = a.Items
	}
}

// Sentence is the verdict.
func (a *Adequacy) Sentence() string {
	all, half := a.Answers[len(a.Answers)-1], a.Answers[max(len(a.Answers)-2, 0)]
	if a.Enough {
		return fmt.Sprintf("%d calibration items are enough: half of them give %.1f dB (%.1f to %.1f), all %.1f dB.", a.Items, half.Middle, half.Low, half.High, all.Middle)
	}
	if len(a.Makers) > 0 && a.Makers[0].Share > mostShare {
		return fmt.Sprintf("%d calibration items are not enough: %.0f %% of the range of %s hangs on one of them; give about %d more, or ranges that clip.", a.Items, 100*a.Makers[0].Share, a.Makers[0].Quantizer, a.More)
	}
	return fmt.Sprintf("%d calibration items are not enough: half of them give %.1f dB (%.1f to %.1f), all %.1f dB; give about %d more.", a.Items, half.Middle, half.Low, half.High, all.Middle, a.More)
}

// settledOf draws times values.
func settledOf(items, times int, value func(k int) float64) Settled {
	x := make([]float64, times)
	for k := range x {
		x[k] = value(k)
	}
	slices.Sort(x)
	return Settled{items, x[(times-1)/10], x[times/2], x[times-1-(times-1)/10]}
}

// ranges are those of each item's activations, by quantizer and item, 0 among them.
func (l *Lab) ranges(ctx context.Context, r recipe.Recipe, progress func(done, total int)) (names []string, ranges [][][2]float64, err error) {
	p, err := prepare.Prepare(l.Graph, r)
	if err != nil {
		return nil, nil, err
	}
	var values []graph.ValueID
	for _, q := range p.Quantizers {
		if p.Graph.Values[q.Value].Const == nil {
			names, values = append(names, q.Name), append(values, q.Value)
		}
	}
	ranges = make([][][2]float64, len(values))
	for k := range ranges {
		ranges[k] = make([][2]float64, l.Calibration.Len)
	}
	config := exec.Config{Observe: values, Pool: l.Calibration.Pool}
	err = pool.Show(ctx, p.Graph, config, max(l.Workers, 1), l.Calibration.Len, l.Calibration.Inputs, func(run *exec.Runner, i int) {
		for k, v := range values {
			lo, hi := run.Range(v)
			ranges[k][i] = [2]float64{min(float64(lo), 0), max(float64(hi), 0)}
		}
	}, func(n int) { progress(n, l.Calibration.Len) })
	return names, ranges, err
}

// width is that of some items' ranges together, of that of all, on average over the quantizers.
func width(ranges [][][2]float64, items []int) float64 {
	sum, n := 0.0, 0
	for _, of := range ranges {
		var some, all [2]float64
		for _, i := range items {
			some = [2]float64{min(some[0], of[i][0]), max(some[1], of[i][1])}
		}
		for _, r := range of {
			all = [2]float64{min(all[0], r[0]), max(all[1], r[1])}
		}
		if w := all[1] - all[0]; w > 0 {
			sum += (some[1] - some[0]) / w
			n++
		}
	}
	return sum / float64(max(n, 1))
}

// makers are the items without which a range of all is narrower.
func makers(names []string, ranges [][][2]float64) []Maker {
	list := []Maker{}
	for k, of := range ranges {
		best, second := [2]int{-1, -1}, [2]float64{} // who reaches farthest to each side, and how far the others do
		var all [2]float64
		for i, r := range of {
			for side, x := range [2]float64{-r[0], r[1]} {
				if x > all[side] {
					all[side], second[side], best[side] = x, all[side], i
				} else if x > second[side] {
					second[side] = x
				}
			}
		}
		gone := map[int]float64{}
		for side, i := range best {
			if i >= 0 {
				gone[i] += all[side] - second[side]
			}
		}
		for i, x := range gone { // sorted below
			if share := x / (all[0] + all[1]); share >= leastShare && len(of) > 1 {
				list = append(list, Maker{i, names[k], share})
			}
		}
	}
	slices.SortFunc(list, func(a, b Maker) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Quantizer, b.Quantizer))
	})
	return list[:min(len(list), mostMakers)]
}
