package diagnose

import (
	"context"
	"errors"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/report"
)

// Profiled is one row of MQBench's profiling: an operator's output beside its float self.
type Profiled struct {
	Name string `json:"name"` // of the node
	Op   string `json:"op"`
	Effect
}

// Profile is MQBench's utils/profiling.py: the quantizer of an operator's weight, and that of its own
// output, are switched on, and nothing else is.
type Profile struct {
	Standalone  []Profiled `json:"standalone"`  // one operator at a time
	Interaction []Profiled `json:"interaction"` // with all operators before it
}

// Profiling makes the rows of c on all items, in the order of the network. Rows are what computes: what
// only moves elements, and batch normalisation, have none, and the quantizers behind them, as those of
// the network's inputs, are never switched on.
func Profiling(ctx context.Context, c *calibrate.Calibrated, items calibrate.Items, workers int, progress func(done, total int)) (*Profile, error) {
	if items.Len < 1 {
		return nil, errors.New("profiling needs at least one item")
	}
	g := c.Graph
	nodes, first := make([]int, len(g.Nodes)), make([]graph.ValueID, len(g.Nodes))
	for i, n := range g.Nodes {
		nodes[i], first[i] = i, n.Outputs[0]
	}
	ends := steps{quantized: first}.handsOn(g, nodes) // of the row, or node, that a node belongs to
	for _, m := range c.Modules {
		for _, i := range m.Nodes {
			ends[i] = ends[m.Nodes[len(m.Nodes)-1]]
		}
	}
	rows := rowsOf(c, ends)
	switched := make([]bool, len(g.Values)) // values whose quantizer a row switches on
	for _, i := range rows {
		switched[ends[i]] = true
	}
	on := func(i int) bool { return c.Quantizers[i].Weight || switched[c.Quantizers[i].Value] }
	cut, reads := steps{quantized: ends}.apart(g)
	place := make([]int, len(g.Values)) // among the outputs of the cut network
	for k, v := range cut.Outputs {
		place[cut.Source[v]] = k
	}
	standalone := slices.DeleteFunc(cut.Quantizers(c.FakeQuantizers(on)), func(q graph.Quantizer) bool {
		return slices.Contains(cut.Inputs, q.Value) // which is float
	})
	all := unique(ends) // observed, so that nothing is folded away
	runs := []struct {
		g *graph.Graph
		c exec.Config
	}{
		{c.Float, exec.Config{Observe: all, Keep: all, Pool: items.Pool}},
		{c.Quantized(on).Graph, exec.Config{Observe: all, Keep: all, Pool: items.Pool}},
		{graph.Quantize(cut.Graph, standalone).Graph, exec.Config{Pool: items.Pool}},
	}
	sets, err := newSets(len(runs), max(workers, 1), func(i int) (*pool.Pool, error) { return pool.New(ctx, runs[i].g, runs[i].c, max(workers, 1)) })
	if err != nil {
		return nil, err
	}
	defer sets.close()
	seen := make([][]struct{ standalone, interaction report.Signal }, items.Len)
	err = sets.each(ctx, items.Len, func(set []*exec.Runner, item int) error {
		inputs, err := items.Inputs(item)
		if err != nil {
			return err
		}
		if err := errors.Join(set[0].Run(ctx, inputs...), set[1].Run(ctx, inputs...)); err != nil {
			return err
		}
		for _, v := range reads {
			inputs = append(slices.Clip(inputs), set[0].Value(v))
		}
		if err := set[2].Run(ctx, inputs...); err != nil {
			return err
		}
		seen[item] = make([]struct{ standalone, interaction report.Signal }, len(rows))
		for k, i := range rows {
			float := set[0].Value(ends[i])
			seen[item][k].standalone.Add(float, set[2].Output(place[ends[i]]))
			seen[item][k].interaction.Add(float, set[1].Value(ends[i]))
		}
		return nil
	}, func(n int) { progress(n, items.Len) })
	if err != nil {
		return nil, err
	}
	p := &Profile{}
	for k, i := range rows {
		var standalone, interaction report.Signal
		for _, s := range seen {
			standalone.Join(s[k].standalone)
			interaction.Join(s[k].interaction)
		}
		name, op := g.Nodes[i].Name, g.Nodes[i].Op.Type()
		p.Standalone = append(p.Standalone, Profiled{name, op, effectOf(standalone)})
		p.Interaction = append(p.Interaction, Profiled{name, op, effectOf(interaction)})
	}
	return p, nil
}

// rowsOf are the nodes that rows are called after: the first of every layer, and what else computes.
func rowsOf(c *calibrate.Calibrated, ends []graph.ValueID) []int {
	var rows []int
	done := make([]bool, len(c.Graph.Values))
	for i, n := range c.Graph.Nodes {
		_, norm := n.Op.(graph.BatchNormalization)
		if !norm && !graph.Moves(n.Op) && !done[ends[i]] && c.Graph.Values[ends[i]].DType == graph.Float32 {
			done[ends[i]] = true
			rows = append(rows, i)
		}
	}
	return rows
}
