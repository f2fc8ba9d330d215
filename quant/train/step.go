package train

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/graph"
)

// Config is what a step does.
type Config struct {
	Optimizer   Optimizer `json:"optimizer"`
	Smoothing   float32   `json:"smoothing,omitempty"`   // of labels
	Distill     float32   `json:"distill,omitempty"`     // share of the loss that is distance to the float network's answers, 0 to 1
	Temperature float32   `json:"temperature,omitempty"` // of the distillation; 1 if 0
	DecayOnly   bool      `json:"decayOnly,omitempty"`   // weight decay is of weights only, of what has several dimensions
	Average     float32   `json:"average,omitempty"`     // share of the past in a moving average of parameters; 0: none
	Clip        float32   `json:"clip,omitempty"`        // greatest 2-norm of all gradients together, which are else made smaller alike; 0: any
	FreezeNorm  bool      `json:"freezeNorm,omitempty"`  // batch normalisation runs by its running statistics, which stay
}

// Parameter is something that a run of steps carries on: a weight, a statistic, or an optimizer's state.
type Parameter struct {
	Name  string // of the constant in the network; of a quantizer, with .scale or .zero_point
	Value graph.ValueID
	Next  graph.ValueID // after the step
	Grad  graph.ValueID // None for what has none
	Start []float32     // nil for zeros

	constant  graph.ValueID // of the network, None if it is none
	quantizer int           // whose parameter it is, -1 if none
	role      string        // which of its parameters, as package fakequant names them
	average   int           // of Params, its moving average; 0 if none
}

// Step is one step of training as a graph: forward, backward, update. Its inputs are those of the
// network for a batch, then the targets [N,K], rows that add up to 1, with Distill the float network's logits
// [N,K], and the learning rate, a scalar. Outputs are loss and logits.
type Step struct {
	Graph  *graph.Graph
	Params []Parameter
	Batch  int
	Loss   graph.ValueID
	Logits graph.ValueID
}

// NewStep makes the step of a calibrated network for n items. What it cannot train is refused by name.
func NewStep(c *calibrate.Calibrated, cfg Config, n int) (*Step, error) {
	if err := cfg.Optimizer.Validate(); err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, fmt.Errorf("quant/train: a batch of %d items", n)
	}
	g, err := WithBatch(c.Graph, n)
	if err != nil {
		return nil, err
	}
	t := &stepper{cfg: cfg, c: c, blocks: Blocks{}, old: g, of: map[graph.ValueID]int{}, made: map[graph.ValueID]graph.ValueID{}, on: map[graph.ValueID][]int{}}
	for i, q := range c.Quantizers {
		t.on[q.Value] = append(t.on[q.Value], i)
	}
	t.emit = emit{Builder: graph.NewBuilder(g.Name), at: "step"}
	if err := t.forward(); err != nil {
		return nil, err
	}
	return t.finish(n)
}

// stepper builds a step.
type stepper struct {
	emit
	cfg    Config
	c      *calibrate.Calibrated
	old    *graph.Graph
	blocks Blocks
	made   map[graph.ValueID]graph.ValueID // by value of old
	params []Parameter
	of     map[graph.ValueID]int   // parameter of a constant of old
	on     map[graph.ValueID][]int // quantizers of a value of old
	leaves []leaf
	logits graph.ValueID
}

// leaf is a value to differentiate for, and the parameter that follows its gradient.
type leaf struct {
	value graph.ValueID
	param int
}

// trained are the inputs of an operator that are trained where they are constants.
func trained(op graph.Op) []int {
	if p, ok := op.(graph.Parametric); ok {
		return p.Parameters()
	}
	return nil
}

