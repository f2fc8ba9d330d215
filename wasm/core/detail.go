//go:build js

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// detailItems is on how many items an activation is looked at.
const detailItems = 8

// prepared is the network as a recipe prepares it, kept while a user goes from layer to layer.
type prepared struct {
	recipe []byte
	*prepare.Prepared
}

// detail looks into a layer: its weight at once, its input after running a few items.
func (s *session) detail(job int, b protocol.DetailBody) error {
	if s.model == nil || s.data == nil {
		return errors.New("looking into a layer needs the model and the data")
	}
	p, float, err := s.prepare(b)
	if err != nil {
		return err
	}
	if b.Layer < 0 || b.Layer >= len(p.Modules) {
		return fmt.Errorf("the network has %d layers, there is no layer %d", len(p.Modules), b.Layer)
	}
	var out protocol.Detail
	weight, input := places(p, p.Modules[b.Layer])
	if weight >= 0 && b.Weight != nil {
		t := p.Graph.Values[p.Quantizers[weight].Value].Const
		if err := fits(*b.Weight, t.Shape); err != nil {
			return err
		}
		w := inspect.WeightOf(float.Values[p.Quantizers[weight].Value].Const.F, t.F, t.Shape, channelAxis(p, p.Modules[b.Layer]), *b.Weight, b.Recipe.Rule)
		out.Weight = &w
	}
	if input < 0 || b.Input == nil || b.Input.Axis >= 0 {
		out.Done = true
		post(protocol.Detailed, job, out)
		return nil
	}
	value := p.Quantizers[input].Value
	out.Tensor = p.Graph.Values[value].Name
	post(protocol.Detailed, job, out)
	if s.breathe() {
		return nil
	}
	if err := fits(*b.Input, nil); err != nil {
		return err
	}
	spread, err := s.spread(p.Recipe, float, value, *b.Input)
	if err != nil || spread == nil {
		return err
	}
	a := spread.Activation()
	out.Input, out.Done = &a, true
	post(protocol.Detailed, job, out)
	return nil
}

// prepare gives the network as it was quantized, and node by node the same in float. Where the run is the
// core's last one, that is at hand; after a restart it is prepared once more.
func (s *session) prepare(b protocol.DetailBody) (p *prepare.Prepared, float *graph.Graph, err error) {
	if s.last != nil && s.lastRun == b.Run {
		return &s.last.Prepared, s.last.Float, nil
	}
	text, err := b.Recipe.Canonical()
	if err != nil {
		return nil, nil, err
	}
	if s.prepared == nil || !bytes.Equal(s.prepared.recipe, text) {
		p, err := prepare.Prepare(s.model.Graph, b.Recipe)
		if err != nil {
			return nil, nil, err
		}
		s.prepared = &prepared{text, p}
	}
	return s.prepared.Prepared, s.prepared.Graph, nil
}

// spread runs the float network on the first evaluation items and collects a value; nil if a further
// command waits.
func (s *session) spread(r recipe.Recipe, float *graph.Graph, value graph.ValueID, params scheme.QParams) (*inspect.Spread, error) {
	choice, err := dataset.Choose(r.Data, nil, s.data.Len())
	if err != nil {
		return nil, err
	}
	chosen := choice.Evaluation[:min(detailItems, len(choice.Evaluation))]
	items, err := quant.Job{Model: s.model, Data: s.data, Recipe: r}.Items(chosen)
	if err != nil {
		return nil, err
	}
	runners, err := pool.New(float, exec.Config{Keep: []graph.ValueID{value}, Pool: s.pool}, min(len(chosen), s.workers))
	if err != nil {
		return nil, err
	}
	defer runners.Close()
	out := inspect.NewSpread(params, len(chosen))
	var mu sync.Mutex // no number depends on the order of the items
	err = runners.Each(context.Background(), 0, len(chosen), func(r *exec.Runner, i int) error {
		x, err := items.Inputs(i)
		if err != nil {
			return err
		}
		if err := r.Run(x...); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		out.Add(r.Value(value))
		if s.breathe() {
			return errGivenUp
		}
		return nil
	}, func(int) {})
	if err == errGivenUp {
		return nil, nil
	}
	return out, err
}

// places are the indices of the quantizers of a layer's weight and input, -1 for none.
func places(p *prepare.Prepared, m fuse.Module) (weight, input int) {
	weight, input = -1, -1
	for at, v := range p.Graph.Nodes[m.Nodes[0]].Inputs {
		for i, q := range p.Quantizers {
			switch {
			case v == graph.None || q.Value != v:
			case q.Weight && at == 1 && weight < 0:
				weight = i
			case !q.Weight && input < 0:
				input = i
			}
		}
	}
	return weight, input
}

// channelAxis is the axis of the output channels of a convolution's weight, -1 for other layers.
func channelAxis(p *prepare.Prepared, m fuse.Module) int {
	if p.Graph.Nodes[m.Nodes[0]].Op.Type() == "Conv" {
		return 0
	}
	return -1
}

// fits checks qparams that came from outside against the tensor they are for.
func fits(q scheme.QParams, shape []int) error {
	n := 1
	if q.Axis >= 0 {
		if q.Axis >= len(shape) {
			return fmt.Errorf("qparams along axis %d of a tensor %v", q.Axis, shape)
		}
		n = shape[q.Axis]
	}
	if len(q.Scale) != n || len(q.ZeroPoint) != n || q.QMin >= q.QMax || int64(q.QMax)-int64(q.QMin) >= 1<<16 {
		return fmt.Errorf("%d scales and %d zero points, codes %d to %d, for a tensor %v", len(q.Scale), len(q.ZeroPoint), q.QMin, q.QMax, shape)
	}
	return nil
}
