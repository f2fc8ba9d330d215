package diagnose

import (
	"context"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/report"
)

// local measures all units at their own outputs, and the whole network. Items on which the float network, or one of its
// layers, gives no finite numbers are left out of this and of what the meter measures then; out are their names. done is told
// how many of the items have been through.
func (m *meter) local(ctx context.Context, done func(n int)) (layers []Layer, outcome Outcome, out []string, err error) {
	g := m.c.Graph
	cut, reads := m.steps.apart(g)
	floatCut, _ := m.steps.apart(m.c.Float)
	nodes := make([]int, len(m.units))
	for i, u := range m.units {
		nodes[i] = u.Node
	}
	ends := m.steps.handsOn(g, nodes) // what a unit leaves behind
	weight := func(i int) bool { return m.c.Quantizers[i].Weight }
	on := func(cut *graph.Part, which func(i int) bool) *graph.Graph {
		return graph.Quantize(cut.Graph, cut.Quantizers(m.c.FakeQuantizers(which))).Graph
	}
	plain := exec.Config{Pool: m.items.Pool}
	runs := []struct {
		g *graph.Graph
		c exec.Config
	}{
		{m.c.Float, exec.Config{Keep: unique(reads, ends), Pool: m.items.Pool}},
		{m.c.Quantized(calibrate.All).Graph, exec.Config{Keep: unique(ends), Pool: m.items.Pool}},
		{on(cut, calibrate.All), plain},
		{on(cut, weight), plain},
		{on(floatCut, func(i int) bool { return !weight(i) }), plain},
	}
	sets, err := newSets(len(runs), m.workers, func(i int) (*pool.Pool, error) { return pool.New(ctx, runs[i].g, runs[i].c, m.workers) })
	if err != nil {
		return nil, Outcome{}, nil, err
	}
	defer sets.close()
	place := make([]int, len(ends)) // of an end among the outputs of the cut network
	for i, v := range ends {
		place[i] = slices.IndexFunc(cut.Outputs, func(o graph.ValueID) bool { return cut.Source[o] == v })
	}
	m.float = make([][]float32, m.items.Len)
	m.quantized = make([][]float32, m.items.Len)
	seen := make([][]effects, m.items.Len)
	finite := make([]bool, m.items.Len)
	err = sets.each(ctx, m.items.Len, func(set []*exec.Runner, item int) error {
		inputs, err := m.items.Inputs(item)
		if err != nil {
			return err
		}
		for _, r := range set[:2] {
			if err := r.Run(ctx, inputs...); err != nil {
				return err
			}
		}
		m.float[item], m.quantized[item] = set[0].Output(0), set[1].Output(0)
		given := slices.Clone(inputs)
		for _, v := range reads {
			given = append(given, set[0].Value(v))
		}
		for _, r := range set[2:] {
			if err := r.Run(ctx, given...); err != nil {
				return err
			}
		}
		e := make([]effects, len(ends))
		finite[item] = graph.Finite(inputs...) && graph.Finite(m.float[item])
		for i, v := range ends {
			float := set[0].Value(v)
			if !graph.Finite(float) { // a step that is no layer may give infinities on purpose, to a Softmax for example
				finite[item] = finite[item] && m.units[i].Layer == ""
				continue
			}
			e[i].accumulated.Add(float, set[1].Value(v))
			e[i].own.Add(float, set[2].Output(place[i]))
			e[i].weights.Add(float, set[3].Output(place[i]))
			e[i].activations.Add(float, set[4].Output(place[i]))
		}
		seen[item] = e
		return nil
	}, done)
	if err != nil {
		return nil, Outcome{}, nil, err
	}
	if m.items, out, err = finiteOnly(m.items, finite); err != nil {
		return nil, Outcome{}, nil, err
	}
	m.float, m.quantized, seen = keep(m.float, finite), keep(m.quantized, finite), keep(seen, finite)
	whole := tally{offset: m.c.Recipe.Data.ClassOffset}
	sum := make([]effects, len(ends))
	for item, e := range seen {
		whole.add(m.float[item], m.quantized[item], m.items.Label(item))
		for i := range e {
			for _, p := range []struct{ all, one *report.Signal }{
				{&sum[i].own, &e[i].own}, {&sum[i].weights, &e[i].weights},
				{&sum[i].activations, &e[i].activations}, {&sum[i].accumulated, &e[i].accumulated},
			} {
				p.all.Join(*p.one)
			}
		}
	}
	layers = make([]Layer, len(m.units))
	for i, u := range m.units {
		layers[i] = Layer{
			Unit: u, Own: effectOf(sum[i].own), OwnWeights: effectOf(sum[i].weights),
			OwnActivations: effectOf(sum[i].activations), Accumulated: effectOf(sum[i].accumulated),
		}
	}
	return layers, whole.outcome(), out, nil
}

// unique puts lists together, each value once.
func unique(lists ...[]graph.ValueID) []graph.ValueID {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}
