package train

import (
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
)

// Optimizer is how a step changes a parameter w given its gradient g and the learning rate. State
// begins as zeros. Weight decay λ is that of PyTorch's optimizers of the same name.
type Optimizer struct {
	Kind        string  `json:"kind"`               // of Optimizers
	Momentum    float32 `json:"momentum,omitempty"` // sgd
	Nesterov    bool    `json:"nesterov,omitempty"` // sgd
	WeightDecay float32 `json:"weightDecay,omitempty"`
	Beta1       float32 `json:"beta1,omitempty"`   // adam, adamw: 0.9 if 0
	Beta2       float32 `json:"beta2,omitempty"`   // adam, adamw: 0.999 if 0
	Epsilon     float32 `json:"epsilon,omitempty"` // adam, adamw: 1e-8 if 0
}

// Optimizers are the kinds there are.
func Optimizers() []string { return []string{"sgd", "adam", "adamw"} }

// Validate says what cannot be.
func (o Optimizer) Validate() error {
	switch o.Kind {
	case "sgd":
		if o.Nesterov && o.Momentum == 0 {
			return fmt.Errorf("optimizer: Nesterov's form needs a momentum")
		}
	case "adam", "adamw":
		if o.Momentum != 0 || o.Nesterov {
			return fmt.Errorf("optimizer: momentum is for sgd; %s has beta1", o.Kind)
		}
	default:
		return fmt.Errorf("optimizer: no %q: there are %s", o.Kind, strings.Join(Optimizers(), ", "))
	}
	if !(0 <= o.Momentum && o.Momentum < 1 && 0 <= o.Beta1 && o.Beta1 < 1 && 0 <= o.Beta2 && o.Beta2 < 1 && o.WeightDecay >= 0 && o.Epsilon >= 0) {
		return fmt.Errorf("optimizer: momentum and betas are from 0 to below 1, weight decay and epsilon not negative")
	}
	return nil
}

// states are how many tensors like a parameter it keeps.
func (o Optimizer) states() int {
	switch {
	case o.Kind != "sgd":
		return 2
	case o.Momentum != 0:
		return 1
	}
	return 0
}

func (o Optimizer) defaults() Optimizer {
	if o.Beta1 == 0 {
		o.Beta1 = 0.9
	}
	if o.Beta2 == 0 {
		o.Beta2 = 0.999
	}
	if o.Epsilon == 0 {
		o.Epsilon = 1e-8
	}
	return o
}

// update appends a step: the next w and the next state. rate is a scalar; for Adam bias1 and bias2 are
// 1 - βᵗ of step t, which begins at 1.
//
//	sgd:   g += λ·w; v ← μ·v + g; w ← w - rate·v, or with Nesterov's form - rate·(g + μ·v)
//	adam:  g += λ·w; m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²; w ← w - rate·(m/bias1)/(√(v/bias2) + ε)
//	adamw: w ← w·(1 - rate·λ), then adam's without λ
func (o Optimizer) update(e emit, w, g graph.ValueID, state []graph.ValueID, rate, bias1, bias2 graph.ValueID) (graph.ValueID, []graph.ValueID) {
	if o.WeightDecay != 0 && o.Kind != "adamw" {
		g = e.add(g, e.times(w, o.WeightDecay))
	}
	if o.Kind == "sgd" {
		if o.Momentum == 0 {
			return e.sub(w, e.mul(g, rate)), nil
		}
		v := e.add(e.times(state[0], o.Momentum), g)
		step := v
		if o.Nesterov {
			step = e.add(g, e.times(v, o.Momentum))
		}
		return e.sub(w, e.mul(step, rate)), []graph.ValueID{v}
	}
	if o.Kind == "adamw" && o.WeightDecay != 0 {
		w = e.sub(w, e.mul(w, e.times(rate, o.WeightDecay)))
	}
	m := e.add(e.times(state[0], o.Beta1), e.times(g, 1-o.Beta1))
	v := e.add(e.times(state[1], o.Beta2), e.times(e.mul(g, g), 1-o.Beta2))
	root := e.plus(e.unary(graph.Sqrt{}, e.div(v, bias2)), o.Epsilon)
	return e.sub(w, e.mul(e.div(e.div(m, bias1), root), rate)), []graph.ValueID{m, v}
}
