package scheme

// Reach gives the least and the greatest number that scale c can give.
func (p QParams) Reach(c int) (low, high float32) {
	most := p.Grid.Most()
	switch {
	case p.Grid == Log2:
		positive, negative := LogLimits(p.ZeroPoint[c])
		return -negative.Most, positive.Most
	case most > 0:
		return -most * p.Scale[c], most * p.Scale[c]
	}
	return p.Scale[c] * float32(p.QMin-p.ZeroPoint[c]), p.Scale[c] * float32(p.QMax-p.ZeroPoint[c])
}
