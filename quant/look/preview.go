package look

import (
	"context"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/pool"
)

const (
	previewed    = 3 // items
	firstAnswers = 5
)

// Viewer shows items as a float network takes them, with what it says to them. One Viewer serves many
// previews of its network, whatever the recipe.
type Viewer struct{ float *pool.Pool }

// NewViewer makes one that runs on so many workers at most, unless ctx ends first.
func NewViewer(ctx context.Context, m *quant.Model, on *engine.Pool, workers int) (*Viewer, error) {
	p, err := pool.New(ctx, m.Graph, exec.Config{Pool: on}, min(previewed, workers))
	if err != nil {
		return nil, err
	}
	return &Viewer{p}, nil
}

// Close frees the network's memory.
func (v *Viewer) Close() error { return v.float.Close() }

// Preview are a few items of a job. Pictures has a BMP file for each input that is a picture, in their
// order.
type Preview struct {
	Inputs   []inspect.Input
	Pictures [][]byte
}

// Preview shows a few items of j, whose model is the Viewer's. They stand far apart: datasets are often
// sorted by class.
func (v *Viewer) Preview(ctx context.Context, j quant.Job) (Preview, error) {
	n := j.Data.Len()
	var chosen []int
	for i := range min(previewed, n) {
		chosen = append(chosen, i*(n-1)/max(min(previewed, n)-1, 1))
	}
	items, err := j.Items(chosen)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{Inputs: make([]inspect.Input, len(chosen))}
	pictures := make([][]byte, len(chosen))
	err = v.float.Each(ctx, 0, len(chosen), func(r *exec.Runner, i int) (err error) {
		in, picture, err := see(ctx, r, j, items, i)
		if err != nil {
			return err
		}
		in.Name = j.Data.Name(chosen[i])
		if label := j.Data.Label(chosen[i]); label >= 0 {
			in.Label, in.LabelName = label, j.Data.Classes.Name(label)
		}
		out.Inputs[i], pictures[i] = in, picture
		return nil
	}, func(int) {})
	for _, p := range pictures {
		if p != nil {
			out.Pictures = append(out.Pictures, p)
		}
	}
	return out, err
}

// see describes item i and what the network says to it.
func see(ctx context.Context, r *exec.Runner, j quant.Job, items calibrate.Items, i int) (in inspect.Input, picture []byte, err error) {
	in, x, picture, err := pictured(j, items, i)
	if err != nil {
		return in, nil, err
	}
	if err := r.Run(ctx, x...); err != nil {
		return in, picture, err
	}
	in.Answers = namedAnswers(j, r.Output(0))
	return in, picture, nil
}
