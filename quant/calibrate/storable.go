package calibrate

import "fmt"

// Storable is nil if every quantizer's codes are integers times a scale with a zero point among them,
// as formats of quantized networks have them; else it says which quantizer's are not.
func (c *Calibrated) Storable() error {
	for i, q := range c.Quantizers {
		p := c.Params[i]
		if !p.Grid.Whole() {
			return fmt.Errorf("the codes of %s are no integers times a scale (%s)", q.Name, p.Grid)
		}
		for _, z := range p.ZeroPoint {
			if z < p.QMin || z > p.QMax {
				return fmt.Errorf("the zero point of %s is %d, which is no code: mqbenchExact leaves it where MQBench does", q.Name, z)
			}
		}
	}
	return nil
}
