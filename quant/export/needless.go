package export

import (
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// needless tells whether node n is a Clip that its quantizer makes again: its bounds have the lowest and the
// highest code, so that QuantizeLinear gives the same codes without it. A QDQ file leaves it out, because ONNX
// Runtime (1.30) sees as much, and makes an invalid network of it: "two nodes with same node name". With a
// lower bound of 0 it does not, and the node stays.
func needless(c *calibrate.Calibrated, of []int, params []scheme.QParams, n graph.Node) bool {
	clip, ok := n.Op.(graph.Clip)
	if !ok || clip.Lo == 0 {
		return false
	}
	x, y := n.Inputs[0], n.Outputs[0]
	if of[y] < 0 || of[x] >= 0 || slices.Contains(c.Graph.Outputs, y) || slices.Contains(c.Graph.Outputs, x) || slices.Contains(c.Graph.Inputs, x) {
		return false
	}
	p := params[of[y]]
	if len(p.Scale) != 1 || !saturates(p) {
		return false
	}
	var codes [2]int32
	p.Quantize(codes[:], []float32{clip.Lo, clip.Hi}, []int{2}, scheme.ONNX)
	return codes == [2]int32{p.QMin, p.QMax}
}
