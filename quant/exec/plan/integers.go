package plan

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// IntegerWeights are the weights of a layer as integers. Unsigned ones are less 128.
type IntegerWeights struct {
	Codes   []int8    // ONNX order
	Zero    []int32   // one, or one for each output channel
	Bias    []int32   // nil for zeros
	M       []float32 // real value of one unit of the sum, for each output channel
	clipped int       // channels whose bias does not fit
}

// maxBias is the magnitude to which biases are cut off: the sums of products have the rest of an int32.
const maxBias = 1<<30 - 1

// Integers gives the integer weights of node i, with a following BatchNormalization folded into multiplier
// and bias. A bias that does not fit is saturated. A channel that the BatchNormalization multiplies by 0 keeps
// only its bias; one whose codes are all zero, and whose scale therefore means nothing, gets a unit in which
// its bias fits.
func (p *Plan) Integers(i int) *IntegerWeights {
	w := p.integers[i]
	if w == nil {
		w = p.integersOf(i)
		p.integers[i] = w
	}
	return w
}

func (p *Plan) integersOf(i int) *IntegerWeights {
	g, n := p.Graph, p.Graph.Nodes[i]
	axis := p.operators(n.Op).Layer(p, n).Axis
	c := g.Values[n.Inputs[1]].Const
	q := p.Weight(n.Inputs[1])
	o := c.Shape[axis]
	w := &IntegerWeights{M: make([]float32, o)}
	w.Codes, w.Zero = p.signedCodes(n.Inputs[1], q)
	var f, shift []float32
	if bn := p.Norms[i]; bn >= 0 {
		f, shift = NormFactors(g, g.Nodes[bn])
		if slices.Contains(f, 0) {
			w.Codes = slices.Clone(w.Codes)
		}
	}
	var bias []float32
	if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
		bias = p.Numbers(n.Inputs[2])
	}
	if bias != nil || f != nil {
		w.Bias = make([]int32, o)
	}
	sx := p.inputs[i]
	inner := len(w.Codes) / o
	for i := range w.M {
		w.M[i] = sx * q.Params.Scale[i%len(q.Params.Scale)]
		b := float32(0)
		if bias != nil {
			b = bias[i%len(bias)]
		}
		dead := w.dead(axis, i)
		if f != nil && f[i] == 0 {
			for k := range w.Codes[i*inner : (i+1)*inner] { // a BatchNormalization follows only convolutions: channels come first
				w.Codes[i*inner+k] = int8(w.Zero[i%len(w.Zero)])
			}
			b = shift[i]
		} else if f != nil {
			b = float32(b*f[i]) + shift[i]
			w.M[i] *= f[i]
		}
		if fits := float32(math.Abs(float64(b)) / (1 << 29)); dead && fits > float32(math.Abs(float64(w.M[i]))) {
			w.M[i] = fits
		}
		if w.Bias != nil {
			q := math.RoundToEven(float64(b) / float64(w.M[i]))
			if math.Abs(q) > maxBias {
				w.clipped++
			}
			w.Bias[i] = int32(min(max(q, -maxBias), maxBias))
		}
	}
	return w
}

// Numbers are the elements of constant v in ONNX order, fake-quantized where it has quantizers; integers as
// float32, which is how the arena holds them too.
func (p *Plan) Numbers(v graph.ValueID) []float32 {
	c := p.Graph.Values[v].Const
	x := Floats(c)
	for _, q := range p.Quants[v] {
		if q.Codes == nil {
			y := make([]float32, len(x))
			q.Params.FakeQuantize(y, x, c.Shape, q.Rule)
			x = y
		}
	}
	return x
}

// Floats are the elements of t as float32.
func Floats(t *graph.Tensor) []float32 {
	if t.DType == graph.Float32 {
		return t.F
	}
	x := make([]float32, len(t.I))
	for i, n := range t.I {
		x[i] = float32(n)
	}
	return x
}

// dead tells of output channel i of len(w.M), along axis, whether all its codes are its zero point.
func (w *IntegerWeights) dead(axis, i int) bool {
	inner := len(w.Codes) / len(w.M)
	at, step := i*inner, 1
	if axis == 1 {
		at, step = i, len(w.M)
	}
	zero := w.Zero[i%len(w.Zero)]
	for range inner {
		if int32(w.Codes[at]) != zero {
			return false
		}
		at += step
	}
	return true
}

// signedCodes gives the codes and zero points of weight v as q quantizes it, unsigned ones less 128. The codes may
// be the file's, and are those of every reader.
func (p *Plan) signedCodes(v graph.ValueID, q *Quant) (codes []int8, zero []int32) {
	shift := int32(0)
	if q.Params.QMin >= 0 {
		shift = 128
	}
	zero = append([]int32(nil), q.Params.ZeroPoint...)
	for i := range zero {
		zero[i] -= shift
	}
	if q.Codes != nil {
		return q.Codes, zero
	}
	codes, made := p.codes[v]
	if !made {
		c := p.Graph.Values[v].Const
		wide := make([]int32, len(c.F))
		q.Params.Quantize(wide, c.F, c.Shape, q.Rule)
		codes = make([]int8, len(wide))
		for i, v := range wide {
			codes[i] = int8(v - shift)
		}
		p.codes[v] = codes
	}
	return codes, zero
}

// NormFactors turn a BatchNormalization into y = x·f + shift: f = scale/sqrt(var + epsilon),
// shift = bias - mean·f. float32, each operation rounded.
func NormFactors(g *graph.Graph, n graph.Node) (f, shift []float32) {
	epsilon := n.Op.(graph.BatchNormalization).Epsilon
	scale, bias := g.Values[n.Inputs[1]].Const.F, g.Values[n.Inputs[2]].Const.F
	mean, variance := g.Values[n.Inputs[3]].Const.F, g.Values[n.Inputs[4]].Const.F
	f, shift = make([]float32, len(scale)), make([]float32, len(scale))
	for c := range scale {
		sd := float32(math.Sqrt(float64(variance[c] + epsilon)))
		f[c] = scale[c] / sd
		shift[c] = bias[c] - float32(mean[c]*f[c])
	}
	return f, shift
}
