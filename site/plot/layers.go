package plot

import (
	"strconv"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
)

// LayerTable lists what a report says of each layer, in full digits.
func LayerTable(layers []report.Layer) Table {
	t := Table{Head: []string{"layer", "place", "module", "output", "weight bits", "SQNR dB", "integer SQNR dB", "weight SQNR dB", "cosine", "parameters", "float bytes", "bytes"}}
	decimal := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	for _, l := range layers {
		module := l.Module
		if module == "" {
			module = l.Op
		}
		t.Rows = append(t.Rows, []string{
			l.Name, strconv.Itoa(l.Index), module, phrase.Shape(l.Shape, false), strconv.Itoa(l.WeightBits), decimal(l.SQNR), decimal(l.IntegerSQNR), decimal(l.WeightSQNR),
			decimal(l.Cosine), strconv.Itoa(l.Parameters), strconv.FormatInt(l.FloatBytes, 10), strconv.FormatInt(l.Bytes, 10),
		})
	}
	return t
}
