package calibrate

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/scheme"
)

// share gives quantizers that must have one scale the same numbers: those of a range that holds all of
// theirs. They have one scheme, and one scale each.
func (c *Calibrated) share(found []scheme.QParams) error {
	for number := 1; ; number++ {
		var members []int
		for i, q := range c.Quantizers {
			if q.Shared == number {
				members = append(members, i)
			}
		}
		if len(members) == 0 {
			return nil
		}
		p := found[members[0]]
		lo, hi := reach(p)
		for _, i := range members[1:] {
			l, h := reach(found[i])
			lo, hi = min(lo, l), max(hi, h)
			if found[i].Scale[0] > p.Scale[0] {
				p = found[i]
			}
		}
		if s := c.Quantizers[members[0]].Scheme; !s.Symmetric { // else the largest scale holds them all
			var err error
			if p, err = s.FromRange([]float32{lo}, []float32{hi}, -1); err != nil {
				return fmt.Errorf("%s and what shares its scale: %w", c.Quantizers[members[0]].Name, err)
			}
		}
		for _, i := range members {
			found[i] = p
		}
	}
}

// reach is from the least number of a quantizer to the greatest.
func reach(p scheme.QParams) (lo, hi float32) {
	z := p.ZeroPoint[0]
	return float32(float32(p.QMin-z) * p.Scale[0]), float32(float32(p.QMax-z) * p.Scale[0])
}
