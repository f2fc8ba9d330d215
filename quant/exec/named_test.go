package exec_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/onnx"
)

// named are the operators that small networks have besides those of the first image networks.
const named = `Erf Max Min Sum Mean Log Neg Abs Reciprocal Round Sign Not And Or Equal Greater Less GreaterOrEqual LessOrEqual Where Cast
Mod Einsum Tile Expand Gather GatherND GatherElements ScatterND ScatterElements TopK ArgMax ArgMin CumSum NonZero NonMaxSuppression
RoiAlign GridSample LogSoftmax Hardmax Selu Celu ThresholdedRelu Softsign ReduceL1 ReduceL2 ReduceProd ReduceLogSumExp ReduceSumSquare
LpNormalization LpPool GroupNormalization RMSNormalization MeanVarianceNormalization Attention MaxUnpool Conv MaxPool AveragePool
ConvTranspose LSTM GRU RNN If Loop Scan Size Range OneHot Trilu DynamicQuantizeLinear ConvInteger MatMulInteger QLinearConv
QLinearMatMul QLinearAdd QLinearMul QLinearConcat QLinearGlobalAveragePool FusedConv FusedMatMul Gelu SkipLayerNormalization
Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh BitShift BitwiseAnd BitwiseOr BitwiseXor BitwiseNot IsNaN IsInf Det Shrink Mish
Softplus HardSwish`

// TestNamedOperators prints what becomes of each of them: it runs on inputs that come in a run, as the tests named
// hold it to, or only on constants, or is refused by name.
func TestNamedOperators(t *testing.T) {
	const coded = "package quant, TestQLinear"
	held := map[string]string{ // by tests elsewhere
		"If": "package onnx, TestIf", "Size": "from shapes, folded", "Range": "of constants, folded",
		"QLinearAdd": coded, "QLinearMul": coded, "QLinearConcat": coded, "QLinearGlobalAveragePool": coded,
	}
	for _, c := range slices.Concat(nodeCases(), recurrentCases(), twinCases(), loopCases()) {
		held[c.op] = "TestNodesInONNXRuntime"
	}
	refused, err := os.ReadFile("testdata/refused.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range shared.Glob(t, "test_*", "onnx-node") {
		if strings.Contains(string(refused), filepath.Base(dir)+":") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, "model.onnx"))
		if err != nil {
			t.Fatal(err)
		}
		m, err := onnx.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range m.Graph.Nodes {
			if held[n.OpType] == "" {
				held[n.OpType] = "TestConformance"
			}
		}
	}
	onConstants := []string{"NonZero", "NonMaxSuppression"} // whose output's shape data says
	list := ""
	for _, op := range strings.Fields(named) {
		switch {
		case slices.Contains(onConstants, op):
			list += fmt.Sprintf("%-26s folded; refused by name in a run\n", op)
		case held[op] == "":
			t.Errorf("no test runs %s", op)
		default:
			list += fmt.Sprintf("%-26s runs: %s\n", op, held[op])
		}
	}
	t.Log("\n" + list)
}

// TestCountedByData refuses operators whose output's shape the data says, in one sentence with node, tensor and what to do.
func TestCountedByData(t *testing.T) {
	for _, c := range []nodeCase{
		{op: "NonZero", opset: 13, inputs: []nodeInput{floats(3, 4)}},
		{op: "NonMaxSuppression", opset: 11, inputs: []nodeInput{floats(1, 6, 4), floats(1, 2, 6), list(3), fixedInput(floats(1)), fixedInput(floats(1))}},
		{op: "Unheard", opset: 13, inputs: []nodeInput{floats(3, 4)}},
	} {
		m, _ := c.model(rand.New(rand.NewPCG(1, 1)))
		_, err := onnx.ToGraph(m, onnx.Options{})
		if err == nil {
			t.Errorf("%s is not refused", c.op)
			continue
		}
		text := err.Error()
		if !strings.HasPrefix(text, `node "node" (`+c.op+`): `) || len(text) > 300 || !strings.Contains(text, "network before th") {
			t.Errorf("%s: %s", c.op, text)
		}
	}
}
