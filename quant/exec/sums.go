package exec

import (
	"context"
	"math"
	mathbits "math/bits"

	"github.com/quantscope/quantscope/quant/exec/lower"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Sums is how far the integer sums of a layer can reach, whatever its input. It is proven, not measured: each
// product is as large as the codes of the input allow.
type Sums struct {
	Name     string `json:"name"` // of the node
	Op       string `json:"op"`
	Terms    int    `json:"terms"`   // products of an output element
	Channel  int    `json:"channel"` // output channel whose sum reaches farthest
	Low      int64  `json:"low"`     // of that channel, bias included
	High     int64  `json:"high"`
	Bits     int    `json:"bits"`     // that a signed sum of any channel needs
	Input    []byte `json:"input"`    // codes, less QMin, with which that channel reaches its end that is farther from 0, in the order of its weights in ONNX
	Overflow int    `json:"overflow"` // channels that may leave 32 bits, which run on floats for it
	// Saturating are the pairs of neighbouring products, in ONNX order, whose sum may leave 16 bits: engines that add two products of
	// an unsigned and a signed byte in 16 bits, x86 before VNNI, cut it off.
	Saturating int `json:"saturating"`
	// SevenBits tells that in some order of the products a pair may: weights of 7 bits, -64 to 63, would never.
	SevenBits bool `json:"sevenBits"`
}

// SumsOf are those of the layers of g, its fake-quantizers in it, that run on integers or would but for an
// overflow.
func SumsOf(ctx context.Context, g *graph.Graph) ([]Sums, error) {
	p, err := plan.New(ctx, g, plan.Config{Integer: true}, lower.Operators())
	if err != nil {
		return nil, err
	}
	var list []Sums
	for i, n := range p.Graph.Nodes {
		op := lower.Operators()(n.Op)
		if op.Integers != plan.Layer || op.Layer == nil || p.Codes[n.Inputs[0]] == nil || p.Weight(n.Inputs[1]) == nil {
			continue
		}
		w := op.Layer(p, n)
		s := sumsOf(p.Codes[n.Inputs[0]].Params, p.Integers(i), p.Graph.Values[n.Inputs[1]].Const.Shape, w.Axis)
		if s.Overflow == 0 && !p.Forms[i].Integer {
			continue // on floats for another reason
		}
		s.Name, s.Op, s.Terms = n.Name, n.Op.Type(), w.Terms
		list = append(list, s)
	}
	return list, nil
}

// sumsOf are those of weights [..] with output channels along axis, of inputs with these codes.
func sumsOf(in scheme.QParams, w *plan.IntegerWeights, shape []int, axis int) Sums {
	channels := shape[axis]
	codes := make([][]int8, channels)
	for o, run := range scheme.Channels(shape, axis) {
		codes[o] = append(codes[o], w.Codes[run.From:run.To]...)
	}
	lowest, highest := int64(in.QMin-in.ZeroPoint[0]), int64(in.QMax-in.ZeroPoint[0])
	var s Sums
	farthest := int64(-1)
	for o, list := range codes {
		zero := int64(w.Zero[o%len(w.Zero)])
		var low, high int64
		if w.Bias != nil {
			low, high = int64(w.Bias[o]), int64(w.Bias[o])
		}
		for _, c := range list {
			a, b := (int64(c)-zero)*lowest, (int64(c)-zero)*highest
			low, high = low+min(a, b), high+max(a, b)
		}
		if low < math.MinInt32 || high > math.MaxInt32 {
			s.Overflow++
		}
		s.Bits = max(s.Bits, mathbits.Len64(uint64(max(high, -low-1)))+1)
		if far := max(high, -low); far > farthest {
			farthest = far
			s.Channel, s.Low, s.High = o, low, high
			s.Input = s.Input[:0]
			for _, c := range list {
				at := byte(0)
				if (int64(c) > zero) == (high >= -low) {
					at = byte(in.QMax - in.QMin)
				}
				s.Input = append(s.Input, at)
			}
		}
		if in.QMin >= 0 {
			s.pairs(list, int64(in.QMax))
		}
	}
	return s
}

// pairs counts what two products of a channel's codes may do to 16 bits.
func (s *Sums) pairs(list []int8, most int64) {
	leaves := func(a, b int8) bool {
		up, down := max(int64(a), 0)+max(int64(b), 0), min(int64(a), 0)+min(int64(b), 0)
		return up*most > math.MaxInt16 || down*most < math.MinInt16
	}
	for k := 0; k+1 < len(list); k += 2 {
		if leaves(list[k], list[k+1]) {
			s.Saturating++
		}
	}
	var top, bottom [2]int8 // the two farthest to each side
	for _, c := range list {
		if c > top[0] {
			c, top[0] = top[0], c
			top[1] = max(top[1], c)
		} else if top[1] = max(top[1], c); c < bottom[0] {
			c, bottom[0] = bottom[0], c
			bottom[1] = min(bottom[1], c)
		} else {
			bottom[1] = min(bottom[1], c)
		}
	}
	s.SevenBits = s.SevenBits || leaves(top[0], top[1]) || leaves(bottom[0], bottom[1])
}
