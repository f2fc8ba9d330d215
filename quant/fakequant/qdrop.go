package fakequant

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/quantscope/quantscope/quant/scheme"
)

// QDrop is MQBench's QDropFakeQuantize (spec §2.9), for activations while a block is reconstructed:
// each value is quantized with Probability, else left as it is. The scale is trained, without LSQ's
// factor; the zero point is not. With probability 1 it is plain quantization, and so it is executed.
// [Q] MQBench divides by the scale, whatever the rule.
type QDrop struct {
	Scale, GradScale []float32
	Probability      float64    // 1 at first
	Random           *rand.Rand // says which, where Probability is below 1
	params           scheme.QParams
	rule             scheme.Rule
	kept             []bool // of the last Forward, which Backward is of; nil for none
}

func newQDrop(c Config) FakeQuantizer {
	q := &QDrop{Probability: 1, rule: c.Rule}
	if c.Exact {
		q.rule = scheme.ONNX
	}
	q.Load(start(c), nil, nil)
	return q
}

func (q *QDrop) Load(p scheme.QParams, _, _ []float32) {
	q.params = p
	q.Scale, q.GradScale = slices.Clone(p.Scale), make([]float32, len(p.Scale))
}

func (q *QDrop) Params() scheme.QParams {
	p := q.params
	p.Scale = slices.Clone(q.Scale)
	for i, s := range p.Scale {
		p.Scale[i] = max(s, scheme.Epsilon)
	}
	return p
}

// Parameters is the scale.
func (q *QDrop) Parameters() []Parameter { return []Parameter{{"scale", q.Scale, q.GradScale}} }

func (q *QDrop) Forward(y, x []float32, shape []int) {
	q.kept = nil
	if q.Probability >= 1 {
		q.Params().FakeQuantize(y, x, shape, q.rule)
		return
	}
	z := make([]float32, len(x))
	q.Params().FakeQuantize(z, x, shape, q.rule)
	q.kept = make([]bool, len(x))
	for i := range x {
		q.kept[i] = q.Random.Float64() >= q.Probability
		if q.kept[i] {
			z[i] = x[i]
		}
	}
	copy(y, z)
}

// Backward is of the last Forward: where a value was quantized and in range dx = dy and ds = dy·(q − z −
// x/s), out of range dx = 0 and ds = dy·(q − z); where it was kept dx = dy.
func (q *QDrop) Backward(dx, dy, x []float32, shape []int) {
	p := q.Params()
	for c, run := range p.Groups(shape, len(x)) {
		s, z, sum := p.Scale[c], float32(p.ZeroPoint[c]), 0.0
		for i := run.From; i < run.To; i++ {
			d := dy[i]
			dx[i] = d
			if q.kept != nil && q.kept[i] {
				continue
			}
			u := p.Unclamped(x[i], c, q.rule)
			code := float32(math.Min(math.Max(float64(u), float64(p.QMin)), float64(p.QMax)))
			g := code - z
			if inRange(p, u) {
				g -= x[i] / s
			} else {
				dx[i] = 0
			}
			sum += float64(d * g)
		}
		q.GradScale[c] += float32(sum)
	}
}
