package receipt

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/scheme"
)

// weights compares the model's tensors.
func weights(expected *Receipt, got *Local) Step {
	s := step(StepWeights, expected.Model.Weights, got.Model.Weights)
	if s.Status == Match && !slices.Equal(expected.Model.Tensors, got.Model.Tensors) {
		s.Status, s.contradicts = Differs, true
	}
	if s.Status != Differs {
		return s
	}
	there, here := expected.Model.Tensors, got.Model.Tensors
	if len(there) != len(here) {
		s.Detail = fmt.Sprintf("%d tensors here, %d in the receipt", len(here), len(there))
		return s
	}
	n, place := 0, ""
	for i := range there {
		if there[i] != here[i] {
			if n++; n == 1 {
				s.Layer = name(got.Tensors, i)
				if i < len(got.Places) {
					place = ", " + foreign(got.Places[i], maxError)
				}
			}
		}
	}
	if n == 0 {
		s.contradicts = len(there) > 0
		s.Detail = "no tensor differs and the digest of all of them does: the receipt contradicts itself"
		return s
	}
	s.Detail = fmt.Sprintf("%d of %d tensors differ, the first is %s%s", n, len(here), s.Layer, place)
	return s
}

// codes compares the codes of quantized weights, layer by layer.
func codes(expected *Receipt, got *Local) Step {
	s := step(StepCodes, expected.Digests.Weights, got.Digests.Weights)
	layers(&s, expected, got, func(l Layer) (Fingerprint, int) { return l.Weights, l.WeightCount })
	return s
}

// probes compares what every layer makes of the probes.
func probes(expected *Receipt, got *Local) Step {
	s := step(StepProbes, expected.Probes.Root, got.Probes.Root)
	layers(&s, expected, got, func(l Layer) (Fingerprint, int) { return l.Output, l.OutputCount })
	switch {
	case s.Status != NotRun:
	case got.Miscounted != "":
		s.Status, s.Detail = Differs, got.Miscounted
	case got.Unprobed != "":
		s.Detail = got.Unprobed
	}
	return s
}

// LayerCheck is what became of one layer. Not run is not a match.
type LayerCheck struct {
	Name    string `json:"name"`
	Weights Status `json:"weights"`          // the codes of its weights; not run, too, where it has none
	Output  Status `json:"output"`           // what it makes of the probes
	Detail  string `json:"detail,omitempty"` // how the first of them that differs does, a sentence without its full stop
}

// checkLayers compares layer by layer, where there are as many here as in the receipt.
func checkLayers(expected *Receipt, got *Local) []LayerCheck {
	if len(expected.Layers) != len(got.Layers) {
		return nil
	}
	out := make([]LayerCheck, len(got.Layers))
	for i, here := range got.Layers {
		there := expected.Layers[i]
		c := LayerCheck{Name: here.Name}
		var how, weights string
		c.Weights, weights = printed(there.Weights, here.Weights, here.WeightCount)
		c.Output, how = printed(there.Output, here.Output, here.OutputCount)
		switch {
		case c.Weights == Differs:
			c.Detail = "weights: " + weights
		case c.Output == Differs:
			c.Detail = "output: " + how
		}
		out[i] = c
	}
	return out
}

// printed compares the fingerprints of n codes.
func printed(there, here Fingerprint, n int) (Status, string) {
	switch {
	case there == "" || here == "":
		return NotRun, ""
	case there == here:
		return Match, ""
	}
	d, _ := there.Against(here, n)
	return Differs, d.String()
}

// layers names the first layer of a step that differs, and how.
func layers(s *Step, expected *Receipt, got *Local, of func(Layer) (Fingerprint, int)) {
	there, here := expected.Layers, got.Layers
	if s.Status == NotRun {
		return
	}
	if len(there) != len(here) {
		s.Detail = fmt.Sprintf("%d layers here, %d in the receipt", len(here), len(there))
		if s.Status == Match && len(there) > 0 { // a receipt may leave them out, all together
			s.Status, s.contradicts = Differs, true
			s.Detail += ", whose digest of all of them is the same: the receipt contradicts itself"
		}
		return
	}
	n, all := 0, 0
	var first string
	for i := range here {
		f, count := of(here[i])
		g, _ := of(there[i])
		if f == "" && g == "" {
			continue
		}
		all++
		if f == g {
			continue
		}
		if n++; n == 1 {
			s.Layer = here[i].Name
			d, _ := g.Against(f, count)
			first = d.String()
		}
	}
	switch {
	case s.Status == Match && n > 0:
		s.Status, s.contradicts = Differs, true
		s.Detail = fmt.Sprintf("the digest is the same and fingerprints of %d of %d layers are not: the receipt contradicts itself; the first is %s: %s", n, all, s.Layer, first)
	case s.Status == Match:
		s.Detail = fmt.Sprintf("%d of %d layers", all, all)
	case n == 0:
		s.Detail = "the digest differs and no layer's fingerprint does: the receipt contradicts itself, or codes changed places"
	default:
		s.Detail = fmt.Sprintf("%d of %d layers differ, the first is %s: %s", n, all, s.Layer, first)
	}
}

