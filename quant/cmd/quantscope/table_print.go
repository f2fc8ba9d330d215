package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/report"
)

// print writes Markdown tables for each recipe, in the order of the command line: as quantized and, where it trains, after
// that.
func (t tabulated) print(c console) error {
	var b strings.Builder
	brackets, trained := false, false
	for rest := t.Rows; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(r tableRow) bool { return r.Config != rest[0].Config })
		if n < 0 {
			n = len(rest)
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		brackets = printQuantized(&b, rest[:n]) || brackets
		trained = printRecovered(&b, rest[:n]) || trained
		rest = rest[n:]
	}
	b.WriteString("\nTop-1 in percent. Acc@8bit is the simulation by fake-quantizers, engine Acc@uint8 the integer engine. Both columns of fp32 are one\n" +
		"run: the float network on this engine.\n")
	if trained {
		b.WriteString("After QAT, Acc@fp32 is the network as it was, engine Acc@fp32 the trained weights in float; engine Acc@uint8 has them calibrated anew, engine\n" +
			"Acc@QAT-uint8 the numbers that the quantizers were trained with, as the simulation has.\n")
	}
	if brackets {
		b.WriteString("In brackets: " + placedDepthwise + ", one scale for every other weight.\n")
	}
	for _, r := range t.Rows {
		if len(r.Causes) > 0 {
			show(&b, "- %s, %s, %s: %s\n", r.Model, r.Config, r.Placement, listed(r.Causes))
		}
	}
	for _, n := range t.Notes {
		show(&b, "- %s\n", n)
	}
	_, err := c.out.Write([]byte(b.String()))
	return err
}

// printQuantized writes the rows of a recipe and tells whether some have brackets.
func printQuantized(w io.Writer, rows []tableRow) (brackets bool) {
	show(w, "### %s\n\n| Model | Acc@fp32 | Acc@8bit | engine Acc@fp32 | engine Acc@uint8 | images | engine and simulation agree |\n|---|---|---|---|---|---|---|\n", rows[0].Config)
	for i, r := range rows {
		if r.Placement != placedAll {
			continue
		}
		a := r.Accuracy
		simulation, integer := points(a.Quantized, a.Labelled), points(a.Integer, a.Labelled)
		if i+1 < len(rows) && rows[i+1].Placement == placedDepthwise {
			only := rows[i+1].Accuracy
			simulation += " (" + points(only.Quantized, only.Labelled) + ")"
			integer += " (" + points(only.Integer, only.Labelled) + ")"
			brackets = true
		}
		float := points(a.Float, a.Labelled)
		show(w, "| %s | %s | %s | %s | %s | %d | %s |\n", r.Model, float, simulation, float, integer, a.Labelled, percent(a.IntegerAgree, a.Items))
	}
	return brackets
}

// printRecovered writes what training made of the rows of a recipe and tells whether it made something of one.
func printRecovered(w io.Writer, rows []tableRow) (some bool) {
	for _, r := range rows {
		if r.Recovered == nil {
			continue
		}
		if !some {
			show(w, "\nAfter QAT:\n\n| Model | Acc@fp32 | Acc@8bit | engine Acc@fp32 | engine Acc@uint8 | engine Acc@QAT-uint8 | images |\n|---|---|---|---|---|---|---|\n")
			some = true
		}
		a, float, own := r.Recovered.Trained, "–", "–"
		if o := r.Recovered.Own; o != nil {
			float, own = points(o.Float, o.Labelled), points(o.Integer, o.Labelled)
		}
		show(w, "| %s | %s | %s | %s | %s | %s | %d |\n", r.Model, points(a.Float, a.Labelled), points(a.Quantized, a.Labelled), float, own, points(a.Integer, a.Labelled), a.Labelled)
	}
	return some
}

// points is a share in percent, as the document writes it.
func points(k, n int) string { return fmt.Sprintf("%.3f", 100*float64(k)/float64(n)) }

// countCauses counts the causes of differences, in the order in which they come up.
func countCauses(steps []report.Step) []causeCount {
	counts := []causeCount{}
	for _, s := range steps {
		if s.Unequal == 0 {
			continue
		}
		i := 0
		for i < len(counts) && counts[i].Cause != s.Cause {
			i++
		}
		if i == len(counts) {
			counts = append(counts, causeCount{Cause: s.Cause})
		}
		counts[i].Steps++
	}
	return counts
}

// differences tells in one line what of the steps is on integers and where they differ.
func differences(steps []report.Step) string {
	return fmt.Sprintf("%d of %d steps on integers; %s", phrase.Integers(steps), len(steps), listed(countCauses(steps)))
}

// listed is a list of causes as people say it.
func listed(causes []causeCount) string {
	if len(causes) == 0 {
		return "none differs by itself"
	}
	var parts []string
	for _, c := range causes {
		parts = append(parts, fmt.Sprintf("%d by %s", c.Steps, c.Cause))
	}
	return "steps differ: " + strings.Join(parts, ", ")
}
