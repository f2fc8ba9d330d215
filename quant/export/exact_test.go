package export

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
)

// exact is handmade in MQBench's own reading.
func exact(t *testing.T, backend string, params map[string]numbers) *calibrate.Calibrated {
	t.Helper()
	c := handmade(t, backend, params)
	c.Recipe.MQBenchExact = true
	return c
}

// MQBench's ONNX_QNN: 8/0.03125 + 64 is 320, which wraps to 64; −1.01/(0.5·0.03125) is −64.64, which loses
// its fraction.
func TestONNXQNNExact(t *testing.T) {
	params := map[string]numbers{"x": one(0.5, 128), "conv.weight": one(0.03125, 64), "relu_out": one(0.25, 0), "gap_out": one(0.125, 0)}
	for _, c := range []struct {
		calibrated   *calibrate.Calibrated
		weight, bias string
		note         bool
	}{
		{exact(t, "onnx_qnn", params), "[96 0 160 64]", "[16 -64]", true},
		{handmade(t, "onnx_qnn", params), "[96 0 160 255]", "[16 -65]", false},
	} {
		for v, value := range c.calibrated.Graph.Values {
			if value.Name == "conv.bias" {
				c.calibrated.Graph.Values[v].Const.F = []float32{0.25, -1.01}
			}
		}
		files, notes, err := Export(t.Context(), "onnx_qnn", "small", c.calibrated)
		if err != nil {
			t.Fatal(err)
		}
		text := listing(t, files[0].Bytes)
		for _, line := range []string{"conv.weight_quantized uint8 [2 2 1 1] " + c.weight, "conv.bias_quantized int32 [2] " + c.bias} {
			if !strings.Contains(text, line) {
				t.Errorf("%q is not in\n%s", line, text)
			}
		}
		if got := strings.Contains(strings.Join(notes, " "), noteMQBenchIntegers); got != c.note {
			t.Errorf("notes %q", notes)
		}
	}
}

// Tengine fuses a convolution with what limits it, and looks up the numbers of that by the convolution's
// name, though it has a quantizer of its own before a ReLU6. MQBench leaves it out for a ReLU.
func TestTengineFuses(t *testing.T) {
	for _, exact := range []bool{false, true} {
		n := newNet(1, 2, 3, 3)
		n.then("Conv", []string{n.weight("a.weight", 0, 2, 2, 1, 1)})
		n.then("Relu", nil)
		n.then("Conv", []string{n.weight("b.weight", 0, 2, 2, 1, 1)})
		n.then("Clip", []string{n.constant("lo", nil, 0), n.constant("hi", nil, 6)})
		n.then("Conv", []string{n.weight("c.weight", 0, 2, 2, 1, 1)})
		c, _ := calibrated(t, n.build(t), preset(t, "tengine_u8", 8, 8))
		c.Recipe.MQBenchExact = exact
		files, _, err := Export(t.Context(), "tengine", "net", c)
		if err != nil {
			t.Fatal(err)
		}
		numbers := map[string]string{}
		for _, line := range strings.Split(strings.TrimSpace(string(files[1].Bytes)), "\n") {
			name, rest, _ := strings.Cut(line, " ")
			numbers[name] = rest
		}
		if got := numbers["Convc"]; got == "" || got != numbers["Clipd"] {
			t.Errorf("exact %v: the convolution before ReLU6 has %q, that %q", exact, got, numbers["Clipd"])
		}
		if got := numbers["Conva"]; exact && got != "" || !exact && got != numbers["Relub"] {
			t.Errorf("exact %v: the convolution before ReLU has %q, that %q", exact, got, numbers["Relub"])
		}
		if len(numbers) != 6-b2i(exact) {
			t.Errorf("exact %v: %v", exact, numbers)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
