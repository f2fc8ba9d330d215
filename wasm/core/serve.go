//go:build js

package main

import (
	"fmt"
	"syscall/js"
	"time"

	"github.com/quantscope/quantscope/wasm/protocol"
)

// handler carries out a request: it answers itself, or says why there is no answer.
type handler func(c command) error

// handlers are the core's endpoints.
func (s *session) handlers() map[protocol.Kind]handler {
	return map[protocol.Kind]handler{
		protocol.Open.Kind:      to(protocol.Open, s.open),
		protocol.Load.Kind:      to(protocol.Load, s.load),
		protocol.Run.Kind:       to(protocol.Run, s.run),
		protocol.Verify.Kind:    to(protocol.Verify, s.verify),
		protocol.Recheck.Kind:   to(protocol.Recheck, s.recheck),
		protocol.Export.Kind:    to(protocol.Export, s.export),
		protocol.Formats.Kind:   to(protocol.Formats, s.formats),
		protocol.Outputs.Kind:   to(protocol.Outputs, s.outputs),
		protocol.Times.Kind:     to(protocol.Times, s.times),
		protocol.Compare.Kind:   to(protocol.Compare, s.compare),
		protocol.Adequacy.Kind:  to(protocol.Adequacy, s.adequacy),
		protocol.Look.Kind:      to(protocol.Look, s.look),
		protocol.Guard.Kind:     to(protocol.Guard, s.guard),
		protocol.Detail.Kind:    to(protocol.Detail, s.detail),
		protocol.Diagnose.Kind:  to(protocol.Diagnose, s.diagnose),
		protocol.Improve.Kind:   to(protocol.Improve, s.improve),
		protocol.Translate.Kind: to(protocol.Translate, s.translate),
		protocol.Mix.Kind:       to(protocol.Mix, s.mix),
		protocol.Bounds.Kind:    to(protocol.Bounds, s.bounds),
		protocol.Scene.Kind:     to(protocol.Scene, s.scene),
		protocol.Turn.Kind:      to(protocol.Turn, s.turn),
		protocol.Practice.Kind:  to(protocol.Practice, s.practice),
		protocol.WhatIf.Kind:    to(protocol.WhatIf, s.whatIf),
	}
}

// to reads the requests of an endpoint for do.
func to[Q, A any](e protocol.Endpoint[Q, A], do func(job int, q Q, parts []js.Value) error) handler {
	return func(c command) error {
		q, err := e.Asked(c.message)
		if err != nil {
			return err
		}
		return do(c.message.Job, q, c.parts)
	}
}

// handle carries out a request; whatever goes wrong is answered.
func handle(h handler, c command) {
	defer func() {
		if why := recover(); why != nil {
			fail(c.message.Job, fmt.Errorf("a fault in the engine: %v. Please report it with the model's operators", why))
		}
	}()
	err := fmt.Errorf("the engine does not know the request %q; reload the page", c.message.Kind)
	if h != nil {
		err = h(c)
	}
	if err != nil {
		fail(c.message.Job, err)
	}
}

// breathe lets messages come in and tells whether a further request waits.
func (s *session) breathe() (waits bool) {
	time.Sleep(time.Millisecond)
	return len(s.commands) > 0
}

// answer answers the page; parts are ArrayBuffers and are handed over.
func answer[Q, A any](e protocol.Endpoint[Q, A], job int, a A, parts ...js.Value) error {
	m, err := e.Answer(job, a)
	if err != nil {
		return err
	}
	return protocol.Post(js.Global(), m, parts, true)
}

// tell says something that is no answer.
func tell(word protocol.Word, job int, body any) error {
	m, err := protocol.New(word, "", job, body)
	if err != nil {
		return err
	}
	return protocol.Post(js.Global(), m, nil, true)
}

// fail says why a request has no answer. That nobody can be told of a failure is told to nobody.
func fail(job int, err error) {
	_ = tell(protocol.Fail, job, protocol.Failure{Message: err.Error()})
}

// step tells how far a request has come. It is lost if the page cannot be told.
func step(job int, p protocol.Progress) { _ = tell(protocol.Step, job, p) }
