package calibrate

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Activations are the numbers of the quantizers of activations, in their order.
func (c *Calibrated) Activations() []scheme.QParams {
	var out []scheme.QParams
	for i, q := range c.Quantizers {
		if c.Graph.Values[q.Value].Const == nil {
			out = append(out, c.Params[i])
		}
	}
	return out
}

// Given is the calibrated network whose Activations are given: what Run made of any data that led to them.
// It fails where they are not numbers that p's quantizers can have.
func Given(p *prepare.Prepared, activations []scheme.QParams) (*Calibrated, error) {
	c, observers, fakes, err := begin(p)
	if err != nil {
		return nil, err
	}
	shared := map[int]scheme.QParams{} // by number
	next := 0
	for i, q := range c.Quantizers {
		if c.Graph.Values[q.Value].Const != nil {
			continue
		}
		if next == len(activations) {
			return nil, fmt.Errorf("numbers of %d quantizers of activations are given, and there are more: %s", next, q.Name)
		}
		if err := fits(p, q, fakes[i].Params().Grid, activations[next]); err != nil {
			return nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		c.Params[i] = activations[next]
		shared[q.Shared] = c.Params[i]
		next++
	}
	if next < len(activations) {
		return nil, fmt.Errorf("numbers of %d quantizers of activations are given, and there are %d", len(activations), next)
	}
	for i, q := range c.Quantizers {
		if c.Graph.Values[q.Value].Const == nil {
			continue
		}
		found, err := c.find(observers[i], q)
		if err != nil {
			return nil, err
		}
		if p, ok := shared[q.Shared]; ok && q.Shared > 0 {
			found = p
		}
		lo, hi := observers[i].Range()
		fakes[i].Load(found, lo, hi)
		c.Params[i] = fakes[i].Params()
	}
	c.settle()
	return c, nil
}

// fits checks numbers from elsewhere against the scheme and the grid of quantizer q.
func fits(p *prepare.Prepared, q prepare.Quantizer, grid scheme.Grid, given scheme.QParams) error {
	if want := channels(p, q); len(given.Scale) != want || len(given.ZeroPoint) != want || given.Axis != q.Axis {
		return fmt.Errorf("%d scales along axis %d are needed, %d along axis %d are given", want, q.Axis, len(given.Scale), given.Axis)
	}
	if given.Grid != grid {
		return fmt.Errorf("the grid %q is given, the recipe has %q", given.Grid, grid)
	}
	if !given.Grid.Whole() {
		return nil
	}
	if low, high := q.Scheme.Range(); given.QMin != low || given.QMax != high {
		return fmt.Errorf("codes from %d to %d are given, the recipe has %d to %d", given.QMin, given.QMax, low, high)
	}
	for _, z := range given.ZeroPoint {
		if z < given.QMin || z > given.QMax {
			return fmt.Errorf("the zero point %d is none of the codes", z)
		}
	}
	return nil
}
