//go:build js

package main

import (
	"context"
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// guard finds out whether another preprocessing suits the float network better.
func (s *session) guard(job int, q protocol.GuardRequest, _ []js.Value) error {
	if s.model == nil || s.data == nil {
		return errors.New("a preprocessing is checked on the model and the data: open both first")
	}
	v, err := quant.CheckPreprocess(s.patient(), s.job(q.Recipe, progress(job)), quant.EnoughRight, quant.AsItTakes)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	if err != nil {
		return err
	}
	return answer(protocol.Guard, job, look.Guard(v))
}
