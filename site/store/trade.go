package store

import (
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/plot"
)

// Outcomes are what the runs reached, what float reaches on the same items, and by which measure: top-1,
// or agreement with float where nothing has a label.
func (s State) Outcomes() (runs []plot.Outcome, float plot.Outcome, measure string) {
	measure = "agreement"
	for _, r := range s.Runs {
		a, size := r.Report.Accuracy, r.Report.Size
		o := plot.Outcome{Bytes: size.Quantized, Right: a.Agree, Of: a.Items}
		float = plot.Outcome{Bytes: size.Float, Right: a.Items, Of: a.Items}
		if out := r.Report.Outputs; len(out) > 0 && out[0].Measure.Counted() {
			o.Right, o.Of = int(out[0].Quantized.Same), int(out[0].Quantized.Of)
			float.Right, float.Of = o.Of, o.Of
		}
		if a.Labelled > 0 {
			o.Right, o.Of, measure = a.Quantized, a.Labelled, "top-1"
			float.Right, float.Of = a.Float, a.Labelled
		}
		runs = append(runs, o)
	}
	return runs, float, measure
}

// RunName tells a run from the one before it by what was changed; the first by its recipe.
func (s State) RunName(i int) string {
	if i == 0 {
		return phrase.Describe(s.Runs[0].Recipe)
	}
	changed := phrase.Between(s.Runs[i-1].Recipe, s.Runs[i].Recipe)
	const most = 3
	if len(changed) > most {
		changed = append(changed[:most:most], strconv.Itoa(len(changed)-most)+" more")
	}
	return strings.Join(changed, ", ")
}

// RunTable lists the runs' counts.
func (s State) RunTable() plot.Table {
	t := plot.Table{Head: []string{"run", "recipe", "labelled", "float right", "simulation right", "integer engine right", "items", "agree with float", "bytes"}}
	for i, r := range s.Runs {
		a := r.Report.Accuracy
		row := []string{strconv.Itoa(i + 1), s.RunName(i)}
		for _, n := range []int{a.Labelled, a.Float, a.Quantized, a.Integer, a.Items, a.Agree, int(r.Report.Size.Quantized)} {
			row = append(row, strconv.Itoa(n))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
