//go:build js

package main

import (
	"bytes"
	"context"
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// patience is the context of what is only for looking at: it ends once a further request waits, since the
// page asks again if it still wants to look.
type patience struct {
	context.Context
	s *session
}

// Err lets messages come in, then looks whether a request is among them.
func (p patience) Err() error {
	if p.s.breathe() {
		return context.Canceled
	}
	return nil
}

func (s *session) patient() context.Context { return patience{context.Background(), s} }

// look shows a few items as the network takes them.
func (s *session) look(job int, r protocol.LookRequest, _ []js.Value) error {
	if s.model == nil || s.data == nil {
		return errors.New("a preview needs a model and data")
	}
	if s.viewer == nil {
		v, err := look.NewViewer(s.patient(), s.model, s.pool, s.workers)
		if err != nil {
			return err
		}
		s.viewer = v
	}
	p, err := s.viewer.Preview(s.patient(), quant.Job{Model: s.model, Data: s.data, Recipe: r.Recipe})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	parts := make([]js.Value, len(p.Pictures))
	for i, picture := range p.Pictures {
		parts[i] = buffer(picture)
	}
	return answer(protocol.Look, job, protocol.Preview{Inputs: p.Inputs}, parts...)
}

// prepared is the network as a recipe prepares it, kept while a user goes from layer to layer.
type prepared struct {
	recipe []byte
	*prepare.Prepared
}

// detail looks into a layer.
func (s *session) detail(job int, r protocol.DetailRequest, _ []js.Value) error {
	if s.model == nil || s.data == nil {
		return errors.New("looking into a layer needs the model and the data")
	}
	subject, err := s.subject(r)
	if err != nil {
		return err
	}
	var lost error
	err = look.Layer(s.patient(), s.job(r.Recipe, nil), subject,
		func(l inspect.Layer, done bool) {
			lost = answer(protocol.Detail, job, protocol.LayerDetail{Layer: l, Done: done})
		})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return errors.Join(err, lost)
}

// outputs sets the answers of the last run's network beside those of the float one.
func (s *session) outputs(job int, r protocol.OutputsRequest, _ []js.Value) error {
	if s.last == nil || s.lastRun != r.Run || s.data == nil {
		return errors.New("the engine has forgotten this run: quantize again to see its answers")
	}
	out, err := look.Outputs(s.patient(), s.job(r.Recipe, nil), s.last)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	parts := make([]js.Value, len(out.Pictures))
	for i, picture := range out.Pictures {
		parts[i] = buffer(picture)
	}
	return answer(protocol.Outputs, job, out.Outputs, parts...)
}

// times measures how long the nodes of the last run's network take.
func (s *session) times(job int, r protocol.TimesRequest, _ []js.Value) error {
	if s.last == nil || s.lastRun != r.Run || s.data == nil {
		return errors.New("the engine has forgotten this run: quantize again to time it")
	}
	t, err := look.Times(s.patient(), s.job(r.Recipe, nil), s.last)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	return answer(protocol.Times, job, t)
}

// subject gives the network as it was quantized, and node by node the same in float. Where the run is the
// core's last one, that is at hand; after a restart it is prepared once more.
func (s *session) subject(r protocol.DetailRequest) (look.Subject, error) {
	out := look.Subject{Layer: r.Layer, Weight: r.Weight, Input: r.Input}
	if s.last != nil && s.lastRun == r.Run {
		out.Prepared, out.Float = &s.last.Prepared, s.last.Float
		return out, nil
	}
	text, err := r.Recipe.Canonical()
	if err != nil {
		return out, err
	}
	if s.prepared == nil || !bytes.Equal(s.prepared.recipe, text) {
		p, err := prepare.Prepare(s.model.Graph, r.Recipe)
		if err != nil {
			return out, err
		}
		s.prepared = &prepared{text, p}
	}
	out.Prepared, out.Float = s.prepared.Prepared, s.prepared.Graph
	return out, nil
}

// forget frees what is kept for looking at.
func (s *session) forget() {
	if s.viewer != nil {
		s.viewer.Close()
	}
	s.viewer, s.prepared, s.taught, s.tried = nil, nil, nil, nil
}
