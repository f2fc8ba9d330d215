package phrase_test

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
)

func TestWorse(t *testing.T) {
	labelled := func(right int) report.Accuracy { return report.Accuracy{Items: 200, Labelled: 200, Quantized: right} }
	free := func(agree int) report.Accuracy { return report.Accuracy{Items: 100, Agree: agree} }
	for _, c := range []struct {
		before, after report.Accuracy
		r             recipe.Training
		want          []string
	}{
		{labelled(100), labelled(150), recipe.Training{Epochs: 1}, nil},
		{labelled(100), labelled(100), recipe.Training{Epochs: 1}, nil},
		{report.Accuracy{Items: 200, Labelled: 200, Quantized: 100, Agree: 190}, report.Accuracy{Items: 200, Labelled: 200, Quantized: 110, Agree: 180}, recipe.Training{Epochs: 1}, []string{"agreement with float 95", "before, 90"}},
		{report.Accuracy{Items: 200, Labelled: 200, Quantized: 100, Agree: 190}, report.Accuracy{Items: 200, Labelled: 200, Quantized: 110, Agree: 180}, recipe.Training{Epochs: 1, Labels: 1}, nil},
		{labelled(150), labelled(100), recipe.Training{Epochs: 1}, []string{"worse: top-1 75", "before, 50", "of 200 evaluation items", "below 0.0001", "towards the labels"}},
		{free(90), free(80), recipe.Training{Epochs: 1, Optimizer: recipe.SGD, Rate: 0.5}, []string{"agreement with float 90", "80", "below 0.5", "items to train on."}},
		{free(90), report.Accuracy{Items: 50, Agree: 10}, recipe.Training{Epochs: 1}, nil},
	} {
		got := phrase.Worse(c.before, c.after, c.r)
		if (got == "") != (c.want == nil) {
			t.Errorf("%q", got)
		}
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not in %q", w, got)
			}
		}
	}
}

func TestStandings(t *testing.T) {
	list := []inspect.Standing{{Name: "a", Scale: [2]float32{0.5, 0.5}}, {Name: "b", Scale: [2]float32{0.25, 2}}}
	if got := phrase.Standings(list); got != "Nothing is clipped; no weights oscillate between two codes." {
		t.Error(got)
	}
	list[0].Oscillating, list[1].Clipped = 0.125, 0.25
	if got, want := phrase.Standings(list), "Most is clipped of b, 25.0\u202f%; most oscillate between two codes in a, 12.5\u202f% of its weights."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := phrase.Scale(list[0]) + ", " + phrase.Scale(list[1]); got != "0.5, 0.25 … 2" {
		t.Error(got)
	}
}
