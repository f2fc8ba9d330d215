package look

import (
	"github.com/quantscope/quantscope/quant/guard"
	"github.com/quantscope/quantscope/quant/inspect"
)

// Guard describes what was found about a preprocessing; nil says that there is none to choose.
func Guard(v *guard.Verdict) inspect.Guard {
	if v == nil {
		return inspect.Guard{}
	}
	out := inspect.Guard{Sentence: v.Sentence(), Given: preprocessing(v.Given)}
	for _, t := range v.Trials {
		out.Tried = append(out.Tried, preprocessing(t))
	}
	if v.Better {
		best := preprocessing(v.Best())
		out.Better = &best
	}
	return out
}

func preprocessing(t guard.Trial) inspect.Preprocessing {
	return inspect.Preprocessing{
		Name: t.Name, Preprocess: t.Preprocess, ClassOffset: t.ClassOffset,
		Items: t.Items, Labelled: t.Labelled, Right: t.Right, Confidence: t.Confidence,
	}
}
