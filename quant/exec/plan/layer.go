package plan

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Weights are those of a layer, as its integer kernel sees them.
type Weights struct {
	Axis      int    // of the weight's dimensions, that of the output channels
	Depthwise bool   // each output channel reads one input channel and may have a zero point of its own
	Terms     int    // products that make up an output element
	Not       string // what its integer kernel cannot do, or empty
}

// whyLayer tells why node n is no layer of integers; its weights are w. It is one if weights and bias are
// constant, the weights quantized to at most 8 bits for all or for each output channel, with one zero point
// unless it is depthwise.
func (p *Plan) whyLayer(n graph.Node, w Weights) Form {
	x, wv := n.Inputs[0], n.Inputs[1]
	q := p.Weight(wv)
	switch {
	case p.Codes[x] == nil:
		return p.without("its input", x)
	case !p.constant(n.Inputs[1:]):
		return Form{Why: "its weights are computed while running"}
	case q == nil:
		return p.without("its weight", wv)
	case w.Not != "":
		return Form{Why: w.Not}
	case q.Params.Block > 0:
		return Form{Why: "its weights have a scale for each block of inputs"}
	case q.Params.Axis >= 0 && q.Params.Axis != w.Axis:
		return Form{Why: "there is no integer kernel for such a " + n.Op.Type()}
	}
	for _, z := range q.Params.ZeroPoint {
		if z != q.Params.ZeroPoint[0] && !w.Depthwise {
			return Form{Why: "its weights have a zero point for each channel"}
		}
	}
	return Form{}
}

// layer decides about node i, whose weights are w.
func (p *Plan) layer(i int, n graph.Node, w Weights) Form {
	if q := p.Codes[n.Inputs[0]]; q != nil {
		p.inputs[i] = q.Params.Scale[0]
	}
	if why := p.whyLayer(n, w); why != (Form{}) || !p.Integer && w.Terms <= safeTerms {
		why.Integer = why.Why == ""
		return why
	}
	integers := p.Integers(i)
	if channels := p.overflows(n, w, integers); channels > 0 {
		return Form{Why: fmt.Sprintf("the sums of %d of its channels, of %d products each, %s", channels, w.Terms, TooWide)}
	}
	if integers.clipped > 0 {
		return Form{Integer: true, Why: fmt.Sprintf("the bias of %d of its channels is too large for its scale and is cut off", integers.clipped)}
	}
	return Form{Integer: true}
}

// Weight is the quantizer of constant v, nil if it has none of at most 8 bits.
func (p *Plan) Weight(v graph.ValueID) *Quant {
	for _, q := range p.Quants[v] {
		if InByte(q.Params) {
			return q
		}
	}
	return nil
}

// safeTerms is how many products of a code of 8 bits and a weight of 8 bits always fit beside a bias.
const safeTerms = (1<<31 - 1 - maxBias) / (255 * 255)

// TooWide ends what is said of a layer whose integer sums may leave int32.
const TooWide = "may not fit into 32 bits"

// overflows counts the output channels of n whose sums may leave int32: the exact bound, the magnitude of the
// bias and that of each weight times the input that is farthest from its zero point.
func (p *Plan) overflows(n graph.Node, w Weights, integers *IntegerWeights) int {
	if w.Terms <= safeTerms {
		return 0
	}
	in := p.Codes[n.Inputs[0]].Params
	farthest := int64(max(in.QMax-in.ZeroPoint[0], in.ZeroPoint[0]-in.QMin))
	c := p.Graph.Values[n.Inputs[1]].Const
	bounds := make([]int64, c.Shape[w.Axis])
	for o := range bounds {
		if integers.Bias != nil {
			bounds[o] = int64(max(integers.Bias[o], -integers.Bias[o]))
		}
	}
	for o, run := range scheme.Channels(c.Shape, w.Axis) {
		z := integers.Zero[o%len(integers.Zero)]
		for _, code := range integers.Codes[run.From:run.To] {
			bounds[o] += farthest * int64(max(int32(code)-z, z-int32(code)))
		}
	}
	count := 0
	for _, b := range bounds {
		if b > math.MaxInt32 {
			count++
		}
	}
	return count
}
