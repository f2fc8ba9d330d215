package diagnose

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/search"
)

// Limit is what a choice of bits has a budget of.
type Limit string

// Limits.
const (
	LimitBytes      Limit = "bytes"      // of all parameters; weights get bits, activations keep the recipe's
	LimitOperations Limit = "operations" // on bits: multiplications times bits of the weight times bits of the activation, which get the same
)

// Float is the number of bits that stands for a layer kept in float.
const Float = recipe.FloatBits

// MixedPlan bounds a search for bits.
type MixedPlan struct {
	Limit   Limit
	Budget  int64 // 0: none is chosen, the front is all
	Bits    []int // that a layer may have, Float among them or not; nil: 2, 3, 4, 6, 8, 16 and Float, those that the backend has
	Points  int   // of the front that are tried; 0: 6
	Budgets int   // of sizes that choices are told for, besides those that are tried
	// Progress is told what goes on, how much of it is done, and how much there is.
	Progress func(stage string, done, total int)
}

// Mixed is what was found.
type Mixed struct {
	Limit   Limit         `json:"limit"`
	Layers  []MixedLayer  `json:"layers"`            // with weights, in the order of the network
	Front   []MixedPoint  `json:"front"`             // smallest first; a point that another one beat when it was tried is left out
	Choices []MixedChoice `json:"choices,omitempty"` // for MixedPlan.Budgets sizes, smallest first
	Chosen  *MixedPoint   `json:"chosen,omitempty"`
	Notes   []string      `json:"notes,omitempty"` // what is to be known of the data
}

// MixedLayer is what was measured of a layer.
type MixedLayer struct {
	Name    string        `json:"name"`
	Options []MixedOption `json:"options"`
}

// MixedOption is a number of bits for a layer.
type MixedOption struct {
	Bits  int     `json:"bits"`
	Size  int64   `json:"size"`  // of the limit
	Noise float64 `json:"noise"` // of the logits, of their power, where nothing else is quantized
}

// MixedChoice is bits for each layer.
type MixedChoice struct {
	Bits      []int   `json:"bits"` // by layer
	Size      int64   `json:"size"`
	Predicted float64 `json:"predicted"` // dB: the noise of all layers added up
}

// MixedPoint is a choice that was tried.
type MixedPoint struct {
	MixedChoice
	Trial
}

// Stages of a search, as MixedPlan.Progress names them.
const (
	StageBits   = "measure bits"
	StageChoose = "choose bits"
	StagePoints = "try choices"
)

// Mix finds how many bits each layer should have: how much noise the layer makes with each number of them is measured
// with nothing else quantized, the sum is made least within a budget by exact search, and what comes out is tried. What the
// recipe's overrides say of single layers gives way.
func (l *Lab) Mix(ctx context.Context, r recipe.Recipe, p MixedPlan) (*Mixed, error) {
	if p.Limit != LimitBytes && p.Limit != LimitOperations {
		return nil, fmt.Errorf("there is no limit %q: there are %s and %s", p.Limit, LimitBytes, LimitOperations)
	}
	m := &mixer{lab: l, r: r, plan: p, out: &Mixed{Limit: p.Limit}}
	if err := l.sound(ctx, func(int, int) {}); err != nil {
		return nil, err
	}
	if err := m.measure(ctx); err != nil {
		return nil, err
	}
	return m.out, m.choose(ctx)
}

// mixer is a search under way.
type mixer struct {
	lab   *Lab
	r     recipe.Recipe
	plan  MixedPlan
	out   *Mixed
	names []string
	fixed int64 // bytes that no choice changes
}

// with is the recipe with so many bits in layers.
func (m *mixer) with(names []string, bits []int) recipe.Recipe {
	return m.r.Mixed(names, bits, m.plan.Limit == LimitOperations)
}

// widths are the numbers of bits to try: those that the backend does not have are left out.
func (m *mixer) widths() []int {
	list := m.plan.Bits
	if list == nil {
		list = []int{2, 3, 4, 6, 8, 16, Float}
	}
	var widths []int
	for _, b := range list {
		r := m.with(m.names[:1], []int{b})
		if r.Validate() == nil && len(r.Beyond()) <= len(m.r.Beyond()) {
			widths = append(widths, b)
		}
	}
	return widths
}

// measure fills the layers.
func (m *mixer) measure(ctx context.Context) error {
	nothing := func(int, int) {}
	base, err := m.lab.calibrate(ctx, m.r, nothing)
	if err != nil {
		return err
	}
	units := slices.DeleteFunc(unitsOf(base), func(u Unit) bool { return len(u.Weights) == 0 })
	if len(units) == 0 {
		return errors.New("no layer has weights that are quantized")
	}
	m.fixed = evaluate.Size(base).Quantized
	for _, u := range units {
		m.names = append(m.names, u.Name)
		m.out.Layers = append(m.out.Layers, MixedLayer{Name: u.Name})
		for _, q := range u.Weights {
			m.fixed -= bytesOf(base.Graph, base.Quantizers[q].Value, base.Quantizers[q].Scheme.Bits, len(base.Params[q].Scale))
		}
	}
	widths := m.widths()
	if len(widths) < 2 {
		return fmt.Errorf("there is nothing to choose: backend %s has weights of %v bits", m.r.Backend, widths)
	}
	for i, bits := range widths {
		m.plan.Progress(StageBits, i, len(widths))
		noise := map[string]float64{}
		if bits != Float {
			if noise, err = m.noise(ctx, bits); err != nil {
				return err
			}
		}
		for k, u := range units {
			o := MixedOption{Bits: bits, Noise: noise[u.Name]}
			for _, q := range u.Weights {
				if m.plan.Limit == LimitBytes {
					o.Size += bytesOf(base.Graph, base.Quantizers[q].Value, bits, len(base.Params[q].Scale))
				}
			}
			if m.plan.Limit == LimitOperations {
				o.Size = int64(costOf(base.Graph, base.Graph.Nodes[u.Node])) * int64(bits) * int64(bits)
			}
			m.out.Layers[k].Options = append(m.out.Layers[k].Options, o)
		}
	}
	m.plan.Progress(StageBits, len(widths), len(widths))
	return nil
}

