package form

import (
	"errors"
	"slices"
	"strconv"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Toggle is a setting that is on or off.
type Toggle struct {
	ID    FieldID
	Label string
	Help  string
	Get   func(recipe.Recipe) bool
	Set   func(*recipe.Recipe, bool)
}

// Side is one of the two sides of a recipe with all that can be set on it.
type Side struct {
	ID      string // weight, activation
	Title   string
	Choices []Choice
	Toggles []Toggle
	Fields  []Field
}

// Sides are the weights' and the activations' settings of a recipe. Which fields there are depends on the
// observer and the fake-quantizer.
func Sides(now recipe.Recipe) []Side {
	return []Side{
		side("weight", "Weights", true, now, func(r *recipe.Recipe) *recipe.Quantizer { return &r.Weight }),
		side("activation", "Activations", false, now, func(r *recipe.Recipe) *recipe.Quantizer { return &r.Activation }),
	}
}

func side(id, title string, weight bool, now recipe.Recipe, at func(*recipe.Recipe) *recipe.Quantizer) Side {
	toggle := func(name, label, help string, of func(*scheme.QScheme) *bool) Toggle {
		return Toggle{FieldID(id + "-" + name), label, help,
			func(r recipe.Recipe) bool { return *of(&at(&r).Scheme) },
			func(r *recipe.Recipe, on bool) { *of(&at(r).Scheme) = on }}
	}
	out := Side{ID: id, Title: title, Choices: []Choice{bits(id, at), observers(id, at), fakeQuantizers(id, weight, at), codes(id, at)}}
	out.Toggles = append(out.Toggles, toggle("symmetric", "Symmetric", "Zero point 0: signed codes. Off: codes from 0, and a zero point.",
		func(q *scheme.QScheme) *bool { return &q.Symmetric }))
	if weight {
		out.Choices = append(out.Choices, blocks(id, at(&now).Scheme.Block, at))
	}
	channels := "One scale for each output channel."
	if !weight {
		channels = "One scale for each channel: simulation only, no integer engine computes it."
	}
	out.Toggles = append(out.Toggles,
		toggle("per-channel", "Per channel", channels, func(q *scheme.QScheme) *bool { return &q.PerChannel }),
		toggle("narrow", "Narrow range", "Leaves out the lowest code (−127 … 127), so that every code has its negative.", func(q *scheme.QScheme) *bool { return &q.Narrow }),
		toggle("pot", "Power-of-two scales", "Scaling becomes a shift.", func(q *scheme.QScheme) *bool { return &q.PoT }))
	if q := at(&now); q.EMARatio != 0 {
		out.Fields = append(out.Fields, ema(id, at))
	}
	out.Fields = append(out.Fields, optionFields(id, *at(&now), at)...)
	return out
}

// Widths are those that codes may have, in bits.
func Widths() []string {
	var widths []string
	for bits := recipe.MinBits; bits <= recipe.MaxBits; bits++ {
		widths = append(widths, strconv.Itoa(bits))
	}
	return widths
}

func bits(id string, at func(*recipe.Recipe) *recipe.Quantizer) Choice {
	return Choice{FieldID(id + "-bits"), "Bits", Widths(),
		func(r recipe.Recipe) string { return strconv.Itoa(at(&r).Scheme.Bits) },
		func(r *recipe.Recipe, v string) {
			if n, err := strconv.Atoi(v); err == nil {
				at(r).Scheme.Bits = n
			}
		}}
}

// allInputs is the choice of no blocks.
const allInputs = "all"

// blocks are how many inputs of an output channel have one scale; own is the number that is chosen.
func blocks(id string, own int, at func(*recipe.Recipe) *recipe.Quantizer) Choice {
	sizes := []string{allInputs, "32", "64", "128", "256"}
	if size := strconv.Itoa(own); own > 0 && !slices.Contains(sizes, size) {
		sizes = append(sizes, size)
	}
	return Choice{FieldID(id + "-block"), "Inputs a scale", sizes,
		func(r recipe.Recipe) string {
			if n := at(&r).Scheme.Block; n > 0 {
				return strconv.Itoa(n)
			}
			return allInputs
		},
		func(r *recipe.Recipe, v string) {
			s := &at(r).Scheme
			n, _ := strconv.Atoi(v) // 0 for all
			s.Block, s.PerChannel = n, s.PerChannel || n > 0
		}}
}

func codes(id string, at func(*recipe.Recipe) *recipe.Quantizer) Choice {
	return Choice{FieldID(id + "-codes"), "Integers", []string{string(scheme.Usual), string(scheme.Signed), string(scheme.Unsigned), string(scheme.Upper)},
		func(r recipe.Recipe) string { return string(at(&r).Scheme.Codes) },
		func(r *recipe.Recipe, v string) { at(r).Scheme.Codes = scheme.Codes(v) }}
}

// observers sets what an observer brings with it too: a ratio where it averages, no options of another.
func observers(id string, at func(*recipe.Recipe) *recipe.Quantizer) Choice {
	return Choice{FieldID(id + "-observer"), "Observer", observer.Names(),
		func(r recipe.Recipe) string { return at(&r).Observer },
		func(r *recipe.Recipe, v string) {
			q := at(r)
			q.Observer, q.EMARatio, q.ObserverOptions = v, 0, observer.Options{}
			if k, err := observer.KindOf(v); err == nil && k.Average {
				q.EMARatio = 0.9
			}
		}}
}

func fakeQuantizers(id string, weight bool, at func(*recipe.Recipe) *recipe.Quantizer) Choice {
	var names []string
	for _, k := range fakequant.Kinds() {
		if weight && k.Weights || !weight && k.Activation {
			names = append(names, k.Name)
		}
	}
	return Choice{FieldID(id + "-fakequant"), "Fake-quantizer", names,
		func(r recipe.Recipe) string { return at(&r).FakeQuant },
		func(r *recipe.Recipe, v string) {
			at(r).FakeQuant, at(r).FakeQuantOptions = v, fakequant.Options{}
		}}
}

func ema(id string, at func(*recipe.Recipe) *recipe.Quantizer) Field {
	return Field{
		ID: FieldID(id + "-ema"), Label: "EMA decay", Help: "Decay of the moving average; 0.9 is usual.",
		Get: func(r recipe.Recipe) string { return strconv.FormatFloat(float64(at(&r).EMARatio), 'g', -1, 32) },
		Set: func(r *recipe.Recipe, text string) error {
			x, err := strconv.ParseFloat(text, 32)
			if err != nil || !(x > 0 && x < 1) {
				return errors.New("a number above 0 and below 1")
			}
			at(r).EMARatio = float32(x)
			return nil
		},
	}
}

// General are the settings of the recipe as a whole that are picked.
func General() []Choice {
	return append([]Choice{
		{"rule", "Rounding", []string{string(scheme.PyTorch), string(scheme.ONNX)},
			func(r recipe.Recipe) string { return string(r.Rule) },
			func(r *recipe.Recipe, v string) { r.Rule = scheme.Rule(v) }},
		{"placement", "Placement", backend.Names(),
			func(r recipe.Recipe) string { return r.Backend },
			func(r *recipe.Recipe, v string) { r.Backend = v }},
	}, refinements()...)
}

// GeneralToggles are those that are on or off.
func GeneralToggles() []Toggle {
	return []Toggle{
		{"equalize", "Equalize channels", "Scales channels between layers so that their weights spread alike; float answers stay the same.",
			func(r recipe.Recipe) bool { return r.Refine.Equalize },
			func(r *recipe.Recipe, on bool) { r.Refine.Equalize = on }},
		{"absorb", "Absorb high biases", "Moves a bias to the next layer where a channel never comes down to zero, so that ranges begin at zero; float answers stay the same.",
			func(r recipe.Recipe) bool { return r.Refine.Absorb },
			func(r *recipe.Recipe, on bool) { r.Refine.Absorb = on }},
		{"shared-scales", "Shared scales", "The inputs of a sum have one scale; so have those of a concatenation.",
			func(r recipe.Recipe) bool { return r.SharedScales },
			func(r *recipe.Recipe, on bool) { r.SharedScales = on }},
		{"bf16-mix", "bfloat16 beside layers", "Sophgo's mixed precision: everything that is not a convolution or a linear layer computes in bfloat16.",
			func(r recipe.Recipe) bool { return r.BF16Mix },
			func(r *recipe.Recipe, on bool) { r.BF16Mix = on }},
		{"mqbench-exact", "Match MQBench exactly", "Follows MQBench where it departs from the documented formulas.",
			func(r recipe.Recipe) bool { return r.MQBenchExact },
			func(r *recipe.Recipe, on bool) { r.MQBenchExact, r.MQBenchEval = on, r.MQBenchEval && on }},
		{"mqbench-eval", "MQBench in evaluation mode", "Prepares the network as MQBench does in evaluation mode rather than training mode.",
			func(r recipe.Recipe) bool { return r.MQBenchEval },
			func(r *recipe.Recipe, on bool) { r.MQBenchEval, r.MQBenchExact = on, r.MQBenchExact || on }},
	}
}

// Explain is one line on what is chosen in a list.
func Explain(c Choice, value string) string {
	if c.ID == "biases" || c.ID == "rounding-method" || c.ID == "learn-method" {
		return explainRefinement(value)
	}
	if k, err := observer.KindOf(value); err == nil {
		return k.About
	}
	if k, err := fakequant.KindOf(value); err == nil {
		return k.About
	}
	if b, ok := backend.Of(value); ok {
		return "Where quantizers sit. " + b.About
	}
	switch c.ID {
	case "rule":
		if value == string(scheme.ONNX) {
			return "x / scale, as ONNX Runtime computes."
		}
		return "x · (1/scale), as PyTorch and MQBench compute."
	case "weight-codes", "activation-codes":
		return map[scheme.Codes]string{
			scheme.Usual:    "Signed if symmetric, else unsigned.",
			scheme.Signed:   "Signed, with a zero point where it is not symmetric.",
			scheme.Unsigned: "From 0; if symmetric, the zero point is the middle.",
			scheme.Upper:    "From 0 at the scale of signed codes, which leaves half of them unused: MQBench's for OpenVINO.",
		}[scheme.Codes(value)]
	case "weight-block":
		if value == allInputs {
			return "One scale for all inputs of an output channel."
		}
		return "One scale for each " + value + " inputs of an output channel:smaller errors, but no integer engine computes with them."
	case "weight-bits", "activation-bits":
		if n, err := strconv.Atoi(value); err == nil {
			return strconv.Itoa(1<<n) + " codes."
		}
	}
	return ""
}
