//go:build js

package main

import (
	"context"
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// run quantizes the model with the recipe and answers with everything that came out.
func (s *session) run(job int, b protocol.RunRequest, parts []js.Value) error {
	if s.model == nil {
		return errors.New("there is no model: open one first")
	}
	s.forget() // a run needs the memory
	s.last = nil
	s.pause.Store(false)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	asked := s.job(b.Recipe, progress(job))
	if b.Recipe.Train != (recipe.Training{}) {
		s.follow(&asked, job, stop)
	}
	if b.Recipe.Refine.Rounding.Learns() {
		keepRounding(&asked, job)
	}
	for _, p := range parts {
		b, err := read(p)
		if err != nil {
			return err
		}
		asked.Watch.From = b
	}
	r, err := quant.Quantize(ctx, asked)
	if err != nil {
		return err
	}
	return answer(protocol.Run, job, s.hold(job, r), buffer(r.QDQ))
}

// hold keeps a result for what is asked about it later, and tells it.
func (s *session) hold(job int, r *quant.Result) protocol.Result {
	s.last, s.lastRun = r.Calibrated, job
	result := protocol.Result{Report: *r.Report, Receipt: *r.Receipt, Notes: r.Notes}
	result.Quantizers, result.Placed = look.Quantizers(r.Calibrated)
	return result
}

// buffer copies bytes into an ArrayBuffer.
func buffer(b []byte) js.Value { return array(b).Get("buffer") }

// array copies bytes into a Uint8Array.
func array(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}

// verify computes a receipt again and says step by step what matches.
func (s *session) verify(job int, b protocol.VerifyRequest, _ []js.Value) error {
	if s.model == nil {
		return errors.New("there is no model: drop your copy of it first")
	}
	s.forget()
	checked := s.job(b.Receipt.Recipe, progress(job))
	if b.ModelOnly || s.data == nil {
		checked.Data = nil
	} else {
		s.last = nil // a run needs the memory
	}
	v, err := quant.Verify(context.Background(), &b.Receipt, checked)
	if err != nil {
		return err
	}
	out := protocol.Verified{Verification: v.Verification}
	if v.Result == nil {
		return answer(protocol.Verify, job, out)
	}
	result := s.hold(job, v.Result)
	out.Result = &result
	return answer(protocol.Verify, job, out, buffer(v.Result.QDQ))
}

// recheck runs a receipt's layers on the scalar engine too.
func (s *session) recheck(job int, b protocol.RecheckRequest, _ []js.Value) error {
	if s.model == nil {
		return errors.New("there is no model: drop your copy of it first")
	}
	again, err := quant.Recheck(s.patient(), &b.Receipt, s.job(b.Receipt.Recipe, progress(job)))
	if err != nil {
		return err
	}
	return answer(protocol.Recheck, job, again)
}

// job is what has been given, with a recipe.
func (s *session) job(r recipe.Recipe, progress func(stage string, done, total int)) quant.Job {
	return quant.Job{Model: s.model, Data: s.data, Recipe: r, Workers: s.workers, Pool: s.pool, Progress: progress, Memo: &s.memo}
}

// interval is how often progress is told, in milliseconds: more often nobody sees.
const interval = 40

// progress tells the page how far a job is.
func progress(job int) func(stage string, done, total int) {
	return throttled(func(stage string, done, total int) {
		step(job, protocol.Progress{Stage: stage, Done: done, Total: total})
	})
}

// throttled tells every new stage, its end, and now and then between. What is one step has no count.
func throttled(tell func(stage string, done, total int)) func(stage string, done, total int) {
	clock := js.Global().Get("performance")
	stage, last := "", 0.0
	return func(name string, done, total int) {
		now := clock.Call("now").Float()
		if name == stage && done < total && now-last < interval {
			return
		}
		stage, last = name, now
		if total == 1 {
			done, total = 0, 0
		}
		tell(name, done, total)
	}
}
