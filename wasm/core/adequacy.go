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

// adequacy finds out whether there are enough calibration items.
func (s *session) adequacy(job int, q protocol.AdequacyRequest, _ []js.Value) error {
	if s.model == nil || s.data == nil {
		return errors.New("whether there are enough items depends on the model and the data: open both first")
	}
	s.forget() // it needs the memory
	a, err := quant.CheckCalibration(context.Background(), s.job(q.Recipe, progress(job)))
	if err != nil {
		return err
	}
	return answer(protocol.Adequacy, job, look.Adequacy(a))
}
