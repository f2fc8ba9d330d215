// Package recipetest makes recipes at random, for tests that hold two ways of computing a result against each
// other. It leaves nothing out that a recipe can say.
package recipetest

import (
	"math/rand/v2"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Items is how many images its recipes take at most.
const Items = 8

// Random is a valid recipe: a preset for images of a preprocessing, with some of it changed. It takes few images
// and few steps, so that it is quick. Not every network and backend takes every one.
func Random(r *rand.Rand, images recipe.Preprocess, classOffset int) recipe.Recipe {
	for {
		if out := random(r, images, classOffset); out.Validate() == nil {
			return out
		}
	}
}

func random(r *rand.Rand, images recipe.Preprocess, classOffset int) recipe.Recipe {
	out := of(r, recipe.Presets())
	calibration := 1 + r.IntN(4)
	out.Data = recipe.Data{
		Calibration: calibration, Batch: 1 + r.IntN(calibration), Evaluation: 1 + r.IntN(4),
		Seed: r.Uint64N(1 << 53), Overlap: one(r, 4), ClassOffset: classOffset,
	}
	out.Preprocess = preprocess(r, images)
	quantizer(r, &out.Weight, true)
	quantizer(r, &out.Activation, false)
	out.MQBenchExact = one(r, 4)
	out.MQBenchEval = out.MQBenchExact && one(r, 2)
	out.BF16Mix = one(r, 8)
	out.SharedScales = one(r, 5)
	if one(r, 5) {
		out.Rule = of(r, []scheme.Rule{scheme.PyTorch, scheme.ONNX})
	}
	for one(r, 4) {
		out.Overrides = append(out.Overrides, override(r, out))
	}
	switch r.IntN(12) {
	case 0:
		out.Train = training(r)
	case 1:
		out.Refine.Rounding = recipe.Rounding{Method: of(r, recipe.RoundingMethods()), Iterations: 1 + r.IntN(3)}
	case 2:
		out.Refine = recipe.Refine{Equalize: true, Absorb: one(r, 2)}
	case 3:
		out.Refine.Biases = of(r, []string{recipe.Empirical, recipe.Analytic})
	}
	return out
}

// preprocess changes what images of any size can be read by.
func preprocess(r *rand.Rand, p recipe.Preprocess) recipe.Preprocess {
	if p.Channels != "gray" && one(r, 6) {
		p.Channels = of(r, []string{"rgb", "bgr"})
	}
	if one(r, 8) {
		p.Scale = of(r, []float32{1, 1. / 255, 0.01})
	}
	if one(r, 8) {
		p.Resize = p.Height + r.IntN(p.Height)
	}
	p.Upright = one(r, 8)
	return p
}

func quantizer(r *rand.Rand, q *recipe.Quantizer, weight bool) {
	if one(r, 3) {
		q.Observer = of(r, observer.Names())
	}
	if one(r, 4) {
		q.FakeQuant = of(r, fakequant.Names())
	}
	s := &q.Scheme
	if one(r, 3) {
		s.Bits = 2 + r.IntN(of(r, []int{7, 15}))
	}
	for _, flag := range []*bool{&s.Symmetric, &s.PerChannel, &s.Narrow, &s.PoT} {
		if one(r, 6) {
			*flag = !*flag
		}
	}
	if weight && one(r, 10) {
		s.Block = 1 + r.IntN(16)
	}
	if one(r, 12) {
		s.Codes = of(r, []scheme.Codes{scheme.Signed, scheme.Unsigned, scheme.Upper})
	}
	if o, err := observer.KindOf(q.Observer); err == nil {
		q.EMARatio = 0
		if o.Average {
			q.EMARatio = of(r, []float32{0.9, 0.5, 0.99})
		}
		// What a kind demands it mostly gets, or hardly any recipe would be valid.
		s.PoT, s.Symmetric, s.PerChannel = s.PoT || o.PoT, s.Symmetric || o.Symmetric, s.PerChannel && !o.PerTensor
	}
	if f, err := fakequant.KindOf(q.FakeQuant); err == nil {
		s.PoT, s.Symmetric, s.PerChannel = s.PoT || f.PoT, s.Symmetric || f.Symmetric, s.PerChannel && !f.PerTensor
		if f.Bits > 0 {
			s.Bits = f.Bits
		}
	}
}

// override changes a kind of layers, or those of which names have a letter.
func override(r *rand.Rand, base recipe.Recipe) recipe.Override {
	out := recipe.Override{Op: of(r, []string{"Conv", "Gemm", "Add", "Concat", recipe.DepthwiseConv})}
	if one(r, 2) {
		out = recipe.Override{Pattern: "*" + of(r, []string{"1", "2", "3", "conv", "fc", "blocks"}) + "*"}
	}
	switch r.IntN(3) {
	case 0:
		out.Float = true
	case 1:
		q := base.Weight
		quantizer(r, &q, true)
		out.Weight = &q
	case 2:
		q := base.Activation
		quantizer(r, &q, false)
		out.Activation = &q
	}
	return out
}

func training(r *rand.Rand) recipe.Training {
	return recipe.Training{
		Epochs: 1 + r.IntN(2), Batch: 1 + r.IntN(3), Optimizer: of(r, recipe.Optimizers()), Schedule: of(r, recipe.Schedules()),
		WarmUp: r.Float32() / 2, Labels: of(r, []float32{0, 0.5, 1}), Smoothing: of(r, []float32{0, 0.1}), Average: of(r, []float32{0, 0.9}),
		Clip: of(r, []float32{0, 1}), WeightDecay: of(r, []float32{0, 1e-4}), DecayOnly: one(r, 2), Flip: one(r, 2), Shift: r.IntN(3), Statistics: one(r, 4),
	}
}

func of[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func one(r *rand.Rand, in int) bool { return r.IntN(in) == 0 }
