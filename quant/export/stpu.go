package export

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/onnx"
)

// writeSTPU gives <name>_for_stpu.onnx, the deploy model, and <name>_stpu_minmax.json: for each tensor
// min and max = ∓127·s, for a layer's weight "<node>_weights", for its bias "<node>_bias" {alpha:
// s_x·s_w, zero_point: 0}, and for the outputs of convolutions, linear layers and resizing emin, the
// exponent that their sums are aligned to. Products with constants go into the convolution before them.
// What a ReLU makes is the range of what it reads too. What a sigmoid makes, that of a SiLU too, which the
// file has as a sigmoid and a product, is from -1 to 1.
func writeSTPU(ctx context.Context, c *calibrate.Calibrated, name string) ([]File, []string, error) {
	if err := firstOf(plain(c), symmetric(c), perTensor(c)); err != nil {
		return nil, nil, err
	}
	g := deployed(c)
	grown := foldMul(g)
	model, notes, err := deployFile(ctx, name+"_for_stpu.onnx", c, g)
	if err != nil {
		return nil, nil, err
	}
	o := stpuRanges(c, g, grown)
	if err := o.sigmoids(model.Bytes); err != nil {
		return nil, nil, err
	}
	doc := o.document()
	if err := sameDocument(doc, o); err != nil {
		return nil, nil, fmt.Errorf("the ranges do not read back: %w", err)
	}
	return []File{model, {name + "_stpu_minmax.json", doc}}, notes, nil
}

// stpu is the document in the making.
type stpu struct {
	g    *graph.Graph
	max  []float32 // 127·s of each value, 0 for none
	emin []int     // of each value, noEmin for none
}

const noEmin = math.MinInt

func stpuRanges(c *calibrate.Calibrated, g *graph.Graph, grown []float32) object {
	s := stpu{g, make([]float32, len(g.Values)), make([]int, len(g.Values))}
	for v := range s.emin {
		s.emin[v] = noEmin
	}
	for _, r := range activationRanges(c, g) {
		s.max[r.value] = 127 * r.params.Scale[0]
	}
	for i, q := range c.Quantizers {
		if q.Weight {
			s.max[q.Value] = 127 * c.Params[i].Scale[0] * grown[q.Value]
		}
	}
	producer := g.Producers()
	for _, n := range g.Nodes {
		out := n.Outputs[0]
		switch n.Op.(type) {
		case graph.Sigmoid:
			s.max[out] = 1
		case graph.Relu:
			if p := producer[n.Inputs[0]]; p >= 0 && s.max[out] > 0 {
				s.max[n.Inputs[0]] = s.max[out]
			}
		}
	}
	for _, n := range g.Nodes {
		s.align(n)
	}
	var o object
	for v, value := range g.Values {
		if s.max[v] > 0 && value.Const == nil {
			o = append(o, s.entry(value.Name, graph.ValueID(v)))
		}
	}
	for _, n := range g.Nodes {
		if !layer(n) || s.max[n.Inputs[1]] == 0 {
			continue
		}
		w := s.max[n.Inputs[1]]
		o = append(o, member{n.Name + "_weights", object{{"min", -w}, {"max", w}}})
		if len(n.Inputs) > 2 && n.Inputs[2] != graph.None && s.max[n.Inputs[0]] > 0 {
			alpha := (w / 127) * (s.max[n.Inputs[0]] / 127)
			o = append(o, member{n.Name + "_bias", object{{"alpha", alpha}, {"zero_point", 0}}})
		}
	}
	return o
}

// sigmoids adds the range of every sigmoid that a file has and the graph has not, being part of a SiLU there.
func (o *object) sigmoids(file []byte) error {
	m, err := onnx.Decode(file)
	if err != nil {
		return err
	}
	for _, n := range m.Graph.Nodes {
		if n.OpType != "Sigmoid" {
			continue
		}
		if !slices.ContainsFunc(*o, func(m member) bool { return m.name == n.Outputs[0] }) {
			*o = append(*o, member{n.Outputs[0], object{{"min", float32(-1)}, {"max", float32(1)}}})
		}
	}
	return nil
}

func layer(n graph.Node) bool {
	switch n.Op.(type) {
	case graph.Conv, graph.ConvTranspose, graph.Gemm:
		return true
	}
	return false
}

func (s stpu) entry(name string, v graph.ValueID) member {
	o := object{{"min", -s.max[v]}, {"max", s.max[v]}}
	if s.emin[v] != noEmin {
		o = append(o, member{"emin", s.emin[v]})
	}
	return member{name, o}
}

// align sets the emin of what a node makes, after MQBench: with e the biased float32 exponent of the
// largest sum to expect, e − 10 for a convolution, e − 20 for resizing, 128 for a linear layer.
func (s stpu) align(n graph.Node) {
	out := n.Outputs[0]
	if s.max[out] == 0 {
		return
	}
	switch n.Op.(type) {
	case graph.Resize:
		s.emin[out] = exponent(s.max[out]) - 20
	case graph.Gemm:
		s.emin[out] = 128
	case graph.Conv, graph.ConvTranspose:
		shape := s.g.Values[n.Inputs[1]].Shape
		terms := float32(math.Sqrt(float64(graph.Len(shape[1:]))))
		sum := float32(terms*s.max[n.Inputs[0]]) * s.max[n.Inputs[1]]
		s.emin[out] = exponent(max(sum, s.max[out])) - 10
	}
}

// exponent is the biased exponent of x as a float32: 1 for what is below them, 254 at most, 0 for 0.
func exponent(x float32) int {
	if x == 0 {
		return 0
	}
	return min(max(int(math.Float32bits(x)>>23&0xff), 1), 254)
}
