package look

import (
	"context"
	"fmt"
	"sync"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/fuse"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/scheme"
)

// layerItems is on how many evaluation items an activation is looked at.
const layerItems = 8

// Quantizers lists a calibrated network's quantizers, and which of them each layer has.
func Quantizers(c *calibrate.Calibrated) (all []inspect.Quantizer, placed []inspect.Placed) {
	for i, q := range c.Quantizers {
		all = append(all, inspect.Quantizer{Name: q.Name, Layer: c.Layer(q.Node), Weight: q.Weight, Observer: q.Observer, Scheme: q.Scheme, Params: c.Params[i]})
	}
	for _, m := range c.Modules {
		placed = append(placed, Place(&c.Prepared, m))
	}
	return all, placed
}

// Place finds the quantizers of a layer's weight and input.
func Place(p *prepare.Prepared, m fuse.Module) inspect.Placed {
	out := inspect.Placed{Weight: -1, Input: -1}
	for at, v := range p.Graph.Nodes[m.Nodes[0]].Inputs {
		for i, q := range p.Quantizers {
			switch {
			case v == graph.None || q.Value != v:
			case q.Weight && at == 1 && out.Weight < 0:
				out.Weight = i
			case !q.Weight && out.Input < 0:
				out.Input = i
			}
		}
	}
	return out
}

// Subject is the layer to look into. The qparams are those of a result, and are checked against the
// layer; nil leaves out what they are for.
type Subject struct {
	Prepared *prepare.Prepared
	Float    *graph.Graph // Prepared.Graph, node by node, in float
	Layer    int          // index into Prepared.Modules
	Weight   *scheme.QParams
	Input    *scheme.QParams
}

// Layer looks into a layer of j, whose recipe is that of s. What is known at once, the weight, is handed
// to found first; then the float network runs on a few evaluation items for the input, and found gets all
// of it. done says that no more will come.
func Layer(ctx context.Context, j quant.Job, s Subject, found func(l inspect.Layer, done bool)) error {
	p := s.Prepared
	if s.Layer < 0 || s.Layer >= len(p.Modules) {
		return fmt.Errorf("the network has %d layers, there is no layer %d", len(p.Modules), s.Layer)
	}
	var out inspect.Layer
	m := p.Modules[s.Layer]
	at := Place(p, m)
	if at.Weight >= 0 && s.Weight != nil {
		v := p.Quantizers[at.Weight].Value
		t := p.Graph.Values[v].Const
		if err := fits(*s.Weight, t.Shape); err != nil {
			return err
		}
		w := inspect.WeightOf(s.Float.Values[v].Const.F, t.F, t.Shape, channelAxis(p, m), *s.Weight, j.Recipe.Rule)
		out.Weight = &w
	}
	if at.Input < 0 || s.Input == nil || s.Input.Axis >= 0 {
		found(out, true)
		return nil
	}
	if err := fits(*s.Input, nil); err != nil {
		return err
	}
	value := p.Quantizers[at.Input].Value
	out.Tensor = p.Graph.Values[value].Name
	found(out, false)
	a, err := spread(ctx, j, s.Float, value, *s.Input)
	if err != nil {
		return err
	}
	out.Input = &a
	found(out, true)
	return nil
}

// spread runs the float network on the first evaluation items and collects a value.
func spread(ctx context.Context, j quant.Job, float *graph.Graph, value graph.ValueID, params scheme.QParams) (inspect.Activation, error) {
	none := inspect.Activation{}
	if err := ctx.Err(); err != nil {
		return none, err
	}
	choice, err := dataset.Choose(j.Recipe.Data, nil, j.Data.Len())
	if err != nil {
		return none, err
	}
	chosen := choice.Evaluation[:min(layerItems, len(choice.Evaluation))]
	items, err := j.Items(chosen)
	if err != nil {
		return none, err
	}
	runners, err := pool.New(ctx, float, exec.Config{Keep: []graph.ValueID{value}, Pool: j.Pool}, min(len(chosen), max(j.Workers, 1)))
	if err != nil {
		return none, err
	}
	defer runners.Close()
	out := inspect.NewSpread(params, len(chosen))
	var mu sync.Mutex // no number depends on the order of the items
	err = runners.Each(ctx, 0, len(chosen), func(r *exec.Runner, i int) error {
		x, err := items.Inputs(i)
		if err != nil {
			return err
		}
		if err := r.Run(ctx, x...); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		out.Add(r.Value(value))
		return nil
	}, func(int) {})
	return out.Activation(), err
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
		if q.Block < 0 || q.Block > 0 && (q.Along < 0 || q.Along >= len(shape) || q.Along == q.Axis) {
			return fmt.Errorf("qparams in blocks along axis %d of a tensor %v", q.Along, shape)
		}
		n = q.Scales(shape)
	}
	if len(q.Scale) != n || len(q.ZeroPoint) != n || q.QMin >= q.QMax || int64(q.QMax)-int64(q.QMin) >= 1<<16 {
		return fmt.Errorf("%d scales and %d zero points, codes %d to %d, for a tensor %v", len(q.Scale), len(q.ZeroPoint), q.QMin, q.QMax, shape)
	}
	return nil
}
