package export

import (
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// biasScale gives the scales of a node's bias, s_x·s_w for each output channel or one for all, where
// the node is a layer whose input and weight are quantized and whose bias adds to their integer
// products one for one, which those of blocks do not; else nil. of is the quantizer of each value, an index into params, or -1.
func biasScale(g *graph.Graph, params []scheme.QParams, of []int, n graph.Node) []float32 {
	if len(n.Inputs) < 3 || n.Inputs[2] == graph.None || of[n.Inputs[2]] >= 0 {
		return nil
	}
	bias := g.Values[n.Inputs[2]]
	x, w := of[n.Inputs[0]], of[n.Inputs[1]]
	if x < 0 || w < 0 || bias.Const == nil || bias.DType != graph.Float32 {
		return nil
	}
	op, ok := n.Op.(graph.Weighted)
	if gemm, is := n.Op.(graph.Gemm); !ok || is && (gemm.Alpha != 1 || gemm.Beta != 1) {
		return nil
	}
	times := 1 // how often the weight's channels repeat in the bias
	if axis, groups := op.OutputChannels(); axis == 1 {
		times = groups
	}
	px, pw := params[x], params[w]
	if px.Axis >= 0 || pw.Block > 0 {
		return nil
	}
	scale := make([]float32, 0, times*len(pw.Scale))
	for _, s := range pw.Scale {
		scale = append(scale, float32(px.Scale[0]*s))
	}
	if pw.Axis < 0 {
		return scale
	}
	scale = slices.Repeat(scale, times)
	if len(bias.Shape) == 0 || bias.Shape[len(bias.Shape)-1] != len(scale) {
		return nil // one number for all channels, which have scales of their own
	}
	return scale
}

// bias stores a bias as int32 and adds its DequantizeLinear. Where a number does not fit into an
// int32, the bias stays float and a note says so.
func (in *inserter) bias(n graph.Node, v graph.ValueID, scale []float32) graph.ValueID {
	value := in.c.Graph.Values[v]
	p := scheme.QParams{Scale: scale, ZeroPoint: make([]int32, len(scale)), Axis: -1}
	if len(scale) > 1 {
		p.Axis = len(value.Shape) - 1
	}
	codes, over := biasCodes(value.Const.F, scale)
	if over >= 0 {
		in.Graph.Notes = append(in.Graph.Notes, fmt.Sprintf(
			"The bias %q of node %q stays float: at the scale of its layer, %g, element %d, %g, does not fit into an int32.",
			value.Name, n.Name, scale[over%len(scale)], over, value.Const.F[over]))
		return v
	}
	q := in.Const(value.Name+"_quantized", &graph.Tensor{DType: graph.Int32, Shape: value.Shape, I: codes})
	zero := &graph.Tensor{DType: graph.Int32, Shape: perScale(p), I: make([]int64, len(scale))}
	return in.dequantize(value.Name, q, in.Const(value.Name+"_scale", scales(p)), in.Const(value.Name+"_zero_point", zero), p.Axis)
}

// biasCodes is rhe(b/s) for each element, scale i mod their number for element i. If one does not fit
// into an int32, or is no number, over is its index, else -1.
func biasCodes(b, scale []float32) (codes []int64, over int) {
	codes = make([]int64, len(b))
	for i, x := range b {
		q := math.RoundToEven(float64(x) / float64(scale[i%len(scale)]))
		if !(math.Abs(q) <= math.MaxInt32) {
			return nil, i
		}
		codes[i] = int64(q)
	}
	return codes, -1
}
