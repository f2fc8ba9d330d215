package diagnose

import (
	"math"

	"github.com/quantscope/quantscope/quant/report"
)

// Outcome is what a network's answers are beside those of the float network, on some items.
type Outcome struct {
	Items      int     `json:"items"`
	Agree      int     `json:"agree"`      // items with the same class
	Labelled   int     `json:"labelled"`   // items with a label
	Right      int     `json:"right"`      // of them with the right class
	Kept       int     `json:"kept"`       // of those that the float network has right
	FloatRight int     `json:"floatRight"` // labelled items that the float network has right
	Loss       float64 `json:"loss"`       // mean cross-entropy of the labelled items, 0 without
	FloatLoss  float64 `json:"floatLoss"`  // the float network's
	SQNR       float64 `json:"sqnr"`       // dB, of the logits of all items together
	Typical    float64 `json:"typical"`    // dB, of the logits of one item, in the mean: few with far logits do not decide
	Cosine     float64 `json:"cosine"`
}

// Share is the part of the items that is not lost to quantization: of those the float network has right
// where there are labels, else of all.
func (o Outcome) Share() float64 {
	of, kept := o.kept()
	return float64(kept) / float64(max(of, 1))
}

// kept is of how many items how many are not lost.
func (o Outcome) kept() (of, kept int) {
	if o.FloatRight > 0 {
		return o.FloatRight, o.Kept
	}
	return o.Items, o.Agree
}

// tally collects an Outcome item by item, in their order.
type tally struct {
	o           Outcome
	logits      report.Signal
	decibels    []float64 // of single items
	loss, float float64
	offset      int
}

// add takes the logits of one item from both networks and its label or report.Unlabelled.
func (t *tally) add(float, other []float32, label int) {
	f, q := report.Class(float, t.offset), report.Class(other, t.offset)
	t.o.Items++
	if f == q {
		t.o.Agree++
	}
	t.logits.Add(float, other)
	var one report.Signal
	one.Add(float, other)
	t.decibels = append(t.decibels, one.SQNR())
	if label == report.Unlabelled {
		return
	}
	t.o.Labelled++
	if q == label {
		t.o.Right++
	}
	if f == label {
		t.o.FloatRight++
		if q == label {
			t.o.Kept++
		}
	}
	t.loss += report.CrossEntropy(other, label+t.offset)
	t.float += report.CrossEntropy(float, label+t.offset)
}

func (t *tally) outcome() Outcome {
	o := t.o
	o.SQNR, o.Cosine = t.logits.SQNR(), t.logits.Cosine()
	o.Typical, _ = mean(t.decibels)
	if o.Labelled > 0 {
		o.Loss, o.FloatLoss = t.loss/float64(o.Labelled), t.float/float64(o.Labelled)
	}
	return o
}

// mean gives that of x, and its standard error; of fewer than two numbers that is 0.
func mean(x []float64) (m, off float64) {
	n := float64(max(len(x), 1))
	for _, v := range x {
		m += v / n
	}
	for _, v := range x {
		off += float64((v - m) * (v - m))
	}
	return m, math.Sqrt(off / n / max(n-1, 1))
}
