package train

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Reconstruction is one step of AdaRound, BRECQ or QDrop on a part of a network as a graph (spec §5): how far each
// weight is rounded up, and scales of activations, learn to give the float part's output.
//
// Its inputs are those of the part for a batch; with Drop a mask for each of Scales, in their order, as large as what
// is quantized: 1 where it is, 0 where it passes as it is; then the target, and the scalars rate, scaleRate, bias1,
// bias2, exponent and share. Rates are those of Adam, bias1 and bias2 its 1 - βᵗ, exponent and share those of the
// rounding loss. Outputs are the reconstruction loss, which is the mean over batch and space of the sum over channels
// of (y - target)², and the rounding loss times share.
type Reconstruction struct {
	Graph  *graph.Graph
	Params []Parameter
	Alphas []int // of Params, in the order of the part's weights
	Scales []int // of Params, in the order of the part's nodes; none where they do not learn
}

// Rounding is a weight whose rounding is learned.
type Rounding struct {
	Value  graph.ValueID // a constant of the part
	Params scheme.QParams
}

// Codes are the weight's codes rounded down, ⌊w/s⌋ + z.
func (r Rounding) Codes(w []float32, shape []int) []float32 {
	down := make([]float32, len(w))
	for c, run := range r.Params.Groups(shape, len(w)) {
		for i := run.From; i < run.To; i++ {
			down[i] = float32(math.Floor(float64(w[i]/r.Params.Scale[c]))) + float32(r.Params.ZeroPoint[c])
		}
	}
	return down
}

// NewReconstruction makes the step of a part for n items. roundings are its weights, learn tells whether the scales of
// its FakeQuantize nodes learn, drop whether those pass some of their elements.
func NewReconstruction(part *graph.Graph, roundings []Rounding, learn, drop bool, n int) (*Reconstruction, error) {
	g, err := WithBatch(part, n)
	if err != nil {
		return nil, err
	}
	t := &stepper{cfg: Config{FreezeNorm: true}, blocks: Blocks{}, old: g, made: map[graph.ValueID]graph.ValueID{}}
	t.emit = emit{Builder: graph.NewBuilder(g.Name), at: "reconstruction"}
	for _, v := range g.Inputs {
		t.made[v] = t.Input(g.Values[v].Name, graph.Float32, g.Values[v].Shape...)
	}
	r := &Reconstruction{}
	up := map[graph.ValueID]graph.ValueID{} // h of weights
	for _, x := range roundings {
		t.rounded(r, x, up)
	}
	for _, node := range g.Nodes {
		for _, v := range node.Inputs {
			if _, ok := t.made[v]; !ok && v != graph.None {
				x := g.Values[v]
				t.made[v] = t.Value(graph.Value{Name: t.Name(x.Name), DType: x.DType, Shape: x.Shape, Const: x.Const})
			}
		}
		q, quantizes := node.Op.(graph.FakeQuantize)
		if !quantizes || !learn || q.Params.Grid != scheme.Integers || g.Values[node.Inputs[0]].Const != nil {
			if err := t.node(node); err != nil {
				return nil, err
			}
			continue
		}
		x := t.made[node.Inputs[0]]
		y, p := t.scaled(q, node.Name, x)
		r.Scales = append(r.Scales, p)
		if drop {
			mask := t.Input(node.Name+".mask", graph.Float32, t.shape(x)...)
			y = t.add(t.mul(mask, y), t.mul(t.from(1, mask), x))
		}
		t.made[node.Outputs[0]] = y
	}
	return r, t.reconstruct(r, roundings, up)
}

// rounded appends a weight as it is rounded softly, s·(clamp(⌊w/s⌋ + z + h) - z), h = clamp(1.2·σ(α) - 0.1).
func (t *stepper) rounded(r *Reconstruction, x Rounding, up map[graph.ValueID]graph.ValueID) {
	v := t.old.Values[x.Value]
	t.at = v.Name
	q := quantizer{emit: t.emit, axis: x.Params.Axis, qmin: x.Params.QMin, qmax: x.Params.QMax}
	q.x = t.vector(v.Shape, x.Codes(v.Const.F, v.Shape)...)
	q.fix(x.Params)
	alpha := t.parameter(v.Name+".alpha", v.Shape, fakequant.Alpha(v.Const.F, v.Shape, x.Params))
	r.Alphas = append(r.Alphas, alpha)
	a := t.params[alpha].Value
	t.leaf(a, alpha)
	h := t.unary(graph.Clip{Lo: 0, Hi: 1}, t.plus(t.times(t.unary(graph.Sigmoid{}, a), fakequant.Zeta-fakequant.Gamma), fakequant.Gamma))
	up[x.Value] = h
	codes := t.unary(graph.Clip{Lo: float32(q.qmin), Hi: float32(q.qmax)}, t.add(q.x, h))
	t.made[x.Value] = t.mul(t.sub(codes, q.zero), q.scale)
}

