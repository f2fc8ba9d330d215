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

// Clips gives the numbers beyond which scale c clips: more than half a step beyond what it can give, and as much as the
// float32 arithmetic of a range may put its own end outside.
func (p QParams) Clips(c int) (below, above float32) {
	low, high := p.Reach(c)
	if !p.Grid.Whole() {
		return low, high
	}
	const edge = 0.5 + 1e-3
	return low - edge*p.Scale[c], high + edge*p.Scale[c]
}
