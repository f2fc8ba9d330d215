package report

// Unlabelled is the label of an item that has none.
const Unlabelled = -1

// Class is the index of the largest number, the first of equals, less the class offset of the
// network; a NaN is never largest.
func Class(logits []float32, offset int) int {
	best := 0
	for i, x := range logits {
		if x > logits[best] || logits[best] != logits[best] && x == x {
			best = i
		}
	}
	return best - offset
}

// Count adds one item: its logits from the float and from the fake-quantized network, its label or
// Unlabelled.
func (a *Accuracy) Count(float, quantized []float32, label, offset int) {
	f, q := Class(float, offset), Class(quantized, offset)
	a.Items++
	if f == q {
		a.Agree++
	}
	if label == Unlabelled {
		return
	}
	a.Labelled++
	if f == label {
		a.Float++
	}
	if q == label {
		a.Quantized++
	}
}

// CountBroken adds an item on which the float network gives a NaN or an infinity: no answer to it is right, and none the
// same as another.
func (a *Accuracy) CountBroken(label int) {
	a.Items++
	if label != Unlabelled {
		a.Labelled++
	}
}

// CountInteger adds what the integer engine made of an item: its logits beside those of the
// fake-quantized network.
func (a *Accuracy) CountInteger(quantized, integer []float32, label, offset int) {
	i := Class(integer, offset)
	if i == Class(quantized, offset) {
		a.IntegerAgree++
	}
	if label != Unlabelled && i == label {
		a.Integer++
	}
}
