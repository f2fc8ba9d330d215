package phrase

import (
	"strconv"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

// Worse says that training has made a network worse than it was before, by the same items, and what may help; empty
// where it has not.
func Worse(before, after report.Accuracy, r recipe.Training) string {
	what, was, is, of := "top-1", before.Quantized, after.Quantized, after.Labelled
	if after.Labelled == 0 || was <= is && r.Labels == 0 { // it was trained towards the float network's answers
		what, was, is, of = "agreement with float", before.Agree, after.Agree, after.Items
	}
	if before.Items != after.Items || was <= is {
		return ""
	}
	advice := "take a learning rate below " + strconv.FormatFloat(float64(r.Full().Rate), 'g', -1, 32) + " or more items to train on"
	if after.Labelled > 0 && r.Labels == 0 {
		advice += ", or train towards the labels"
	}
	return "Training has made the network worse: " + what + " " + Percent(Ratio(was, of)) + " before, " + Percent(Ratio(is, of)) + " now, of " +
		Plural(of, "evaluation item", "evaluation items") + ". Keep the network as it was before, or " + advice + "."
}

// Scale is that of a quantizer in a training; of several the least and the greatest.
func Scale(s inspect.Standing) string {
	if s.Scale[0] == s.Scale[1] {
		return Float(s.Scale[0])
	}
	return Float(s.Scale[0]) + " … " + Float(s.Scale[1])
}

// Standings says which quantizers of a training clip and which swing the most.
func Standings(list []inspect.Standing) string {
	if len(list) == 0 {
		return ""
	}
	clipped, swinging := list[0], list[0]
	for _, s := range list {
		if s.Clipped > clipped.Clipped {
			clipped = s
		}
		if s.Oscillating > swinging.Oscillating {
			swinging = s
		}
	}
	out := "Nothing is clipped"
	if clipped.Clipped > 0 {
		out = "Most is clipped of " + clipped.Name + ", " + Percent(clipped.Clipped)
	}
	if swinging.Oscillating == 0 {
		return out + "; no weights oscillate between two codes."
	}
	return out + "; most oscillate between two codes in " + swinging.Name + ", " + Percent(swinging.Oscillating) + " of its weights."
}
