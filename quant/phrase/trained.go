package phrase

import (
	"strconv"

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