// qparamsOf says which activation's numbers are the first to differ, and how. Numbers that the receipt's own
// network cannot have differ from any, and so do those that the receipt's digest is not of.
func qparamsOf(s Step, sameGraph, sameWeights bool, expected *Receipt, got *Local) Step {
	if sameGraph && got.Misfit != "" {
		s.Status, s.Detail = Differs, got.Misfit
		return s
	}
	given := len(expected.Activations) > 0 // a receipt may leave them out
	same := s.Status == Match && (!given || slices.EqualFunc(expected.Activations, got.Activations, scheme.QParams.Equal))
	if s.contradicts = !same && sameWeights && got.Given != "" && got.Given != expected.Digests.QParams && expected.Engine == got.Engine; s.contradicts {
		s.Status = Differs
	}
	if s.contradicts && s.Got == "" {
		s.Got = got.Given
		s.Detail = "the numbers that the receipt gives, or that its recipe leads to, are not those that its digest is of: it was changed after it was made; with the images it is told at which quantizer"
		return s
	}
	if s.Status == Match && !same {
		s.Status, s.contradicts = Differs, true
	}
	if s.Status == NotRun && given && got.Given != "" {
		s.Detail = "the activations' numbers are used as the receipt gives them"
	}
	if s.Status != Differs {
		return s
	}
	there, here := expected.Activations, got.Activations
	if !given {
		s.Detail = "the receipt leaves out the activations' numbers"
		return s
	}
	if len(there) != len(here) {
		s.Detail = fmt.Sprintf("%d quantizers of activations here, %d in the receipt", len(here), len(there))
		return s
	}
	n := 0
	for i := range here {
		if there[i].Equal(here[i]) {
			continue
		}
		if n++; n == 1 {
			s.Layer = name(got.Quantizers, i)
			c := firstOther(here[i], there[i])
			s.Detail = fmt.Sprintf("scale %v and zero point %d here, %v and %d in the receipt", here[i].Scale[c], here[i].ZeroPoint[c], there[i].Scale[c], there[i].ZeroPoint[c])
			if s.Expected == s.Got { // the digests are not what differs
				s.Expected = fmt.Sprintf("%s: scale %v and zero point %d", s.Layer, there[i].Scale[c], there[i].ZeroPoint[c])
				s.Got = fmt.Sprintf("%s: scale %v and zero point %d", s.Layer, here[i].Scale[c], here[i].ZeroPoint[c])
			}
			if len(here[i].Scale) > 1 {
				s.Detail = fmt.Sprintf("channel %d has %s", c, s.Detail)
			}
		}
	}
	if n == 0 {
		s.Detail = "the activations' numbers are the same, so those of weights differ"
		return s
	}
	s.Detail = fmt.Sprintf("%d of %d quantizers of activations differ, the first is %s: %s", n, len(here), s.Layer, s.Detail)
	if s.contradicts {
		s.Detail += ", whose digest has other numbers: the receipt was changed after it was made"
	}
	return s
}

// sqnr compares the layers' signals.
func sqnr(expected *Receipt, got *Local) Step {
	text := func(list []Layer) string {
		n, least := 0, 0.0
		for _, l := range list {
			if l.SQNR != nil {
				if n == 0 || *l.SQNR < least {
					least = *l.SQNR
				}
				n++
			}
		}
		if n == 0 {
			return ""
		}
		return fmt.Sprintf("%d layers, at least %.2f dB", n, least)
	}
	s := step(StepSQNR, text(expected.Layers), text(got.Layers))
	if s.Status == NotRun || len(expected.Layers) != len(got.Layers) {
		return s
	}
	n, all := 0, 0
	for i, l := range got.Layers {
		there := expected.Layers[i].SQNR
		if l.SQNR != nil || there != nil {
			all++
		}
		if (l.SQNR == nil) != (there == nil) || l.SQNR != nil && *l.SQNR != *there {
			if n++; n == 1 {
				s.Layer = l.Name
				if l.SQNR != nil && there != nil {
					s.Detail = fmt.Sprintf(": %.2f dB here, %.2f in the receipt", *l.SQNR, *there)
				}
			}
		}
	}
	if n > 0 {
		s.Status, s.Detail = Differs, fmt.Sprintf("%d of %d layers differ, the first is %s%s", n, all, s.Layer, s.Detail)
	}
	return s
}

