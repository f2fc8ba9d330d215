package dataset

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// Split chooses the items that calibrate and those that evaluate; part of the recipe. The choice
// depends on the seed and the number of items only. The two never share an item unless Overlap says
// that they may.
type Split struct {
	Calibration int    `json:"calibration"` // how many
	Evaluation  int    `json:"evaluation"`  // how many; 0: all that do not calibrate (with Overlap: all)
	Seed        uint64 `json:"seed"`
	Overlap     bool   `json:"overlap"` // evaluation may use calibration items
	// Indices, if given, are the calibration items in this order, instead of Calibration and Seed.
	Indices []int `json:"indices,omitempty"`
}

// Validate says what is wrong with the settings.
func (s Split) Validate() error {
	if s.Calibration < 0 || s.Evaluation < 0 {
		return fmt.Errorf("split: %d calibration and %d evaluation items; neither may be negative", s.Calibration, s.Evaluation)
	}
	if len(s.Indices) > 0 && s.Calibration != len(s.Indices) && s.Calibration != 0 {
		return fmt.Errorf("split: calibration asks for %d items and indices name %d; leave one out", s.Calibration, len(s.Indices))
	}
	return nil
}

// Choice is what a Split came to for one dataset.
type Choice struct {
	Calibration []int // in the order of calibration: running averages depend on it
	Evaluation  []int // ascending
	Shared      int   // how many items are in both
	Notes       []string
}

// Choose applies the split to n items. Where there are too few for what is asked, both halves
// shrink and a note says so.
func (s Split) Choose(n int) (Choice, error) {
	if err := s.Validate(); err != nil {
		return Choice{}, err
	}
	if n < 1 {
		return Choice{}, fmt.Errorf("split: there are no items")
	}
	order := permutation(n, s.Seed)
	wanted := s.Calibration
	var c Choice
	if len(s.Indices) > 0 {
		wanted = len(s.Indices)
		seen := make([]bool, n)
		for _, i := range s.Indices {
			if i < 0 || i >= n {
				return Choice{}, fmt.Errorf("split: calibration item %d of a dataset of %d", i, n)
			}
			if seen[i] {
				return Choice{}, fmt.Errorf("split: calibration item %d is named twice", i)
			}
			seen[i] = true
		}
		c.Calibration = slices.Clone(s.Indices)
		rest := slices.DeleteFunc(order, func(i int) bool { return seen[i] })
		order = append(slices.Clone(s.Indices), rest...)
	} else {
		calibrate := min(wanted, n)
		if !s.Overlap && calibrate+max(1, s.Evaluation) > n {
			if n < 2 && wanted > 0 {
				return Choice{}, fmt.Errorf("split: one item cannot both calibrate and evaluate unless overlap is allowed")
			}
			keep := n / 2 // at least half of the items calibrate
			if s.Evaluation > 0 {
				keep = max(keep, n-s.Evaluation)
			}
			calibrate = min(calibrate, keep)
		}
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
