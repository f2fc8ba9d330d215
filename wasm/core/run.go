//go:build js

package main

import (
	"context"
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// run quantizes the model with the recipe and answers with everything that came out.
func (s *session) run(job int, b protocol.RunBody) error {
	if s.model == nil {
		return errors.New("there is no model: open one first")
	}
	s.forget() // a run needs the memory
	s.last = nil
	r, err := quant.Quantize(context.Background(), quant.Job{
		Model: s.model, Data: s.data, Recipe: b.Recipe, Workers: s.workers, Pool: s.pool, Progress: progress(job),
	})
	if err != nil {
		return err
	}
	s.last, s.lastRun = r.Calibrated, job
	result := protocol.Result{Report: *r.Report, Receipt: *r.Receipt, Notes: r.Notes}
	c := r.Calibrated
	for i, q := range c.Quantizers {
		result.Quantizers = append(result.Quantizers, protocol.Quantizer{
			Name: q.Name, Layer: c.Layer(q.Node), Weight: q.Weight, Scheme: q.Scheme, Params: c.Params[i],
		})
	}
	for _, m := range c.Modules {
		weight, input := places(&c.Prepared, m)
		result.Placed = append(result.Placed, protocol.Placed{Weight: weight, Input: input})
	}
	post(protocol.Finished, job, result, buffer(r.QDQ))
	return nil
}

// buffer copies bytes into an ArrayBuffer.
func buffer(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array.Get("buffer")
}

// verify computes a receipt again and says step by step what matches.
func (s *session) verify(job int, b protocol.VerifyBody) error {
	if s.model == nil {
		return errors.New("there is no model: drop your copy of it first")
	}
	s.forget()
	v, err := quant.Verify(context.Background(), &b.Receipt, quant.Job{
		Model: s.model, Data: s.data, Workers: s.workers, Pool: s.pool, Progress: progress(job),
	})
	if err != nil {
		return err
	}
	post(protocol.Verified, job, v)
	return nil
}

// interval is how often progress is told, in milliseconds: more often nobody sees.
const interval = 40

// progress tells the page how far a job is: every new stage, its end, and now and then between.
func progress(job int) func(stage string, done, total int) {
	clock := js.Global().Get("performance")
	stage, last := "", 0.0
	return func(name string, done, total int) {
		now := clock.Call("now").Float()
		if name == stage && done < total && now-last < interval {
			return
		}
		stage, last = name, now
		step := protocol.Step{Stage: name, Done: done, Total: total}
		if total == 1 {
			step.Done, step.Total = 0, 0
		}
		post(protocol.Progress, job, step)
	}
}
