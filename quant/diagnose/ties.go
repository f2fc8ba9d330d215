package diagnose

import (
	"context"
	"math"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Ties is how many numbers of an activation lie next to a rounding tie, half a code from two: engines that add in another
// order, or multiply by a scale otherwise, give them other codes.
type Ties struct {
	Name     string `json:"name"` // of the quantizer
	Numbers  int64  `json:"numbers"`
	Near     int64  `json:"near"`     // next to a tie between two codes that there are
	Distance string `json:"distance"` // that counts as next to, in codes
}

// nearTie is about how far a code's float32 value moves when a sum of some hundred products is added in another order.
const (
	nearTie     = 1. / 4096
	nearTieText = "1/4096"
)

// TiesOf counts them, in the order of the quantizers, while the quantized network runs on all items.
func TiesOf(ctx context.Context, c *calibrate.Calibrated, items calibrate.Items, workers int, progress func(done, total int)) ([]Ties, error) {
	q := c.Quantized(calibrate.All)
	made := c.Graph.Producers()
	var list []Ties
	var raw []graph.ValueID
	var params []scheme.QParams
	for i, z := range c.Quantizers {
		n := made[z.Value]
		if n < 0 || c.Params[i].Grid != scheme.Integers {
			continue
		}
		for k, v := range c.Graph.Nodes[n].Outputs {
			if v == z.Value {
				raw = append(raw, q.Nodes[q.At[n]].Outputs[k])
			}
		}
		list, params = append(list, Ties{Name: z.Name, Distance: nearTieText}), append(params, c.Params[i])
	}
	if len(list) == 0 || items.Len == 0 {
		return list, nil
	}
	all := *q.Graph // an output is there before it is rounded
	all.Outputs = raw
	near := make([][]int64, items.Len)
	numbers := make([]int64, len(list))
	for k, v := range raw {
		numbers[k] = int64(graph.Len(q.Values[v].Shape))
	}
	err := pool.Show(ctx, &all, exec.Config{Pool: items.Pool}, max(workers, 1), items.Len, items.Inputs, func(r *exec.Runner, i int) {
		near[i] = make([]int64, len(list))
		for k, v := range raw {
			near[i][k] = tiesIn(params[k], r.Output(k), q.Values[v].Shape)
		}
	}, func(n int) { progress(n, items.Len) })
	for i := range near {
		for k := range list {
			list[k].Numbers += numbers[k]
			if near[i] != nil {
				list[k].Near += near[i][k]
			}
		}
	}
	return list, err
}

// tiesIn counts the elements of x.
func tiesIn(p scheme.QParams, x []float32, shape []int) (n int64) {
	for c, run := range p.Groups(shape, len(x)) {
		scale := float64(p.Scale[c])
		low, high := float64(p.QMin-p.ZeroPoint[c]), float64(p.QMax-p.ZeroPoint[c])
		for _, v := range x[run.From:run.To] {
			u := float64(v) / scale
			down := math.Floor(u)
			if d := u - down - 0.5; d < nearTie && d > -nearTie && down >= low && down+1 <= high {
				n++
			}
		}
	}
	return n
}