// forward copies the network with parameters in place of what is trained, and quantizers as nodes.
func (t *stepper) forward() error {
	learn, follow := map[graph.ValueID]bool{}, map[graph.ValueID]bool{}
	for _, n := range t.old.Nodes {
		if _, ok := n.Op.(graph.BatchNormalization); ok && !t.cfg.FreezeNorm {
			follow[n.Inputs[3]], follow[n.Inputs[4]] = true, true
		}
		for _, i := range trained(n.Op) {
			if i < len(n.Inputs) && n.Inputs[i] != graph.None && t.old.Values[n.Inputs[i]].Const != nil {
				learn[n.Inputs[i]] = true
			}
		}
	}
	for _, m := range t.c.Modules { // the bias of a linear layer that is MatMul and Add
		for _, k := range m.Nodes[1:] {
			if _, ok := t.old.Nodes[k].Op.(graph.Add); ok {
				for _, v := range t.old.Nodes[k].Inputs {
					if t.old.Values[v].Const != nil {
						learn[v] = true
					}
				}
			}
		}
	}
	for _, v := range t.old.Inputs {
		x := t.old.Values[v]
		if x.DType != graph.Float32 {
			return fmt.Errorf("quant/train: input %q has type %v; only float inputs can be trained with", x.Name, x.DType)
		}
		t.made[v] = t.Input(x.Name, x.DType, x.Shape...)
		if err := t.quantize(v); err != nil {
			return err
		}
	}
	for _, n := range t.old.Nodes {
		for _, v := range n.Inputs {
			if _, ok := t.made[v]; ok || v == graph.None {
				continue
			}
			x := t.old.Values[v]
			if !learn[v] && !follow[v] || x.Const == nil {
				t.made[v] = t.Value(graph.Value{Name: t.Name(x.Name), DType: x.DType, Shape: x.Shape, Const: t.source(v)})
			} else {
				p := t.parameter(x.Name, x.Shape, t.source(v).F)
				t.params[p].constant = v
				t.made[v], t.of[v] = t.params[p].Value, p
				if learn[v] {
					t.leaf(t.params[p].Value, p)
				} else {
					t.params[p].Next = t.params[p].Value
				}
			}
			if err := t.quantize(v); err != nil {
				return err
			}
		}
		if err := t.node(n); err != nil {
			return err
		}
		for _, v := range n.Outputs {
			if v == graph.None {
				continue
			}
			if err := t.quantize(v); err != nil {
				return err
			}
		}
	}
	return t.head()
}

// source is constant v, as it was where a fake-quantizer has made another of it: that is done anew in every step.
func (t *stepper) source(v graph.ValueID) *graph.Tensor {
	for _, i := range t.on[v] {
		if fakequant.Transforms(t.c.Quantizers[i].FakeQuant) {
			return t.c.Float.Values[v].Const
		}
	}
	return t.old.Values[v].Const
}

// parameter adds one.
func (t *stepper) parameter(name string, shape []int, start []float32) int {
	v := t.Input(name, graph.Float32, shape...)
	t.Graph.Inputs = t.Graph.Inputs[:len(t.Graph.Inputs)-1] // they come behind what a run is given
	t.params = append(t.params, Parameter{Name: t.Graph.Values[v].Name, Value: v, Next: graph.None, Grad: graph.None, Start: start, constant: graph.None, quantizer: -1})
	return len(t.params) - 1
}

// leaf says that value is what parameter p is in this step.
func (t *stepper) leaf(value graph.ValueID, p int) { t.leaves = append(t.leaves, leaf{value, p}) }

// node copies a node; of a batch normalisation in training the statistics are those of the batch.
func (t *stepper) node(n graph.Node) error {
	in := make([]graph.ValueID, len(n.Inputs))
	for i, v := range n.Inputs {
		if in[i] = graph.None; v != graph.None {
			in[i] = t.made[v]
		}
	}
	t.at = n.Name
	norm, own := n.Op.(graph.BatchNormalization)
	if own = own && !t.cfg.FreezeNorm; own {
		if err := t.statistics(n, in); err != nil {
			return err
		}
	}
	names := make([]string, len(n.Outputs))
	for i, v := range n.Outputs {
		if v != graph.None {
			names[i] = t.Name(t.old.Values[v].Name)
		}
	}
	out, err := t.Apply(n.Op, t.NodeName(n.Name), in, names)
	if err != nil {
		return fmt.Errorf("quant/train: node %q (%s): %w", n.Name, n.Op.Type(), err)
	}
	if own {
		t.blocks[out[0]] = ownNorm(norm, in)
	}
	for i, v := range n.Outputs {
		if v != graph.None {
			t.made[v] = out[i]
		}
	}
	return nil
}

// momentum is the share of a batch in the running statistics, PyTorch's default.
const momentum = 0.1

