package plot

import (
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
)

// Ranges draws the channels of a weight side by side: a thin bar from least to greatest, over the range
// that its codes stand for.
type Ranges struct {
	Bars   string  // SVG path data, one line for each column
	Within string  // the area that the codes cover
	Zero   float64 // y of 0

	Low, High float32 // weights at the lower and the upper edge
}

// NewRanges draws channels in width × height units. More channels than units share columns, by their
// extremes.
func NewRanges(channels []inspect.Channel, width, height int) Ranges {
	var r Ranges
	if len(channels) == 0 || width < 1 {
		return r
	}
	columns := min(len(channels), width)
	shared := make([]inspect.Channel, columns)
	var low, high float32
	for i, c := range channels {
		at := i * columns / len(channels)
		s := &shared[at]
		if i*columns%len(channels) < columns {
			*s = c
		}
		s.Min, s.Max = min(s.Min, c.Min), max(s.Max, c.Max)
		s.Low, s.High = min(s.Low, c.Low), max(s.High, c.High)
		low, high = min(low, c.Min, c.Low), max(high, c.Max, c.High)
	}
	if low == high {
		high = low + 1
	}
	r.Low, r.High = low, high
	y := func(v float32) float64 { return float64(height) * (1 - float64((v-low)/(high-low))) }
	r.Zero = y(0)
	step := float64(width) / float64(columns)
	var bars, within strings.Builder
	for i, c := range shared {
		x := (float64(i) + 0.5) * step
		line(&bars, 'M', x, y(c.Min))
		line(&bars, 'L', x, y(c.Max))
		line(&within, 'M', float64(i)*step, y(c.Low))
		line(&within, 'L', float64(i)*step, y(c.High))
		line(&within, 'L', float64(i+1)*step, y(c.High))
		line(&within, 'L', float64(i+1)*step, y(c.Low))
		within.WriteByte('Z')
	}
	r.Bars, r.Within = bars.String(), within.String()
	return r
}

// ChannelTable lists the channels.
func ChannelTable(channels []inspect.Channel) Table {
	t := Table{Head: []string{"channel", "least", "greatest", "codes from", "codes to", "codes used", "clipped"}}
	for i, c := range channels {
		t.Rows = append(t.Rows, []string{strconv.Itoa(i), phrase.Float(c.Min), phrase.Float(c.Max), phrase.Float(c.Low), phrase.Float(c.High), strconv.Itoa(c.Used), strconv.Itoa(c.Clipped)})
	}
	return t
}