// scaled appends a fake-quantizer whose scale learns, and gives the parameter. Its zero point stays.
func (t *stepper) scaled(q graph.FakeQuantize, name string, x graph.ValueID) (graph.ValueID, int) {
	t.at = name
	scales := []int{len(q.Params.Scale)}
	p := t.parameter(name+".scale", scales, q.Params.Scale)
	f := Learned{
		Scale: t.params[p].Value, Zero: t.vector(scales, q.Params.Zeros()...), Axis: q.Params.Axis, QMin: q.Params.QMin, QMax: q.Params.QMax,
		Rule: scheme.ONNX, Plain: true, // x/s, as MQBench's QDrop
	}
	y, s, _ := f.Quantize(t.Builder, t.blocks, name, x)
	t.leaf(s, p)
	return y, p
}

// reconstruct adds losses, gradients and updates.
func (t *stepper) reconstruct(r *Reconstruction, roundings []Rounding, up map[graph.ValueID]graph.ValueID) error {
	t.at = "loss"
	y := t.made[t.old.Outputs[0]]
	shape := t.shape(y)
	if len(shape) < 2 {
		return fmt.Errorf("quant/train: the output %q of a part has shape %v; a batch and channels can be reconstructed", t.old.Values[t.old.Outputs[0]].Name, shape)
	}
	target := t.Input("target", graph.Float32, shape...)
	scalar := func(name string) graph.ValueID { return t.Input(name, graph.Float32) }
	rate, scaleRate, bias1, bias2, exponent, share := scalar("rate"), scalar("scaleRate"), scalar("bias1"), scalar("bias2"), scalar("exponent"), scalar("share")
	d := t.sub(y, target)
	all := make([]int, len(shape))
	for a := range all {
		all[a] = a
	}
	rec := t.times(t.sum(t.mul(d, d), false, all...), float32(shape[1])/float32(graph.Len(shape)))
	round := t.scalar(0)
	for _, x := range roundings {
		round = t.add(round, t.regular(up[x.Value], exponent))
	}
	round = t.mul(round, share)
	loss := t.add(rec, round)
	wrt := make([]graph.ValueID, len(t.leaves))
	for i, l := range t.leaves {
		wrt[i] = l.value
	}
	grads, err := Gradients(t.Builder, loss, wrt, t.blocks)
	if err != nil {
		return err
	}
	adam := Optimizer{Kind: "adam"}.defaults()
	learned := len(r.Alphas)
	for i, l := range t.leaves {
		if grads[i] == graph.None {
			continue
		}
		t.at = t.params[l.param].Name
		states := make([]int, adam.states())
		values := make([]graph.ValueID, adam.states())
		for k := range states {
			states[k] = t.parameter(fmt.Sprintf("optimizer.%d.%s", k, t.at), t.shape(l.value), nil)
			values[k] = t.params[states[k]].Value
		}
		by := rate
		if i >= learned {
			by = scaleRate
		}
		w, next := adam.update(t.emit, l.value, grads[i], values, by, bias1, bias2)
		t.params[l.param].Next, t.params[l.param].Grad = w, grads[i]
		for k, p := range states {
			t.params[p].Next = next[k]
		}
	}
	for _, p := range t.params {
		t.Graph.Inputs = append(t.Graph.Inputs, p.Value)
	}
	r.Params = t.params
	r.Graph, err = t.Done(rec, round)
	return err
}

// regular is Σ 1 - |2h - 1|^b, whose gradient is -2b·|2h - 1|^(b-1)·sign(2h - 1).
func (t *stepper) regular(h, exponent graph.ValueID) graph.ValueID {
	axes := make([]int, len(t.shape(h)))
	for a := range axes {
		axes[a] = a
	}
	x := t.plus(t.times(h, 2), -1)
	size := t.unary(graph.Abs{}, x)
	loss := t.sum(t.from(1, t.op("pow", graph.Pow{}, size, exponent)), false, axes...)
	t.blocks[loss] = Block{Inputs: []graph.ValueID{h}, grad: func(l *local) ([]graph.ValueID, error) {
		return l.each(func() graph.ValueID {
			sign := l.sub(l.unary(graph.Within{Lo: 0, Hi: infinite(1)}, x), l.unary(graph.Within{Lo: infinite(-1), Hi: 0}, x))
			power := l.mul(l.op("pow", graph.Pow{}, size, l.plus(exponent, -1)), l.times(exponent, -2))
			return l.mul(l.mul(power, sign), l.g())
		})
	}}
	return loss
}
