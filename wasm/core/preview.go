//go:build js

package main

import (
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/inspect"
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
		if s.float, err = exec.New(s.model.Graph, exec.Config{}); err != nil {
			return err
		}
	}
	var out protocol.Preview
	var pictures []js.Value
	for i, item := range chosen {
		if s.breathe() {
			return nil
		}
		x, err := items.Inputs(i)
		if err != nil {
			return err
		}
		shape := s.model.Graph.Values[s.model.Graph.Inputs[0]].Shape
		in, rgba := inspect.InputOf(x[0], shape[1:], b.Recipe.Preprocess.Layout == "nhwc")
		if in.Width > 0 {
			pictures = append(pictures, buffer(inspect.BMP(rgba, in.Width, in.Height)))
		}
		in.Name = s.data.Name(item)
		if in.Label = s.data.Label(item); in.Label >= 0 {
			in.LabelName = s.data.Classes.Name(in.Label)
		}
		if err := s.float.Run(x...); err != nil {
			return err
		}
		in.Answers = inspect.Answers(s.float.Output(0), firstAnswers, b.Recipe.Data.ClassOffset)
		for k, a := range in.Answers {
			if a.Class >= 0 {
				in.Answers[k].Name = s.data.Classes.Name(a.Class)
			}
		}
		out.Inputs = append(out.Inputs, in)
	}
	post(protocol.Previewed, job, out, pictures...)
	return nil
}

// forget frees what is kept for looking at.
func (s *session) forget() {
	if s.float != nil {
		s.float.Close()
	}
	s.float, s.prepared = nil, nil
}
