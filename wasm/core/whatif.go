//go:build js

package main

import (
	"context"
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/whatif"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// tried is the last run with the items that changes of it are measured on, kept while a user tries.
type tried struct {
	run int
	*whatif.Bench
}

// whatIf tries other quantizers on a layer of the last run.
func (s *session) whatIf(job int, q protocol.WhatIfRequest, _ []js.Value) error {
	if s.last == nil || s.lastRun != q.Run || s.data == nil {
		return errors.New("the engine has forgotten this run: quantize again to try changes")
	}
	if s.tried == nil || s.tried.run != q.Run {
		// It is not given up half-way: whatever is tried next needs it too.
		b, err := whatif.New(context.Background(), s.job(q.Recipe, nil), s.last)
		if err != nil {
			return err
		}
		s.tried = &tried{q.Run, b}
	}
	var lost error
	err := s.tried.Try(s.patient(), q.Layer, q.WhatIf, func(t inspect.Tried, done bool) {
		lost = errors.Join(lost, answer(protocol.WhatIf, job, protocol.Tried{Tried: t, Done: done}))
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return errors.Join(err, lost)
}