func name(names []string, i int) string {
	if i < len(names) {
		return Label(names[i])
	}
	return fmt.Sprintf("number %d", i)
}

// cause guesses why something differs, from what does and what does not.
func cause(v Verdict, sets difference, expected *Receipt, got *Local) string {
	if !v.Differs() {
		return ""
	}
	is, there, here := v.Status, expected.Engine, got.Engine
	engine := ""
	if there != here && here != "" {
		engine = fmt.Sprintf("; the receipt is of %s, this is %s: compare with that release", called(there), here)
	}
	changed := slices.IndexFunc(v, func(s Step) bool { return s.contradicts })
	itemsThere, itemsHere := expected.Data.Calibration.Count+expected.Data.Evaluation.Count, got.Data.Calibration.Count+got.Data.Evaluation.Count
	otherData := is(StepCalibration) == Differs || is(StepEvaluation) == Differs
	switch {
	case is(StepGraph) == Differs:
		return "Another network: operators, attributes or shapes are not the same."
	case changed >= 0:
		s := v[changed]
		sentence := "The receipt was changed after it was made: what it says of the " + s.Name + " does not fit what else it says"
		if s.Layer != "" {
			sentence += "; the first is " + s.Layer
		} else if i := slices.IndexFunc(v, func(s Step) bool { return s.Name == StepProbes && s.Layer != "" }); i >= 0 {
			sentence += "; the first layer that comes out otherwise is " + v[i].Layer
		}
		return sentence + "."
	case is(StepWeights) == Differs && is(StepCodes) == Match && is(StepProbes) == Differs:
		return "Other weights. The codes are the same: it is a bias, or what else is not quantized, that makes other integers."
	case is(StepWeights) == Differs && is(StepCodes) == Match:
		return "Other weights, so little other that their codes are the same."
	case is(StepWeights) == Differs:
		return "Other weights."
	case is(StepCodes) == Differs, is(StepProbes) == Differs:
		return "Another engine: the same weights and numbers give other integers" + engine + "."
	case got.Exchanged:
		return "Another channel order: with red and blue exchanged the images here lead to the receipt's numbers."
	case otherData && itemsThere != itemsHere:
		return fmt.Sprintf("Other images: %d here, %d in the receipt. Give all of them, and nothing else.", itemsHere, itemsThere)
	case sets == reordered:
		return "The same images in another order: one that has another name or folder, was added or left out makes another order, and with it another choice."
	case sets == moved:
		return "The same images with other labels and in another order, as one that is in another folder makes it; the first is " + v.first(StepCalibration, StepEvaluation) + "."
	case sets == relabelled:
		return "The same images with other labels, or without; the first is " + v.first(StepCalibration, StepEvaluation) + "."
	case sets == another && is(StepCalibration) == Differs && is(StepQParams) == Match && is(StepLogits) == Match:
		return "Other images to calibrate on, which make no difference to the numbers."
	case sets == another && is(StepCalibration) == Differs:
		return "Other images to calibrate on."
	case sets == another:
		return "Other images to evaluate on."
	case otherData && is(StepQParams) == Match && is(StepLogits) == Match:
		return "The same images with other labels, or without: give the labels too."
	case is(StepCalibration) == Differs && is(StepQParams) == Differs:
		return "Other images to calibrate on, or the same with other labels: an image in another folder has another label and place."
	case is(StepQParams) == Differs && is(StepProbes) == Match:
		return "Other settings: this engine makes the receipt's integers of the receipt's numbers, but not these numbers of these images with this recipe."
	case is(StepQParams) == Differs:
		return "Other settings or another engine" + engine + "."
	case is(StepEvaluation) == Differs:
		return "Other images or labels to evaluate on."
	case is(StepLogits) == Differs || is(StepInteger) == Differs:
		return "Another engine, or other preprocessing" + engine + "."
	case is(StepCalibration) == Differs:
		return "Other images to calibrate on, which make no difference to the numbers."
	}
	return "Figures that do not follow from the rest: the receipt was changed" + engine + "."
}

// firstOther is the first channel that both quantizers have and whose numbers differ, 0 if none does.
func firstOther(a, b scheme.QParams) int {
	for c := range min(len(a.Scale), len(b.Scale)) {
		if a.Scale[c] != b.Scale[c] || a.ZeroPoint[c] != b.ZeroPoint[c] {
			return c
		}
	}
	return 0
}