// statistics puts mean and variance of the batch in the place of the running ones, which follow them:
// r ← 0.9·r + 0.1·batch, the variance unbiased.
func (t *stepper) statistics(n graph.Node, in []graph.ValueID) error {
	x := in[0]
	count := graph.Len(t.shape(x)) / t.shape(x)[1]
	if count < 2 {
		return fmt.Errorf("quant/train: node %q (BatchNormalization): one number a channel has no variance; take a larger batch or freeze the statistics", n.Name)
	}
	for _, v := range n.Inputs[3:5] {
		if t.old.Values[v].Const == nil {
			return fmt.Errorf("quant/train: node %q (BatchNormalization): its statistics are no constants", n.Name)
		}
	}
	out, err := t.Apply(graph.BatchStatistics{}, t.NodeName(t.at+"/statistics"), in[:1], []string{t.Name(t.at + "/mean"), t.Name(t.at + "/variance")})
	if err != nil {
		return fmt.Errorf("quant/train: node %q (BatchNormalization): %w", n.Name, err)
	}
	for i, batch := range []graph.ValueID{out[0], t.times(out[1], float32(count)/float32(count-1))} {
		v := n.Inputs[3+i]
		p := t.of[v]
		t.params[p].Next = t.add(t.times(t.params[p].Next, 1-momentum), t.times(batch, momentum))
	}
	in[3], in[4] = out[0], out[1]
	return nil
}

// logits are the only output, or what a last softmax takes.
func logits(g *graph.Graph) (graph.ValueID, error) {
	if len(g.Outputs) != 1 {
		return graph.None, fmt.Errorf("quant/train: the network has %d outputs; one, of logits, can be trained", len(g.Outputs))
	}
	out := g.Outputs[0]
	if made := g.Producers()[out]; made >= 0 {
		if _, ok := g.Nodes[made].Op.(graph.Softmax); ok {
			out = g.Nodes[made].Inputs[0]
		}
	}
	return out, nil
}

// head makes the logits [N,K].
func (t *stepper) head() error {
	out, err := logits(t.old)
	if err != nil {
		return err
	}
	t.logits = t.made[out]
	shape := t.shape(t.logits)
	if len(shape) < 2 || graph.Len(shape) != shape[0]*shape[1] || shape[1] < 2 {
		return fmt.Errorf("quant/train: output %q has shape %v; classes along axis 1 can be trained", t.old.Values[out].Name, shape)
	}
	t.at = "logits"
	t.logits = t.reshape(t.logits, shape[0], shape[1])
	return nil
}

// finish adds loss, gradients and updates.
func (t *stepper) finish(n int) (*Step, error) {
	if t.cfg.Distill < 0 || t.cfg.Distill > 1 {
		return nil, errors.New("quant/train: the share of distillation is from 0 to 1")
	}
	shape := t.shape(t.logits)
	target := t.Input("target", graph.Float32, shape...)
	loss := graph.None
	if t.cfg.Distill < 1 {
		loss = CrossEntropy(t.Builder, t.blocks, t.logits, target, t.cfg.Smoothing)
	}
	t.at = "loss"
	if t.cfg.Distill > 0 {
		teacher := t.Input("teacher", graph.Float32, shape...)
		temperature := t.cfg.Temperature
		if temperature == 0 {
			temperature = 1
		}
		d := Distill(t.Builder, t.blocks, t.logits, teacher, temperature)
		if loss == graph.None {
			loss = d
		} else {
			loss = t.add(t.times(loss, 1-t.cfg.Distill), t.times(d, t.cfg.Distill))
		}
	}
	rate := t.Input("rate", graph.Float32)
	wrt := make([]graph.ValueID, len(t.leaves))
	for i, l := range t.leaves {
		wrt[i] = l.value
	}
	grads, err := Gradients(t.Builder, loss, wrt, t.blocks)
	if err != nil {
		return nil, err
	}
	t.limit(grads)
	t.update(grads, rate)
	s := &Step{Batch: n, Loss: loss, Logits: t.logits, Params: t.params}
	for _, p := range t.params {
		t.Graph.Inputs = append(t.Graph.Inputs, p.Value)
	}
	if s.Graph, err = t.Done(loss, t.logits); err != nil {
		return nil, fmt.Errorf("quant/train: %w", err)
	}
	return s, nil
}

