package export

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// told is what Compare says of one backend: "tensor: kinds", in order.
func told(changes []Change, backend string) []string {
	var lines []string
	for _, c := range changes {
		if c.Backend == backend {
			var kinds []string
			for _, k := range c.What {
				kinds = append(kinds, string(k))
			}
			lines = append(lines, c.Tensor+": "+strings.Join(kinds, ", "))
		}
	}
	return lines
}

// What other backends make of a network calibrated for TensorRT, worked out by hand: its weights are 1,
// -2, 3, 8 in two channels and 0.5, -0.5; 0.25, 1; -2, 0 in three.
func TestCompare(t *testing.T) {
	c := handmade(t, "tensorrt", map[string]numbers{
		"x":           one(0.5, 0),                                   // -63.5 to 63.5
		"conv.weight": {[]float32{2. / 127, 8. / 127}, 0},            // -8 to 8
		"relu_out":    one(0.25, 0),                                  // -31.75 to 31.75, of which ReLU leaves 0 on
		"flatten_out": one(0.125, 0),                                 // as above
		"fc.weight":   {[]float32{0.5 / 127, 1. / 127, 2. / 127}, 0}, // -2 to 2
	})
	changes, err := Compare(c)
	if err != nil {
		t.Fatal(err)
	}
	for backend, want := range map[string][]string{
		"tensorrt": nil, // its own
		"qdq":      nil, // the same
		// The greatest numbers are powers of 2^(1/16): 64, 32 and 16 are nearest.
		"nnie": {"x: range, grid", "conv.weight: grid", "relu_out: range, grid", "flatten_out: range, grid", "fc.weight: grid"},
		// Unfused, but there is no batch normalisation; the pool's input stays float.
		"academic": {"flatten_out: range, zero point", "relu_out: skipped"},
		"snpe": {
			"conv.weight: range, zero point, scales", "relu_out: range, zero point", "flatten_out: range, zero point",
			"fc.weight: range, zero point, scales", "fc_out: added"},
		"openvino": {"conv.weight: bits", "relu_out: range, zero point", "gap_out: added", "fc.weight: bits", "flatten_out: skipped"},
		"onnx_qnn": {
			"conv.weight: range, zero point, scales", "relu_out: range, zero point", "gap_out: added", "flatten_out: skipped", "fc.weight: skipped"},
	} {
		if got := told(changes, backend); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", backend, got, want)
		}
	}
	for _, change := range changes {
		if change.Backend != "snpe" {
			continue
		}
		// -2 to 8 in 255 steps: zero is 51 of them above the lowest.
		if change.Tensor == "conv.weight" && (change.Before.ZeroPoint != 128 || change.After.ZeroPoint != 51 || change.After.Scales != 1) {
			t.Errorf("conv.weight: %+v", change)
		}
		if change.Tensor == "relu_out" && fmt.Sprint(change.After) != "{0 31.75 0 8 1 }" {
			t.Errorf("relu_out: %+v", change)
		}
	}
}
