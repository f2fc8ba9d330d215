package train

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/scheme"
)

// TestEveryOperatorHasAGradient holds that what runs has a gradient, or is known to have none.
func TestEveryOperatorHasAGradient(t *testing.T) {
	none := []string{
		"And", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "Or", "Xor", // truth values
		"ArgMax", "ArgMin", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "Cast", // integers
		"DequantizeLinear", "QuantizeLinear", // are taken out before training: see package lift
		"GRU", "LSTM", "RNN", "Det", "GridSample", "MaxPoolIndices", "MaxUnpool", "RoiAlign", // refused, by name
		"Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Cos", "Cosh", "Sin", "Sinh", "Tan", // refused too
		"BatchStatistics", "BatchNormalizationGradient", "ConvGradient", "MaxPoolGradient", "LearnedFakeQuantize", "LearnedFakeQuantizeGradient", // stand in steps of training only
	}
	rules := table()
	for name := range lower.Forms() {
		switch _, ok := rules[name]; {
		case !ok && !slices.Contains(none, name):
			t.Errorf("%s has no gradient, and is not listed as one that has none", name)
		case ok && slices.Contains(none, name):
			t.Errorf("%s has a gradient, and is listed as one that has none", name)
		}
	}
}

// TestEveryFakeQuantizerHasAForm holds that what learns, or makes other weights, is not trained as if it did not.
func TestEveryFakeQuantizerHasAForm(t *testing.T) {
	const elsewhere = "adaround" // learns in a reconstruction, and stays as it is in training
	for _, k := range fakequant.Kinds() {
		f, err := fakequant.New(k.Name, fakequant.Config{Scheme: scheme.QScheme{Bits: max(k.Bits, 4), Symmetric: true}})
		if err != nil {
			t.Fatal(err)
		}
		_, learns := f.(fakequant.Trainable)
		if _, ok := forms(false)[k.Name]; (learns || k.Transforms) && !ok && k.Name != elsewhere {
			t.Errorf("%s has no form in a step of training: add its line to forms", k.Name)
		}
	}
	for name := range forms(false) {
		if _, err := fakequant.KindOf(name); err != nil {
			t.Error(err)
		}
	}
}
