//go:build js

package main

import (
	"context"
	"errors"
	"syscall/js"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// compare calibrates the network with each of the recipes.
func (s *session) compare(job int, b protocol.CompareRequest, _ []js.Value) error {
	if s.model == nil || len(b.Recipes) == 0 {
		return errors.New("there is nothing to compare: open a model first")
	}
	s.forget() // it needs the memory
	found, err := quant.Compare(context.Background(), s.job(b.Recipes[0], progress(job)), b.Recipes)
	if err != nil {
		return err
	}
	return answer(protocol.Compare, job, protocol.Comparison{Calibrations: found})
}
