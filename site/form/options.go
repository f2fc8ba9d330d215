package form

import (
	"errors"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
)

// optionFields are the settings that only the chosen observer and fake-quantizer have. Empty, an option
// is what its method takes by itself; which values are possible the recipe says.
func optionFields(id string, now recipe.Quantizer, at func(*recipe.Recipe) *recipe.Quantizer) []Field {
	observed := func(r *recipe.Recipe) *observer.Options { return &at(r).ObserverOptions }
	all := []Field{
		option(id, "power", "Exponent of the error", "The p of the error |x − x̂|ᵖ that is minimized; empty for 2. MQBench's papers use 2.4.",
			func(r *recipe.Recipe) *float32 { return &observed(r).Power }),
		option(id, "threshold", "Share inside", "Fraction of the values inside the range; empty for "+usualShare(now.Observer)+".",
			func(r *recipe.Recipe) *float32 { return &observed(r).Threshold }),
		option(id, "deviations", "Standard deviations", "The range ends this many standard deviations from the mean; empty for 2.6.",
			func(r *recipe.Recipe) *float32 { return &observed(r).Deviations }),
		{
			ID: FieldID(id + "-bins"), Label: "Bins", Help: "Number of histogram bins, 64 to 65536; empty for the observer's default.",
			Get: func(r recipe.Recipe) string { return unlessZero(strconv.Itoa(observed(&r).Bins)) },
			Set: func(r *recipe.Recipe, text string) error {
				n, err := 0, error(nil)
				if text != "" {
					n, err = strconv.Atoi(text)
				}
				if err != nil || n < 0 || text == "0" {
					return errors.New("a whole number, or nothing")
				}
				observed(r).Bins = n
				return nil
			},
		},
		option(id, "alpha", "Alpha", "PACT: initial clipping value, empty for 6. DSQ: softness of the steps, empty for 0.4.",
			func(r *recipe.Recipe) *float32 { return &at(r).FakeQuantOptions.Alpha }),
	}
	var has []string
	if k, err := observer.KindOf(now.Observer); err == nil {
		has = append(has, strings.Fields(k.Options)...)
	}
	if k, err := fakequant.KindOf(now.FakeQuant); err == nil {
		has = append(has, strings.Fields(k.Options)...)
	}
	var out []Field
	for _, f := range all {
		for _, name := range has {
			if string(f.ID) == id+"-"+name {
				out = append(out, f)
			}
		}
	}
	return out
}

// usualShare is what an observer takes as the share of values inside by itself.
func usualShare(name string) string {
	if name == "ema_quantile" {
		return "0.99999"
	}
	return "0.9999"
}

// option is a field for a number above 0; empty for the usual one.
func option(side, name, label, help string, at func(*recipe.Recipe) *float32) Field {
	return Field{
		ID: FieldID(side + "-" + name), Label: label, Help: help,
		Get: func(r recipe.Recipe) string { return unlessZero(strconv.FormatFloat(float64(*at(&r)), 'g', -1, 32)) },
		Set: func(r *recipe.Recipe, text string) error {
			if text == "" {
				*at(r) = 0
				return nil
			}
			x, err := strconv.ParseFloat(text, 32)
			if err != nil || !(x > 0) || x-x != 0 {
				return errors.New("a number above 0, or nothing")
			}
			*at(r) = float32(x)
			return nil
		},
	}
}

func unlessZero(s string) string {
	if s == "0" {
		return ""
	}
	return s
}
