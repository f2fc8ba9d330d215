package dataset

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/quantscope/quantscope/quant/recipe"
)

// Choice is which items of a dataset calibrate and which evaluate.
type Choice struct {
	Calibration []int // in the order of calibration: running averages depend on it
	Evaluation  []int // ascending
	Shared      int   // how many items are in both
	Notes       []string
}

// Choose splits n items as the recipe says. The choice depends on the seed and n only, and the two
// sides share no item unless Overlap allows it. listed, if not nil, are the calibration items in their
// order, instead of Calibration and Seed. Where there are too few items for what is asked, both sides
// shrink and a note says so.
func Choose(s recipe.Data, listed []int, n int) (Choice, error) {
	if s.Calibration < 0 || s.Evaluation < 0 {
		return Choice{}, fmt.Errorf("split: %d calibration and %d evaluation items; neither may be negative", s.Calibration, s.Evaluation)
	}
	if n < 1 {
		return Choice{}, fmt.Errorf("split: there are no items")
	}
	order := permutation(n, s.Seed)
	wanted := s.Calibration
	var c Choice
	if listed != nil {
		seen := make([]bool, n)
		for _, i := range listed {
			if i < 0 || i >= n {
				return Choice{}, fmt.Errorf("split: calibration item %d of a dataset of %d", i, n)
			}
			if seen[i] {
				return Choice{}, fmt.Errorf("split: calibration item %d is named twice", i)
			}
			seen[i] = true
		}
		c.Calibration = slices.Clone(listed)
		rest := slices.DeleteFunc(order, func(i int) bool { return seen[i] })
		order = append(slices.Clone(listed), rest...)
	} else {
		if n < 2 && wanted > 0 && !s.Overlap {
			return Choice{}, fmt.Errorf("split: one item cannot both calibrate and evaluate unless overlap is allowed")
		}
		calibrate, _ := s.Counts(n)
		c.Calibration = slices.Clone(order[:calibrate])
		if calibrate < wanted {
			c.Notes = append(c.Notes, fmt.Sprintf("Only %d of the %d items calibrate; %d were asked for.", calibrate, n, wanted))
		}
	}
	// Evaluation takes what follows calibration in the seeded order, then, if allowed, what calibrated.
	used := len(c.Calibration)
	pool := order[used:]
	if s.Overlap {
		pool = append(slices.Clone(pool), order[:used]...)
	}
	evaluate := len(pool)
	if s.Evaluation > 0 {
		evaluate = min(evaluate, s.Evaluation)
		if evaluate < s.Evaluation {
			c.Notes = append(c.Notes, fmt.Sprintf("Only %d items evaluate; %d were asked for.", evaluate, s.Evaluation))
		}
	}
	if evaluate == 0 {
		return Choice{}, fmt.Errorf("split: all %d items calibrate and none is left to evaluate; take fewer or allow overlap", n)
	}
	c.Evaluation = slices.Sorted(slices.Values(pool[:evaluate]))
	if c.Shared = max(0, evaluate-(n-used)); c.Shared > 0 {
		c.Notes = append(c.Notes, fmt.Sprintf("%d of the %d evaluation items were also calibrated on.", c.Shared, evaluate))
	}
	return c, nil
}

// permutation shuffles 0…n-1: Fisher and Yates from the top over PCG-DXSM seeded with (seed, 0). The
// shuffle is written out because a digest depends on it; the generator itself is specified.
func permutation(n int, seed uint64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	g := rand.NewPCG(seed, 0)
	for i := n - 1; i > 0; i-- {
		j := below(g, uint64(i+1))
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// below draws uniformly from 0…n-1: Lemire's multiplication with rejection.
func below(g *rand.PCG, n uint64) uint64 {
	for {
		hi, lo := bits.Mul64(g.Uint64(), n)
		if lo >= -n%n {
			return hi
		}
	}
}
