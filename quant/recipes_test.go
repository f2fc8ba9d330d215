//go:build !js

package quant_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/recipe/recipetest"
)

// TestRandomRecipes shares results of random recipes through a link and checks them on another WebAssembly
// runtime with another number of threads: no step differs. RECIPES says how many, RECIPE_SEED which.
func TestRandomRecipes(t *testing.T) {
	count, seed := numberFrom(t, "RECIPES", 12), uint64(numberFrom(t, "RECIPE_SEED", 1))
	if testing.Short() {
		count = min(count, 4)
	}
	other := engine.NewWazeroPool(2)
	defer other.Close()
	base := sampleJob(t)
	quantized := 0
	for i := 0; quantized < count && i < 20*count; i++ {
		j := base
		j.Recipe = recipetest.Random(rand.New(rand.NewPCG(seed, uint64(i))), base.Recipe.Preprocess, base.Recipe.Data.ClassOffset)
		result, err := quant.Quantize(context.Background(), j)
		if err != nil { // the backend does not take this scheme
			continue
		}
		quantized++
		packed, err := result.Receipt.Pack()
		if err != nil {
			t.Fatalf("recipe %d: %v", i, err)
		}
		r, err := receipt.Unpack(packed)
		if err != nil {
			t.Fatalf("recipe %d: %v", i, err)
		}
		if doc, err := result.Receipt.Canonical(); err != nil {
			t.Fatal(err)
		} else if j.Recipe.Refine == (recipe.Refine{}) && j.Recipe.Train == (recipe.Training{}) && !bytes.Equal(inParts(t, j, 7), doc) {
			t.Errorf("recipe %d: another receipt in parts", i)
		}
		j.Pool, j.Workers = other, 1
		for _, alone := range []bool{false, true} {
			if alone {
				j.Data = nil
			}
			v := verify(t, r, j)
			if v.Steps.Differs() || v.Steps.Status(receipt.StepWeights) != receipt.Match || !alone && v.Steps.Status(receipt.StepLogits) != receipt.Match {
				t.Errorf("recipe %d, %s, alone %v: %s: %+v", i, j.Recipe.Name, alone, v.Cause, v.Steps)
			}
		}
	}
	if quantized < count {
		t.Errorf("only %d of %d recipes are possible", quantized, count)
	}
}
