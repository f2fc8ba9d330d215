//go:build js

package main

import (
	"context"
	"errors"
	"slices"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

const (
	previewed    = 3 // items
	firstAnswers = 5
)

// preview shows a few items as the network takes them, and what its float self says to them. They
// stand far apart: datasets are often sorted by class.
func (s *session) preview(job int, b protocol.PreviewBody) error {
	if s.model == nil || s.data == nil {
		return errors.New("a preview needs a model and data")
	}
	var chosen []int
	for i := range min(previewed, s.data.Len()) {
		chosen = append(chosen, i*(s.data.Len()-1)/max(min(previewed, s.data.Len())-1, 1))
	}
	items, err := quant.Job{Model: s.model, Data: s.data, Recipe: b.Recipe}.Items(chosen)
	if err != nil {
		return err
	}
	if s.float == nil {
		if s.float, err = pool.New(s.model.Graph, exec.Config{Pool: s.pool}, min(previewed, s.workers)); err != nil {
			return err
		}
	}
	out := protocol.Preview{Inputs: make([]inspect.Input, len(chosen))}
	pictures := make([]js.Value, len(chosen))
	err = s.float.Each(context.Background(), 0, len(chosen), func(r *exec.Runner, i int) (err error) {
		if s.breathe() {
			return errGivenUp
		}
		out.Inputs[i], pictures[i], err = s.look(r, items, i, b.Recipe)
		out.Inputs[i].Name = s.data.Name(chosen[i])
		if label := s.data.Label(chosen[i]); label >= 0 {
			out.Inputs[i].Label, out.Inputs[i].LabelName = label, s.data.Classes.Name(label)
		}
		return err
	}, func(int) {})
	if err == errGivenUp {
		return nil
	}
	if err != nil {
		return err
	}
	pictures = slices.DeleteFunc(pictures, js.Value.IsUndefined)
	post(protocol.Previewed, job, out, pictures...)
	return nil
}

// errGivenUp ends what is only for looking at, once a further command waits.
var errGivenUp = errors.New("given up")

// look describes item i and what the network says to it. The picture is undefined where it is none.
func (s *session) look(r *exec.Runner, items calibrate.Items, i int, c recipe.Recipe) (in inspect.Input, picture js.Value, err error) {
	x, err := items.Inputs(i)
	if err != nil {
		return in, picture, err
	}
	shape := s.model.Graph.Values[s.model.Graph.Inputs[0]].Shape
	in, rgba := inspect.InputOf(x[0], shape[1:], c.Preprocess.Layout == "nhwc")
	if in.Width > 0 {
		picture = buffer(inspect.BMP(rgba, in.Width, in.Height))
	}
	if err := r.Run(x...); err != nil {
		return in, picture, err
	}
	in.Answers = inspect.Answers(r.Output(0), firstAnswers, c.Data.ClassOffset)
	for k, a := range in.Answers {
		if a.Class >= 0 {
			in.Answers[k].Name = s.data.Classes.Name(a.Class)
		}
	}
	return in, picture, nil
}

// forget frees what is kept for looking at.
func (s *session) forget() {
	if s.float != nil {
		s.float.Close()
	}
	s.float, s.prepared = nil, nil
}
