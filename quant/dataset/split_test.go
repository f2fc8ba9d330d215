package dataset

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/recipe"
)

// For any counts, calibration and evaluation are within the dataset, without repeats, and disjoint
// unless overlap was allowed; whatever falls short is noted.
func TestSplitProperties(t *testing.T) {
	for n := 1; n < 12; n++ {
		for cal := range 14 {
			for eval := range 14 {
				for _, overlap := range []bool{false, true} {
					s := recipe.Data{Calibration: cal, Evaluation: eval, Seed: uint64(n), Overlap: overlap}
					c, err := Choose(s, nil, n)
					if err != nil {
						if n > 1 || overlap || cal == 0 {
							t.Fatalf("%+v of %d: %v", s, n, err)
						}
						continue
					}
					count := make([]int, n)
					for _, i := range slices.Concat(c.Calibration, c.Evaluation) {
						count[i]++
					}
					shared := 0
					for _, k := range count {
						if k == 2 {
							shared++
						}
						if k > 2 {
							t.Fatalf("%+v of %d: %+v", s, n, c)
						}
					}
					short := len(c.Calibration) < cal || len(c.Evaluation) < eval || shared > 0
					if shared != c.Shared || !overlap && shared > 0 || short != (len(c.Notes) > 0) || len(c.Evaluation) == 0 || cal > 0 && len(c.Calibration) == 0 {
						t.Fatalf("%+v of %d: %+v", s, n, c)
					}
					if !slices.IsSorted(c.Evaluation) || !overlap && cal+max(eval, 1) <= n && (len(c.Calibration) != cal || eval > 0 && len(c.Evaluation) != eval) {
						t.Fatalf("%+v of %d: %+v", s, n, c)
					}
				}
			}
		}
	}
}

// The shuffle is part of every receipt: it never changes.
func TestPermutationIsFixed(t *testing.T) {
	for seed, want := range [][]int{{4, 8, 1, 5, 0, 7, 3, 9, 6, 2}, {7, 6, 1, 3, 2, 4, 8, 9, 0, 5}} {
		if got := permutation(10, uint64(seed)); !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d: %v, want %v", seed, got, want)
		}
	}
}

// Every order of three comes up about equally often.
func TestPermutationIsFair(t *testing.T) {
	count := map[[3]int]int{}
	for seed := range uint64(6000) {
		count[[3]int(permutation(3, seed))]++
	}
	for order, n := range count {
		if n < 850 || n > 1150 {
			t.Errorf("%v: %d of 6000", order, n)
		}
	}
	if len(count) != 6 {
		t.Error(count)
	}
}

func TestSplitListed(t *testing.T) {
	c, err := Choose(recipe.Data{Calibration: 64}, []int{4, 0, 2}, 6)
	if err != nil || !reflect.DeepEqual(c.Calibration, []int{4, 0, 2}) || !reflect.DeepEqual(c.Evaluation, []int{1, 3, 5}) {
		t.Errorf("%+v %v", c, err)
	}
	for want, listed := range map[string][]int{
		"calibration item 6": {6},
		"named twice":        {1, 1},
		"none is left":       {0, 1, 2, 3, 4, 5},
	} {
		if _, err := Choose(recipe.Data{}, listed, 6); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := Choose(recipe.Data{Calibration: -1}, nil, 6); err == nil || !strings.Contains(err.Error(), "may be negative") {
		t.Error(err)
	}
}
