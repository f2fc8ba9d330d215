//go:build js

package main

import (
	"syscall/js"

	"github.com/quantscope/quantscope/quant/mqbench"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// translate reads MQBench's own configuration.
func (s *session) translate(job int, q protocol.TranslateRequest, _ []js.Value) error {
	r, notes, err := mqbench.Read([]byte(q.Text), &q.Base)
	if err != nil {
		return err
	}
	return answer(protocol.Translate, job, protocol.Translation{Recipe: r, Notes: notes})
}
