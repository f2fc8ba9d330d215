//go:build js

package main

import (
	"bytes"
	"context"
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/lesson"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// taught is the network as lessons show it, kept while one goes on.
type taught struct {
	recipe []byte
	*lesson.Bench
}

// teach makes the network ready for lessons with the preprocessing and the items of a recipe.
func (s *session) teach(r recipe.Recipe) (*lesson.Bench, error) {
	if s.model == nil || s.data == nil {
		return nil, errors.New("a lesson needs a network and data: open both, or take the sample")
	}
	r = lesson.Recipe(r)
	text, err := r.Canonical()
	if err != nil {
		return nil, err
	}
	if s.taught == nil || !bytes.Equal(s.taught.recipe, text) {
		s.forget()
		// It is not given up half-way: whatever the page asks next needs it too.
		b, err := lesson.New(context.Background(), s.job(r, nil))
		if err != nil {
			return nil, err
		}
		s.taught = &taught{text, b}
	}
	return s.taught.Bench, nil
}

// scene shows a layer.
func (s *session) scene(job int, q protocol.SceneRequest, _ []js.Value) error {
	b, err := s.teach(q.Recipe)
	if err != nil {
		return err
	}
	found, err := b.Scene(s.patient(), q.Layer, q.Scheme)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	var parts []js.Value
	for _, p := range b.Pictures() {
		parts = append(parts, buffer(p))
	}
	return answer(protocol.Scene, job, found, parts...)
}

// turn says what the knobs do.
func (s *session) turn(job int, q protocol.TurnRequest, _ []js.Value) error {
	b, err := s.teach(q.Recipe)
	if err != nil {
		return err
	}
	var lost error
	err = b.Turn(s.patient(), q.Layer, q.Item, q.Knobs, func(e inspect.Effect, done bool) {
		lost = answer(protocol.Turn, job, protocol.TurnEffect{Effect: e, Done: done})
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return errors.Join(err, lost)
}

// practice trains a layer's weight.
func (s *session) practice(job int, q protocol.PracticeRequest, _ []js.Value) error {
	b, err := s.teach(q.Recipe)
	if err != nil {
		return err
	}
	var lost error
	err = b.Practice(s.patient(), q.Layer, q.Drill, func(p inspect.Practice, done bool) {
		lost = errors.Join(lost, answer(protocol.Practice, job, protocol.PracticeStep{Practice: p, Done: done}))
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return errors.Join(err, lost)
}
