//go:build js

package main

import (
	"context"
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/wasm/protocol"
)

const (
	mixBudgets = 60 // notches of the page's slider
	tieItems   = 16 // that ties are counted on
)

// mix finds out which bits each layer should have.
func (s *session) mix(job int, q protocol.MixRequest, _ []js.Value) error {
	if s.model == nil || s.data == nil {
		return errors.New("bits are chosen by the model and the data: open both first")
	}
	s.forget()
	plan := diagnose.MixedPlan{Limit: diagnose.LimitBytes, Budgets: mixBudgets, Progress: progress(job)}
	if q.Operations {
		plan.Limit = diagnose.LimitOperations
	}
	found, err := quant.Search(context.Background(), s.job(q.Recipe, progress(job)), plan)
	if err != nil {
		return err
	}
	return answer(protocol.Mix, job, look.Mixed(found))
}

// bounds proves how far integer sums reach.
func (s *session) bounds(job int, q protocol.BoundsRequest, _ []js.Value) error {
	if s.model == nil || s.data == nil {
		return errors.New("bounds are of the model as it was calibrated on the data: open both first")
	}
	s.forget()
	var known *calibrate.Calibrated
	if s.lastRun == q.Run {
		known = s.last
	}
	b, err := quant.ProveBounds(context.Background(), s.job(q.Recipe, progress(job)), known, tieItems)
	if err != nil {
		return err
	}
	return answer(protocol.Bounds, job, look.Bounds(b))
}
