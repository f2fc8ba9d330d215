package train

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/exec/lower"
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
