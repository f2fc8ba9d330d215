package plot

import "strings"

// Channels draws one thin bar for each channel's range, tallest 1: the path of an SVG of the given
// width and height. More channels than units of width are drawn by their largest in each unit.
func Channels(ranges []float32, width, height int) string {
	if len(ranges) == 0 || width < 1 {
		return ""
	}
	columns := min(len(ranges), width)
	tops := make([]float32, columns)
	var most float32
	for i, r := range ranges {
		c := i * columns / len(ranges)
		tops[c] = max(tops[c], r)
		most = max(most, r)
	}
	if most == 0 {
		most = 1
	}
	var b strings.Builder
	step := float64(width) / float64(columns)
	for c, t := range tops {
		x := (float64(c) + 0.5) * step
		b.WriteByte('M')
		coordinate(&b, x, float64(height))
		b.WriteByte('L')
		coordinate(&b, x, float64(height)*(1-float64(t/most)))
	}
	return b.String()
}
