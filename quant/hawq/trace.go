// Package hawq finds out how curved the loss is in the weights of each layer: the trace of the Hessian by which HAWQ-V2
// (Dong et al., arXiv 1911.03852) and MQBench's mix_precision rank layers. What comes in is a float network and labelled or
// unlabelled items, what goes out a number a layer. For networks that are piecewise linear in one layer's weights,
// ReLU between and normalisation frozen, the Hessian of the cross-entropy is its Gauss-Newton matrix
// Σ_c p_c·∇log p_c·∇log p_cᵀ, which asks for no labels and whose trace is a sum of squares; for others it is that matrix's.
package hawq

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/portable"
	"github.com/quantscope/quantscope/quant/train"
)

// exactClasses is up to how many classes the sum goes over all of them; else it is estimated by drawing classes as
// likely as the network says, exactClasses for each item.
const exactClasses = 16

// Traces are those of the Hessian of the mean cross-entropy over the items, with respect to each of the weights,
// constants of g, which must have one output, of logits. They do not depend on the number of workers.
func Traces(ctx context.Context, g *graph.Graph, weights []graph.ValueID, items calibrate.Items, seed uint64, workers int, progress func(done, total int)) ([]float64, error) {
	squares, err := gradients(g, weights)
	if err != nil {
		return nil, err
	}
	runners, err := pool.New(ctx, squares, exec.Config{Pool: items.Pool}, max(workers, 1))
	if err != nil {
		return nil, err
	}
	defer runners.Close()
	seen := make([][]float64, items.Len)
	err = runners.Each(ctx, 0, items.Len, func(r *exec.Runner, i int) error {
		x, err := items.Inputs(i)
		if err != nil {
			return err
		}
		classes := graph.Len(squares.Values[squares.Outputs[0]].Shape)
		target := make([]float32, classes)
		run := func(class int) error {
			clear(target)
			target[class] = 1
			return r.Run(ctx, append(x[:len(x):len(x)], target)...)
		}
		if err := run(0); err != nil {
			return err
		}
		p := softmax(r.Output(0))
		seen[i] = make([]float64, len(weights))
		take := func(class int, share float64) error {
			if err := run(class); err != nil {
				return err
			}
			for k := range weights {
				seen[i][k] += float64(share * float64(r.Output(1 + k)[0]))
			}
			return nil
		}
		if classes <= exactClasses {
			for c, share := range p {
				if err := take(c, share); err != nil {
					return err
				}
			}
			return nil
		}
		draw := rand.New(rand.NewPCG(seed, uint64(i)))
		for range exactClasses {
			at, c := draw.Float64(), 0
			for c < classes-1 && at >= p[c] {
				at -= p[c]
				c++
			}
			if err := take(c, 1./exactClasses); err != nil {
				return err
			}
		}
		return nil
	}, func(n int) { progress(n, items.Len) })
	if err != nil {
		return nil, err
	}
	traces := make([]float64, len(weights))
	for _, s := range seen {
		for k, x := range s {
			traces[k] += x / float64(items.Len)
		}
	}
	return traces, nil
}

// gradients is g with an input more, a class as 1 among zeros, whose outputs are the logits and the sum of the squares
// of the gradient of -log p of that class with respect to each weight.
func gradients(g *graph.Graph, weights []graph.ValueID) (*graph.Graph, error) {
	if len(g.Outputs) != 1 {
		return nil, fmt.Errorf("the network has %d outputs; one, of logits, has a loss", len(g.Outputs))
	}
	b := graph.Edit(g)
	logits := g.Outputs[0]
	if made := g.Producers()[logits]; made >= 0 {
		if _, ok := g.Nodes[made].Op.(graph.Softmax); ok {
			logits = g.Nodes[made].Inputs[0]
		}
	}
	shape := g.Values[logits].Shape
	if len(shape) < 2 || graph.Len(shape) != shape[1] || shape[1] < 2 {
		return nil, fmt.Errorf("output %q has shape %v; classes along axis 1 have a loss", g.Values[logits].Name, shape)
	}
	flat := b.Node("hawq/logits", graph.Reshape{Shape: []int{1, shape[1]}}, logits)
	target := b.Input("hawq/class", graph.Float32, 1, shape[1])
	blocks := train.Blocks{}
	loss := train.CrossEntropy(b, blocks, flat, target, 0)
	grads, err := train.Gradients(b, loss, weights, blocks)
	if err != nil {
		return nil, err
	}
	outputs := []graph.ValueID{flat}
	for k, v := range weights {
		if grads[k] == graph.None {
			return nil, fmt.Errorf("the loss does not depend on %q", g.Values[v].Name)
		}
		axes := make([]int, len(g.Values[v].Shape))
		for a := range axes {
			axes[a] = a
		}
		outputs = append(outputs, b.Node("hawq/square", graph.ReduceSum{Axes: axes}, b.Node("hawq/product", graph.Mul{}, grads[k], grads[k])))
	}
	return b.Done(outputs...)
}

func softmax(logits []float32) []float64 {
	most := logits[0]
	for _, x := range logits {
		most = max(most, x)
	}
	p, sum := make([]float64, len(logits)), 0.0
	for i, x := range logits {
		p[i] = portable.Exp(float64(x) - float64(most))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
