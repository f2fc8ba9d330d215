package export

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/onnx"
)

// Paddings by nothing are dropped, also one behind the other, but not the one that makes the output; a
// padding by something stays.
func TestZeroPadsAreDropped(t *testing.T) {
	n := newNet(1, 2, 4, 4)
	n.then("Pad", []string{n.ints("a", 0, 0, 0, 0, 0, 0, 0, 0)})
	n.then("Pad", []string{n.ints("b", 0, 0, 0, 0, 0, 0, 0, 0)})
	n.then("Conv", []string{n.weight("w", 0, 2, 2, 3, 3)})
	n.then("Pad", []string{n.ints("c", 0, 0, 1, 1, 0, 0, 0, 0)})
	n.then("Conv", []string{n.weight("v", 0, 2, 2, 1, 1)})
	n.then("Pad", []string{n.ints("d", 0, 0, 0, 0, 0, 0, 0, 0)})
	c, _ := calibrated(t, n.build(t), preset(t, "snpe", 8, 8))
	g := deployed(c)
	var kept []string
	for _, node := range g.Nodes {
		kept = append(kept, node.Name+"("+g.Values[node.Inputs[0]].Name+")")
	}
	if got, want := strings.Join(kept, " "), "Convc(x) Padd(Convc) Conve(Padd) Padf(Conve)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, node := range c.Graph.Nodes[:3] {
		if node.Name == "Convc" && c.Graph.Values[node.Inputs[0]].Name != "Padb" {
			t.Error("the network itself was changed")
		}
	}
}

// What flattening or resizing leads to a quantized tensor has its range, however long the way is.
func TestRangesGoBack(t *testing.T) {
	n := newNet(1, 2, 4, 4)
	n.then("Conv", []string{n.weight("w", 0, 2, 2, 1, 1)})
	n.then("Sigmoid", nil)
	n.then("Resize", []string{"", n.constant("scales", []int64{4}, 1, 1, 2, 2)}, onnx.Text("mode", "nearest"))
	n.then("Flatten", nil)
	n.then("Gemm", []string{n.weight("v", 1, 128, 3)})
	c, _ := calibrated(t, n.build(t), preset(t, "tensorrt", 8, 8))
	ranges := map[string]float32{}
	for _, r := range activationRanges(c, deployed(c)) {
		ranges[r.name] = bound(r.params)
	}
	if want := ranges["Flattend"]; want == 0 || ranges["Resizec"] != want || ranges["Sigmoidb"] == 0 {
		t.Errorf("%v", ranges)
	}
	if len(ranges) != 4 { // x too, but not the convolution
		t.Errorf("%v", ranges)
	}
}
