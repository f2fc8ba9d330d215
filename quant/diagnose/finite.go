package diagnose

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/evaluate"
)

// finiteOnly is the items that are marked as finite, at least one, and the names of the others.
func finiteOnly(items evaluate.Items, finite []bool) (sound evaluate.Items, out []string, err error) {
	var places []int
	for i, ok := range finite {
		if ok {
			places = append(places, i)
		} else {
			out = append(out, items.Called(i))
		}
	}
	switch {
	case len(places) == 0:
		return items, out, fmt.Errorf("the network gives no finite numbers on any of the %d items that it is measured on: look at the data, and at the network in float", items.Len)
	case out == nil:
		return items, nil, nil
	}
	return items.Only(places), out, nil
}

// keep is what stands beside the items marked as finite.
func keep[T any](list []T, finite []bool) (kept []T) {
	for i, ok := range finite {
		if ok {
			kept = append(kept, list[i])
		}
	}
	return kept
}
