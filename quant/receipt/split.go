package receipt

import "github.com/quantscope/quantscope/quant/phrase"

// Copies is what is to be said of a result whose Data are Copied.
const Copies = "The items that evaluate are copies of those that calibrate: the figures say nothing of other items."

// Copied tells whether the evaluation items are the calibration items once more by their content, which a dataset may hold.
func (d Data) Copied() bool {
	return d.Calibration.Count > 0 && d.Calibration.Digest == d.Evaluation.Digest
}

// Split says in words which items calibrate and which evaluate.
func (r *Receipt) Split() string {
	text := "calibrated on " + phrase.Plural(r.Data.Calibration.Count, "item", "items")
	switch n := r.Data.Evaluation.Count; {
	case n == 0:
		return text
	case r.Data.Copied() && r.Recipe.Data.Overlap:
		return text + ", evaluated on the same"
	case r.Data.Copied():
		return text + ", evaluated on copies of them, which says nothing of other items"
	case r.Recipe.Data.Overlap:
		return text + ", evaluated on " + phrase.Plural(n, "item", "items") + ", which may be among them"
	default:
		return text + ", evaluated on " + phrase.Plural(n, "other", "others")
	}
}