// limit makes all gradients smaller alike where their norm is above Clip: times min(1, Clip/(norm + 1e-6)), as
// PyTorch's clip_grad_norm_.
func (t *stepper) limit(grads []graph.ValueID) {
	if t.cfg.Clip == 0 {
		return
	}
	t.at = "clip"
	total := graph.None
	for _, g := range grads {
		if g == graph.None {
			continue
		}
		square := t.sum(t.mul(g, g), false, t.others(g, -1)...)
		if total == graph.None {
			total = square
		} else {
			total = t.add(total, square)
		}
	}
	if total == graph.None {
		return
	}
	share := t.over(t.cfg.Clip, t.plus(t.unary(graph.Sqrt{}, total), 1e-6))
	share = t.unary(graph.Clip{Lo: 0, Hi: 1}, share)
	for i, g := range grads {
		if g != graph.None {
			grads[i] = t.mul(g, share)
		}
	}
}

// update appends the optimizer. Parameters that the loss does not depend on stay.
func (t *stepper) update(grads []graph.ValueID, rate graph.ValueID) {
	o := t.cfg.Optimizer.defaults()
	t.at = "optimizer"
	bias1, bias2 := graph.None, graph.None
	if o.states() == 2 { // powers of the betas
		power := func(name string, beta float32) graph.ValueID {
			p := t.parameter("optimizer."+name, nil, []float32{1})
			t.params[p].Next = t.times(t.params[p].Value, beta)
			return t.from(1, t.params[p].Next)
		}
		bias1, bias2 = power("beta1", o.Beta1), power("beta2", o.Beta2)
	}
	for i, l := range t.leaves {
		if grads[i] == graph.None {
			continue
		}
		name := t.params[l.param].Name
		t.at = name
		var states []int
		var state []graph.ValueID
		for k := range o.states() {
			p := t.parameter(fmt.Sprintf("optimizer.%d.%s", k, name), slices.Clone(t.shape(l.value)), nil)
			states, state = append(states, p), append(state, t.params[p].Value)
		}
		own := o
		if t.cfg.DecayOnly && len(t.shape(l.value)) < 2 {
			own.WeightDecay = 0
		}
		w, next := own.update(t.emit, l.value, grads[i], state, rate, bias1, bias2)
		t.params[l.param].Next, t.params[l.param].Grad = w, grads[i]
		for k, p := range states {
			t.params[p].Next = next[k]
		}
		if past := t.cfg.Average; past > 0 {
			p := t.parameter("average."+name, slices.Clone(t.shape(l.value)), t.params[l.param].Start)
			t.params[p].Next = t.add(t.times(t.params[p].Value, past), t.times(w, 1-past))
			t.params[l.param].average = p
		}
	}
}

// Trained is c with what the parameters, or their averages, have become: values gives the elements of one of Params.
func (s *Step) Trained(c *calibrate.Calibrated, values func(p Parameter) []float32) *calibrate.Calibrated {
	out := *c
	g := *c.Graph
	g.Values = slices.Clone(g.Values)
	out.Params = slices.Clone(c.Params)
	fakes := s.fakes(c)
	now := values
	values = func(p Parameter) []float32 {
		if p.average > 0 {
			return now(s.Params[p.average])
		}
		return now(p)
	}
	for _, p := range s.Params {
		switch {
		case p.constant != graph.None:
			w := *g.Values[p.constant].Const
			w.F, w.Codes, w.Params = values(p), nil, nil
			for i, q := range c.Quantizers {
				if t, ok := fakes[i].(fakequant.Transformer); ok && q.Value == p.constant {
					t.Transform(w.F, w.F)
				}
			}
			g.Values[p.constant].Const = &w
		case p.quantizer >= 0:
			f := fakes[p.quantizer].(fakequant.Trainable)
			for _, own := range f.Parameters() {
				if own.Name == p.role {
					copy(own.Value, values(p))
				}
			}
			out.Params[p.quantizer] = f.Params()
		}
	}
	out.Graph, out.Float = &g, &g
	return &out
}

// fakes are the quantizers of c, of which NewStep has made a step.
func (s *Step) fakes(c *calibrate.Calibrated) []fakequant.FakeQuantizer {
	list := make([]fakequant.FakeQuantizer, len(c.Quantizers))
	for i, q := range c.Quantizers {
		f, err := fakeOf(q, c.Params[i], c.Recipe.Rule, c.Recipe.MQBenchExact)
		if err != nil {
			panic("train: a step of a fake-quantizer that there is none of")
		}
		list[i] = f
	}
	return list
}