// noise measures what each layer makes of the logits with so many bits.
func (m *mixer) noise(ctx context.Context, bits int) (map[string]float64, error) {
	c, err := m.lab.calibrate(ctx, m.with(m.names, slices.Repeat([]int{bits}, len(m.names))), func(int, int) {})
	if err != nil {
		return nil, err
	}
	s, err := begin(ctx, c, m.lab.Items, Options{Workers: m.lab.Workers})
	if err != nil {
		return nil, err
	}
	m.lab.leave(s.out)
	k := weightsAlone
	if m.plan.Limit == LimitOperations {
		k = alone
	}
	if err := s.measure(ctx, k, len(s.layers)); err != nil {
		return nil, err
	}
	noise := map[string]float64{}
	for _, layer := range s.layers {
		if o := *k.outcome(layer); o != nil {
			noise[layer.Name] = portable.Exp(-o.SQNR / 10 * math.Ln10)
		}
	}
	return noise, nil
}

// choose searches and tries what it finds.
func (m *mixer) choose(ctx context.Context) error {
	var layers [][]search.Option
	for _, l := range m.out.Layers {
		var options []search.Option
		for _, o := range l.Options {
			options = append(options, search.Option{Size: o.Size, Cost: o.Noise})
		}
		layers = append(layers, options)
	}
	fixed := int64(0)
	if m.plan.Limit == LimitBytes {
		fixed = m.fixed
	}
	m.plan.Progress(StageChoose, 0, 1)
	points := m.plan.Points
	if points == 0 {
		points = 6
	}
	front, err := search.Front(ctx, layers, points)
	if err != nil {
		return err
	}
	var best *search.Choice
	if m.plan.Budget > 0 {
		c, err := search.Best(ctx, layers, m.plan.Budget-fixed)
		if err != nil {
			smallest := fixed + front[0].Size
			return fmt.Errorf("a budget of %d is too small: with the fewest bits everywhere the network takes %d %s", m.plan.Budget, smallest, m.plan.Limit)
		}
		best = &c
	}
	float := func(c search.Choice) bool { // everywhere: nothing is quantized, and nothing to try
		for l, k := range c.Options {
			if m.out.Layers[l].Options[k].Bits != Float {
				return false
			}
		}
		return true
	}
	if best != nil && float(*best) {
		return fmt.Errorf("a budget of %d is enough for the whole network in float: give less than %d %s", m.plan.Budget, fixed+best.Size, m.plan.Limit)
	}
	front = slices.DeleteFunc(front, float)
	if m.plan.Budgets > 0 {
		choices, err := search.Front(ctx, layers, m.plan.Budgets)
		if err != nil {
			return err
		}
		for _, c := range slices.DeleteFunc(choices, float) {
			m.out.Choices = append(m.out.Choices, m.choice(c, fixed))
		}
	}
	m.plan.Progress(StageChoose, 1, 1)
	total := len(front)
	if best != nil {
		total++
	}
	var tried []MixedPoint
	for i, c := range front {
		m.plan.Progress(StagePoints, i, total)
		p, err := m.try(ctx, c, fixed)
		if err != nil {
			return err
		}
		tried = append(tried, *p)
	}
	if best != nil {
		m.plan.Progress(StagePoints, len(front), total)
		if m.out.Chosen, err = m.try(ctx, *best, fixed); err != nil {
			return err
		}
	}
	m.plan.Progress(StagePoints, total, total)
	for i, p := range tried {
		if !slices.ContainsFunc(tried[:i], func(o MixedPoint) bool { return o.Outcome.SQNR >= p.Outcome.SQNR }) {
			m.out.Front = append(m.out.Front, p)
		}
	}
	return nil
}

// choice tells a choice in bits.
func (m *mixer) choice(c search.Choice, fixed int64) MixedChoice {
	out := MixedChoice{Size: fixed + c.Size, Predicted: report.LimitSQNR}
	for l, k := range c.Options {
		out.Bits = append(out.Bits, m.out.Layers[l].Options[k].Bits)
	}
	if c.Cost > 0 {
		out.Predicted = min(-10*portable.Log(c.Cost)/math.Ln10, report.LimitSQNR)
	}
	return out
}

// try applies a choice.
func (m *mixer) try(ctx context.Context, c search.Choice, fixed int64) (*MixedPoint, error) {
	p := &MixedPoint{MixedChoice: m.choice(c, fixed)}
	t, err := m.lab.Try(ctx, m.with(m.names, p.Bits), func(int, int) {})
	if err != nil {
		return nil, err
	}
	p.Trial = *t
	return p, nil
}

// bytesOf is what a weight takes with so many bits and scales; in float four bytes an element.
func bytesOf(g *graph.Graph, v graph.ValueID, bits, scales int) int64 {
	n := int64(graph.Len(g.Values[v].Shape))
	if bits == Float {
		return 4 * n
	}
	return evaluate.BytesOfCodes(n, bits, scales)
}
