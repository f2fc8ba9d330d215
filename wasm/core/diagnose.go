//go:build js

package main

import (
	"context"
	"errors"
	"syscall/js"
	"time"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/diagnose"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Bounds of what a user waits for.
const (
	diagnosisTime  = 15 * time.Second
	diagnosisItems = 32      // that fixes are tried on
	improveShare   = 0.98    // of the answers that are to be kept
	improveBytes   = 1 << 20 // that parameters may take more
)

// diagnose finds out why the network loses accuracy under a recipe.
func (s *session) diagnose(job int, q protocol.DiagnoseRequest, _ []js.Value) error {
	if s.model == nil || s.data == nil {
		return errors.New("a diagnosis needs the model and the data")
	}
	s.forget() // it needs the memory
	var lost error
	tell := within(job, diagnosisTime)
	plan := diagnose.Plan{
		Time:     diagnosisTime,
		Progress: func(stage string, done, total int, _ time.Duration) { tell(stage, done, total) },
		Found: func(d *diagnose.Diagnosis) {
			lost = errors.Join(lost, answer(protocol.Diagnose, job, protocol.Diagnosis{Diagnosis: look.Diagnosis(d)}))
		},
	}
	if s.last != nil && s.lastRun == q.Run {
		plan.Calibrated = s.last
	}
	d, err := quant.Diagnose(context.Background(), s.job(q.Recipe, tell), diagnosisItems, plan)
	if err := errors.Join(err, lost); err != nil {
		return err
	}
	return answer(protocol.Diagnose, job, protocol.Diagnosis{Diagnosis: look.Diagnosis(d), Done: true})
}

// improve looks for a better recipe.
func (s *session) improve(job int, q protocol.ImproveRequest, _ []js.Value) error {
	if s.model == nil || s.data == nil {
		return errors.New("a recipe is made better by the model and the data: open both first")
	}
	s.forget()
	limit := protocol.ImproveTime
	if q.Learn != (recipe.Rounding{}) {
		limit = protocol.LearnTime
	}
	tell := within(job, limit)
	var lost error
	so := protocol.Improvement{Recipe: q.Recipe, Steps: q.Steps}
	bytes := int64(improveBytes)
	for _, st := range q.Steps {
		bytes -= st.MoreBytes
	}
	found, err := quant.Recommend(context.Background(), s.job(q.Recipe, tell), diagnose.Goal{
		Share: improveShare, MoreBytes: bytes, Time: limit, Learn: q.Learn,
		Progress: func(title string, _, _, done, total int) { tell(title, done, total) },
		Tried: func(st diagnose.Step) {
			so.Steps, so.Items = append(so.Steps, look.Step(st)), st.Outcome.Items
			if st.Kept {
				so.Recipe = st.Recipe
			}
			lost = errors.Join(lost, answer(protocol.Improve, job, so))
		},
	})
	if err := errors.Join(err, lost); err != nil {
		return err
	}
	so.Recipe, so.Items, so.Untried, so.Notes, so.Done = found.After.Recipe, found.After.Outcome.Items, found.Untried, found.Notes, true
	return answer(protocol.Improve, job, so)
}

// within tells the page how far a job is that takes no longer than about that; on a busy machine its first change may.
func within(job int, limit time.Duration) func(stage string, done, total int) {
	began := time.Now()
	return throttled(func(stage string, done, total int) {
		left := (limit - time.Since(began)).Seconds()
		if left <= 0 {
			left = -1
		}
		step(job, protocol.Progress{Stage: stage, Done: done, Total: total, Left: left})
	})
}
