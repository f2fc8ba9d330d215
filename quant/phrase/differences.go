package phrase

import (
	"cmp"
	"slices"

	"github.com/quantscope/quantscope/quant/report"
)

// Difference is one cause by which the integer engine and the simulation differ.
type Difference struct {
	Cause report.Cause
	Steps int     // that have it
	Most  float64 // the greatest share of a step's output that differs, 0 … 1
	Where string  // the step with that share
}

// Differences are the causes in a result, that of most steps first.
func Differences(r report.Report) []Difference {
	var out []Difference
	for _, st := range r.Steps {
		if st.Cause == report.NoCause {
			continue
		}
		i := slices.IndexFunc(out, func(d Difference) bool { return d.Cause == st.Cause })
		if i < 0 {
			i = len(out)
			out = append(out, Difference{Cause: st.Cause, Where: st.Name})
		}
		out[i].Steps++
		if st.Unequal > out[i].Most {
			out[i].Most, out[i].Where = st.Unequal, st.Name
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return cmp.Compare(b.Steps, a.Steps) })
	return out
}

// Integers counts the steps that the integer engine computes on integers.
func Integers(steps []report.Step) (n int) {
	for _, st := range steps {
		if st.Integer {
			n++
		}
	}
	return n
}

// Engine names the engine beside the simulation: where no step runs on integers, it is not called after them.
func Engine(r report.Report) string {
	if len(r.Steps) > 0 && Integers(r.Steps) == 0 {
		return "Engine, all in float"
	}
	return "Integer engine"
}

// Differ says in a sentence how much of a result the integer engine computes on integers and how many
// of its steps differ from the simulation; empty where it was not run.
func Differ(r report.Report) string {
	if len(r.Steps) == 0 {
		return ""
	}
	integer, unequal := Integers(r.Steps), 0
	for _, st := range r.Steps {
		if st.Unequal > 0 {
			unequal++
		}
	}
	out := Count(int64(integer)) + " of " + Plural(len(r.Steps), "step runs", "steps run") + " on integers; "
	if integer == 0 {
		out = "No step runs on integers; "
	}
	switch unequal {
	case 0:
		return out + "none gives other numbers than the simulation."
	case 1:
		return out + "one gives other numbers than the simulation somewhere."
	}
	return out + Count(int64(unequal)) + " give other numbers than the simulation somewhere."
}

// Meaning is a cause in a sentence.
func Meaning(c report.Cause) string {
	return map[report.Cause]string{
		report.Placement:      "In float in both, because the recipe has no quantizer where the step would need one; an all-integer engine would differ.",
		report.SplitSiLU:      "SiLU stands in the network as Sigmoid and Mul: the product of two rounded numbers is rounded again.",
		report.BiasRounding:   "The engine rounds the bias to an integer in units of input scale × weight scale; the simulation adds it as a float.",
		report.BiasSaturation: "A bias is too large for its 32-bit integer.",
		report.PoolRounding:   "The engine multiplies an integer sum by one factor; the simulation divides the mean of floats by the scale.",
		report.Requantization: "The engine multiplies an exact integer sum by one factor; the simulation divides a sum of floats by the scale, so ties round differently.",
		report.FloatSums:      "An exact integer sum becomes a float once; the simulation sums rounded floats.",
	}[c]
}
