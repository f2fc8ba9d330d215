package look

import (
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/inspect"
)

// Diagnosis describes a diagnosis.
func Diagnosis(d *diagnose.Diagnosis) inspect.Diagnosis {
	out := inspect.Diagnosis{Sentence: d.Sentence(), Items: d.Whole.Outcome.Items, Kept: d.Whole.Outcome.Share(), Notes: d.Notes}
	for _, f := range d.Findings {
		out.Findings = append(out.Findings, inspect.Finding{Layer: f.Layer, Cause: string(f.Cause), Noise: f.Noise, Sentence: f.Sentence})
	}
	for _, l := range d.Sensitivity.Layers {
		s := inspect.Sensitive{Name: l.Name, Own: l.Own.SQNR}
		if l.Alone != nil {
			s.Alone = &l.Alone.SQNR
		}
		out.Layers = append(out.Layers, s)
	}
	for _, f := range d.Fixes {
		out.Fixes = append(out.Fixes, fix(f))
	}
	return out
}

// Step describes what was tried to make a recipe better.
func Step(s diagnose.Step) inspect.Step { return inspect.Step{Fix: fix(s.Fix), Taken: s.Kept} }

func fix(f diagnose.Fix) inspect.Fix {
	return inspect.Fix{
		Title: f.Title, Recipe: f.Recipe, Kept: f.Outcome.Share(), Gain: f.Gain, GainSQNR: f.GainSQNR, MoreBytes: f.MoreBytes,
	}
}
