package form

import (
	"strconv"

	"github.com/quantscope/quantscope/quant/recipe"
)

// none is how a list says that something is not done.
const none = "none"

// refinements are what of a recipe's refinement is picked.
func refinements() []Choice {
	named := func(id FieldID, label string, options []string, at func(*recipe.Recipe) *string) Choice {
		return Choice{id, label, append([]string{none}, options...),
			func(r recipe.Recipe) string {
				if *at(&r) == "" {
					return none
				}
				return *at(&r)
			},
			func(r *recipe.Recipe, v string) {
				if v == none {
					v = ""
				}
				*at(r) = v
			}}
	}
	rounding := named("rounding-method", "Learned rounding", recipe.RoundingMethods(), func(r *recipe.Recipe) *string { return &r.Refine.Rounding.Method })
	set := rounding.Set
	rounding.Set = func(r *recipe.Recipe, v string) {
		if set(r, v); r.Refine.Rounding.Method == "" || r.Refine.Rounding.Method == recipe.GPTQ {
			r.Refine.Rounding = recipe.Rounding{Method: r.Refine.Rounding.Method} // what the others have means nothing to it
		}
	}
	return []Choice{
		named("biases", "Bias correction", []string{recipe.Empirical, recipe.Analytic}, func(r *recipe.Recipe) *string { return &r.Refine.Biases }),
		rounding,
	}
}

// RoundingMethod is by what method rounding is learned, where it is.
func RoundingMethod() Choice {
	c := refinements()[1]
	c.ID, c.Label, c.Options = "learn-method", "Method", recipe.RoundingMethods()
	return c
}

// RoundingFields say how the rounding of a recipe is learned.
func RoundingFields(now recipe.Recipe) []Field {
	if m := now.Refine.Rounding.Method; m == "" || m == recipe.GPTQ {
		return nil
	}
	iterations := count("learn-iterations", "Iterations", "For each part of the network; 500 is usual, MQBench takes 20000.", 1, 1<<20, func(r *recipe.Recipe) *int { return &r.Refine.Rounding.Iterations })
	iterations.Get = func(r recipe.Recipe) string { return strconv.Itoa(r.Refine.Rounding.Full().Iterations) }
	return []Field{
		iterations,
		count("learn-items", "Items", "Used to calibrate and to learn the rounding; evaluation items are never used.", 1, 100000, func(r *recipe.Recipe) *int { return &r.Data.Calibration }),
	}
}

// explainRefinement is one line on a choice of refinement.
func explainRefinement(value string) string {
	return map[string]string{
		none:             "Not done.",
		recipe.Empirical: "From the outputs of layers on calibration items.",
		recipe.Analytic:  "From the errors of weights and the means of inputs.",
		recipe.AdaRound:  "Layer by layer, which weights are rounded up and which down (Nagel et al. 2020).",
		recipe.BRECQ:     "Block by block, with the scales of activations (Li et al. 2021).",
		recipe.QDrop:     "As BRECQ, half of the activations passing unquantized while it learns (Wei et al. 2022).",
		recipe.GPTQ:      "One weight after the other, those that follow taking up the error (Frantar et al. 2022). Seconds, no iterations.",
	}[value]
}
