package store

import (
	"strconv"

	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/plot"
)

// Headline is the result in a sentence.
func Headline(r report.Report) string {
	a := r.Accuracy
	size := plot.Bytes(r.Size.Float) + " → " + plot.Bytes(r.Size.Quantized)
	agree := "same answer as float on " + plot.Percent(Ratio(a.Agree, a.Items))
	n := " of " + plot.Plural(a.Items, "item", "items")
	if a.Labelled == 0 {
		return agree + n + "; " + size + "."
	}
	return "Top-1 " + plot.Percent(Ratio(a.Float, a.Labelled)) + " → " + plot.Percent(Ratio(a.Quantized, a.Labelled)) +
		" (n = " + strconv.Itoa(a.Labelled) + "); " + agree + "; " + size + "."
}

// Ratio is a/b, 0 where b is 0.
func Ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
