package train

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/recipe"
)

// augment mirrors and moves images, each epoch otherwise, as the recipe's seed says: the same item of the same epoch is
// always changed alike. A float network's answers to distill from are those to the image as it is.
type augment struct {
	flip          bool
	shift         int
	rows, columns int
	planes, inner int // images of rows × columns elements of inner floats: [C,H,W] or [H,W,C]
}

// newAugment is what the recipe asks for, nil for nothing. The network has to take one image.
func newAugment(c *calibrate.Calibrated, r recipe.Training) (*augment, error) {
	if !r.Flip && r.Shift == 0 {
		return nil, nil
	}
	shape := c.Graph.Values[c.Graph.Inputs[0]].Shape
	colours := func(n int) bool { return n == 1 || n == 3 || n == 4 }
	a := &augment{flip: r.Flip, shift: r.Shift}
	switch {
	case len(c.Graph.Inputs) == 1 && len(shape) == 4 && colours(shape[1]):
		a.planes, a.rows, a.columns, a.inner = shape[1], shape[2], shape[3], 1
	case len(c.Graph.Inputs) == 1 && len(shape) == 4 && colours(shape[3]):
		a.planes, a.rows, a.columns, a.inner = 1, shape[1], shape[2], shape[3]
	default:
		return nil, fmt.Errorf("training: train.flip and train.shift are for networks that take one image, and this one takes %v: leave them out", shape)
	}
	if a.shift >= min(a.rows, a.columns) {
		return nil, fmt.Errorf("training: train.shift is %d pixels, as large as the image of %d × %d: take an eighth of its side", a.shift, a.columns, a.rows)
	}
	return a, nil
}

// change changes image i in place, as it is in epoch e.
func (a *augment) change(x []float32, seed uint64, e, i int) {
	if a == nil {
		return
	}
	random := rand.New(rand.NewPCG(seed, 1<<63|uint64(e)<<32|uint64(i))) // streams that no order of items has
	flip := a.flip && random.IntN(2) == 1
	down, right := 0, 0
	if a.shift > 0 {
		down, right = random.IntN(2*a.shift+1)-a.shift, random.IntN(2*a.shift+1)-a.shift
	}
	from := slices.Clone(x)
	for p := range a.planes {
		for y := range a.rows {
			for column := range a.columns {
				sx := min(max(column-right, 0), a.columns-1)
				if flip {
					sx = a.columns - 1 - sx
				}
				sy := min(max(y-down, 0), a.rows-1)
				to, at := ((p*a.rows+y)*a.columns+column)*a.inner, ((p*a.rows+sy)*a.columns+sx)*a.inner
				copy(x[to:to+a.inner], from[at:at+a.inner])
			}
		}
	}
}
