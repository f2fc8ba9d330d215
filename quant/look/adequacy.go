package look

import (
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/inspect"
)

// Adequacy describes whether there are enough calibration items.
func Adequacy(a *quant.Adequacy) inspect.Adequacy {
	out := inspect.Adequacy{Sentence: a.Sentence(), Enough: a.Enough, More: a.More, Ranges: settled(a.Ranges), Answers: settled(a.Answers), Notes: a.Notes}
	for i, m := range a.Makers {
		out.Makers = append(out.Makers, inspect.Maker{Name: a.Names[i], Quantizer: m.Quantizer, Share: m.Share})
	}
	return out
}

func settled(list []diagnose.Settled) []inspect.Settled {
	out := make([]inspect.Settled, len(list))
	for i, s := range list {
		out[i] = inspect.Settled(s)
	}
	return out
}
