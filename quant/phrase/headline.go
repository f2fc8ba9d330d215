package phrase

import (
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/report"
)

// Headline is the result in a sentence.
func Headline(r report.Report) string {
	a := r.Accuracy
	size := Bytes(r.Size.Float) + " → " + Bytes(r.Size.Quantized)
	agree := "same answer as float on " + Percent(Ratio(a.Agree, a.Items))
	n := " of " + Plural(a.Items, "item", "items")
	if o := r.Outputs; len(o) > 0 {
		agree, n = Measured(o[0].Measure, o[0].Quantized.Value(o[0].Measure))+" as float", " on "+Plural(a.Items, "item", "items")
		if !o[0].Measure.Counted() {
			agree = Measured(o[0].Measure, o[0].Quantized.Value(o[0].Measure)) + " beside float"
		}
	}
	if a.Labelled == 0 {
		return agree + n + "; " + size + "."
	}
	return "Top-1 " + Percent(Ratio(a.Float, a.Labelled)) + " → " + Percent(Ratio(a.Quantized, a.Labelled)) +
		" (n = " + strconv.Itoa(a.Labelled) + "); " + agree + "; " + size + "."
}

// Doubt warns where the figures say little, because the float network itself is mostly wrong; empty
// otherwise.
func Doubt(r report.Report) string {
	const enough, low = 20, 0.15
	a := r.Accuracy
	if a.Labelled < enough || Ratio(a.Float, a.Labelled) >= low {
		return ""
	}
	return "The float network itself is right on only " + Percent(Ratio(a.Float, a.Labelled)) +
		". The preprocessing or the class offset is probably not what it was trained with; what quantization costs cannot be told from this."
}

// Few warns where so few items were evaluated that the figures say little; empty otherwise.
func Few(r report.Report) string {
	const enough = 8
	n := r.Accuracy.Items
	switch {
	case n == 0 || n >= enough:
		return ""
	case n == 1:
		return "Only one item was evaluated. The figures describe that item, not the network."
	}
	return "Only " + strconv.Itoa(n) + " items were evaluated: one answer more or less moves these figures by " +
		strings.TrimPrefix(Points(1/float64(n)), "+") + ". Add images before you trust them."
}

// Summary says in a sentence how a run went, that took so many seconds (0: not known), and where it lost
// most.
func Summary(r report.Report, seconds float64) string {
	out := Plural(r.Accuracy.Items, "item", "items") + " evaluated"
	if seconds > 0 {
		out += ", in " + Seconds(seconds)
	}
	worst := -1
	for i, l := range r.Layers {
		if worst < 0 || l.SQNR < r.Layers[worst].SQNR {
			worst = i
		}
	}
	if worst >= 0 {
		l := r.Layers[worst]
		out += ". The layer with most noise is " + l.Name + ", " + Decibels(l.SQNR)
	}
	return out + "."
}

// Ratio is a/b, 0 where b is 0.
func Ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
