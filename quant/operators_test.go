package quant

import (
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
)

// The list has every operator that is read, once, and says of a few what the engine's tests hold.
func TestOperators(t *testing.T) {
	list := Operators()
	if len(list) != len(onnx.Supported()) {
		t.Fatalf("%d operators of %d", len(list), len(onnx.Supported()))
	}
	for name, want := range map[string]Way{
		"Conv": OnIntegers, "MatMul": OnIntegers, "Add": OnIntegers, "Relu": OnIntegers, "MaxPool": OnIntegers, "Concat": OnIntegers,
		"Softmax": OnFloats, "LSTM": OnFloats, "Div": OnFloats,
		"Flatten": AsOthers, "Dropout": AsOthers, "LogSoftmax": AsOthers,
	} {
		if !slices.Contains(list, Operator{name, want}) {
			t.Errorf("%s does not run as %s", name, want)
		}
	}
}
