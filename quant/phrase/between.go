package phrase

import (
	"reflect"
	"strconv"

	"github.com/quantscope/quantscope/quant/recipe"
)

// Between says what was changed on the way from one recipe to another, a few words for each change, in the
// order of the recipe's fields; empty where both are the same.
func Between(from, to recipe.Recipe) []string {
	var out []string
	tell := func(changed bool, what string) {
		if changed {
			out = append(out, what)
		}
	}
	if from.Name != to.Name {
		out = append(out, Preset(to.Name))
		if preset, err := recipe.Preset(to.Name); err == nil {
			preset.Preprocess, preset.Data, preset.Overrides = from.Preprocess, from.Data, from.Overrides
			from = preset // what the preset itself brought is told by its name
		}
	}
	tell(from.Backend != to.Backend, "placement "+to.Backend)
	out = append(out, quantizerBetween("weights", from.Weight, to.Weight)...)
	out = append(out, quantizerBetween("activations", from.Activation, to.Activation)...)
	tell(from.Rule != to.Rule, "rounding as "+Spelled(string(to.Rule)))
	tell(!samePreprocess(from.Preprocess, to.Preprocess), "preprocessing "+PreprocessTitle(to))
	tell(from.Preprocess.Upright != to.Preprocess.Upright, pick(to.Preprocess.Upright, "images turned upright", "images as stored"))
	a, b := from.Data, to.Data
	tell(a.Calibration != b.Calibration, Plural(b.Calibration, "calibration item", "calibration items"))
	tell(a.Batch != b.Batch, "batches of "+strconv.Itoa(b.Batch))
	tell(a.Evaluation != b.Evaluation, pick(b.Evaluation == 0, "all items evaluated", Plural(b.Evaluation, "item", "items")+" evaluated"))
	tell(a.Seed != b.Seed, "seed "+strconv.FormatUint(b.Seed, 10))
	tell(a.Overlap != b.Overlap, pick(b.Overlap, "overlap allowed", "no overlap"))
	tell(a.ClassOffset != b.ClassOffset, "class offset "+strconv.Itoa(b.ClassOffset))
	tell(from.MQBenchExact != to.MQBenchExact, pick(to.MQBenchExact, "as MQBench reads it", "the sound reading"))
	tell(from.MQBenchEval != to.MQBenchEval, pick(to.MQBenchEval, "prepared for evaluation", "prepared for training"))
	tell(from.BF16Mix != to.BF16Mix, pick(to.BF16Mix, "bfloat16 beside the layers", "no bfloat16 beside the layers"))
	tell(from.SharedScales != to.SharedScales, pick(to.SharedScales, "shared scales", "no shared scales"))
	out = append(out, overridesBetween(from.Overrides, to.Overrides)...)
	x, y := from.Refine, to.Refine
	tell(x.Equalize != y.Equalize, pick(y.Equalize, "channels equalized", "channels as they are"))
	tell(x.Absorb != y.Absorb, pick(y.Absorb, "high biases absorbed", "high biases as they are"))
	tell(x.Biases != y.Biases, pick(y.Biases == "", "biases as they are", "biases corrected"+pick(y.Biases == recipe.Analytic, " analytically", "")))
	tell(x.Rounding != y.Rounding, pick(y.Rounding == (recipe.Rounding{}), "weights rounded to nearest", "rounding by "+y.Rounding.String()))
	tell(from.Train != to.Train, pick(to.Train == (recipe.Training{}), "no training", "trained "+to.Train.String()))
	return out
}

// quantizerBetween is Between for one side's quantizers.
func quantizerBetween(side string, from, to recipe.Quantizer) (out []string) {
	tell := func(changed bool, what string) {
		if changed {
			out = append(out, side+" "+what)
		}
	}
	a, b := from.Scheme, to.Scheme
	tell(a.Bits != b.Bits, Plural(b.Bits, "bit", "bits"))
	tell(a.PerChannel != b.PerChannel, pick(b.PerChannel, "per channel", "per tensor"))
	tell(a.Symmetric != b.Symmetric, pick(b.Symmetric, "symmetric", "asymmetric"))
	tell(a.Block != b.Block, pick(b.Block == 0, "without blocks", "in blocks of "+strconv.Itoa(b.Block)))
	a.Bits, a.PerChannel, a.Symmetric, a.Block = b.Bits, b.PerChannel, b.Symmetric, b.Block
	tell(!reflect.DeepEqual(a, b), "scheme")
	tell(from.Observer != to.Observer, "by "+Spelled(to.Observer))
	tell(from.FakeQuant != to.FakeQuant, "through "+Spelled(to.FakeQuant))
	tell(from.EMARatio != to.EMARatio && from.Observer == to.Observer, "EMA decay "+Float(to.EMARatio))
	tell(from.ObserverOptions != to.ObserverOptions || from.FakeQuantOptions != to.FakeQuantOptions, "options")
	return out
}

// overridesBetween tells of the layers whose settings were changed, added or given up.
func overridesBetween(from, to []recipe.Override) (out []string) {
	told := func(list []recipe.Override, o recipe.Override) (found bool) {
		for _, other := range list {
			found = found || reflect.DeepEqual(other, o)
		}
		return found
	}
	about := func(list []recipe.Override, o recipe.Override) (found bool) {
		for _, other := range list {
			found = found || other.Name == o.Name && other.Pattern == o.Pattern && other.Op == o.Op
		}
		return found
	}
	for _, o := range to {
		if !told(from, o) {
			which, what := Tell(o)
			out = append(out, which+" "+what)
		}
	}
	for _, o := range from {
		if !told(to, o) && !about(to, o) {
			which, _ := Tell(o)
			out = append(out, which+" as the others")
		}
	}
	const most = 4
	if len(out) > most {
		return []string{"settings of " + strconv.Itoa(len(out)) + " layers"}
	}
	return out
}

func pick(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}
