package evaluate

import (
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/report"
)

// layerItems is on how many items the layers are compared: a layer's SQNR hardly moves after a few,
// and every layer's output has to be read.
const layerItems = 16

// compared are the layers and the steps of the integer engine.
type compared struct {
	layers []report.Layer // in the order of the network
	steps  []report.Step
	out    []int // items left out: the input or a layer's float output is not finite there
}

// keepers are runners that keep what layers hand on.
type keepers struct {
	*runnerPools
	*detached
	keep []graph.ValueID // each once, in the order of the layers
	ends []graph.ValueID // by node: what its layer hands on
}

func newKeepers(ctx context.Context, c *calibrate.Calibrated, items Items, workers int) (*keepers, error) {
	quantized := c.Quantized(calibrate.All)
	k := &keepers{detached: detach(c.Graph, c.FakeQuantizers(calibrate.All)), ends: graph.OfNodes(quantized, exec.Ends(quantized.Graph))}
	for _, m := range c.Modules {
		k.keep = append(k.keep, k.ends[m.Nodes[0]])
	}
	k.keep = unique(k.keep)
	on := integer(items.Pool)
	on.Keep = k.keep
	var err error
	k.runnerPools, err = newRunnerPools(ctx, c, quantized.Graph, items, min(workers, comparers),
		configs{exec.Config{Keep: k.keep, Pool: items.Pool}, exec.Config{Keep: k.detached.keep(k.keep), Pool: items.Pool}, on})
	return k, err
}

// compareLayers describes every layer and compares what it hands on with what it does in float, and what
// the integer engine makes with the simulation, on the first items, whose answers it hands on to add.
func compareLayers(ctx context.Context, c *calibrate.Calibrated, runs *keepers, items Items, add func(i int, a Answers), progress func(done, total int)) (*compared, error) {
	keep, like := runs.keep, runs.like()
	quantized := c.Quantized(calibrate.All)
	codes := exec.Codes(quantized.Graph)
	steps, err := newSteps(ctx, runs.detached, like.quantized, items.Pool)
	if err != nil {
		return nil, err
	}
	defer steps.close()
	moves := map[int]*exec.Quant{} // values that only move into quantized ones, by whose codes integers are stored
	var compare []exec.Compared
	for k, v := range keep {
		compare = append(compare, exec.Compared{Values: [3]graph.ValueID{v, v, v}, Sum: k})
		if to := codes[v]; to != nil && to.Value != v {
			moves[k] = to
		}
	}
	comparer, err := exec.NewComparer(like.all(), compare, len(keep), items.Pool)
	if err != nil {
		return nil, err
	}
	defer comparer.Close()
	seen := make([]ref.Moments, len(keep)) // of what each hands on in the three runs
	result := &compared{layers: make([]report.Layer, len(c.Modules))}
	turns := pool.NewTurns(1, 0)
	n := min(layerItems, items.Len)
	err = runs.each(ctx, 0, n, true, func(r runners, i int, inputs [][]float32, a Answers) error {
		add(i, a)
		if !turns.Wait(0, i) {
			return pool.ErrEarlier
		}
		defer turns.Done(0)
		with := slices.Clone(seen)
		if err := comparer.Add(ctx, r.all(), with); err != nil {
			return err
		}
		for k, to := range moves {
			simulated := r.quantized.Value(keep[k])
			to.Params.FakeQuantize(simulated, simulated, c.Graph.Values[keep[k]].Shape, to.Rule)
			with[k] = seen[k]
			with[k].Add(r.float.Value(keep[k]), simulated, r.integer.Value(keep[k]))
		}
		if !graph.Finite(inputs...) || slices.ContainsFunc(with, func(m ref.Moments) bool { return !report.Runs(m).Finite() }) {
			result.out = append(result.out, i)
			return nil
		}
		seen = with
		if i >= stepItems {
			return nil
		}
		return steps.compare(ctx, r.quantized, inputs)
	}, turns.Fail, func(done int) { progress(done, n) })
	if err != nil {
		return nil, err
	}
	if len(result.out) == n {
		return nil, fmt.Errorf("the network gives no finite numbers on the first %d evaluation items: look at the data, and at the network in float", n)
	}
	result.steps = steps.report(graph.OfNodes(quantized, runs.forms()))
	weights := map[graph.ValueID]float64{}
	for i, m := range c.Modules {
		s := report.Runs(seen[slices.Index(keep, runs.ends[m.Nodes[0]])])
		l := describe(c, i, m, weights)
		simulated := s.Simulation()
		l.SQNR, l.Cosine = simulated.SQNR(), simulated.Cosine()
		l.IntegerSQNR, l.SimulationSQNR, l.Step = s.IntegerSQNR(), s.SimulationSQNR(), runs.step[m.Nodes[0]]
		result.layers[i] = l
	}
	return result, nil
}

// describe fills in what is known of a layer without running it. weights keeps the SQNR of each weight, which many
// layers may read.
func describe(c *calibrate.Calibrated, index int, m fuse.Module, weights map[graph.ValueID]float64) report.Layer {
	n := c.Graph.Nodes[m.Nodes[0]]
	l := report.Layer{
		Name: m.Name, Index: index, Op: n.Op.Type(), Module: m.Kind, QAT: fuse.QAT(m.Kind),
		Shape: c.Graph.Values[n.Outputs[0]].Shape, WeightBits: floatBits, WeightSQNR: report.LimitSQNR,
	}
	for _, v := range n.Inputs[1:] {
		if v == graph.None || c.Graph.Values[v].Const == nil {
			continue
		}
		t := c.Graph.Values[v].Const
		l.Parameters += graph.Len(t.Shape)
		l.FloatBytes += floatBytes * int64(graph.Len(t.Shape))
		l.Bytes += bytesOf(c, v)
		if q := quantizerOf(c, v); q >= 0 && v == n.Inputs[1] { // Vitis quantizes biases too
			l.WeightBits = c.Quantizers[q].Scheme.Bits
			if _, known := weights[v]; !known {
				rounded := make([]float32, len(t.F))
				c.Params[q].FakeQuantize(rounded, t.F, t.Shape, c.Recipe.Rule)
				var s report.Signal
				s.Add(c.Float.Values[v].Const.F, rounded)
				weights[v] = s.SQNR()
			}
			l.WeightSQNR = weights[v]
		}
	}
	return l
}
