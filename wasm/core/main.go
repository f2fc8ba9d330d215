//go:build js

// Command core is the Web Worker that does the work: it takes the page's commands one after another,
// runs the pipeline of package quant on the kernels, and answers. It is cancelled by ending the
// worker, so nothing here has to stop half-way.
package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"syscall/js"
	"time"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/pool"
	"github.com/quantscope/quantscope/quant/warm"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// session is what the page has given so far.
type session struct {
	pool     *engine.Pool // of workers that run networks
	workers  int          // of them that the model's run has memory for
	model    *quant.Model
	data     *dataset.Dataset
	float    *pool.Pool // of model, for previews; nil until one is asked for
	prepared *prepared
	last     *calibrate.Calibrated // of the last run
	lastRun  int                   // its number
	commands chan command
}

// command is a message with its files.
type command struct {
	message protocol.Message
	parts   []js.Value
}

func main() {
	s := session{pool: engine.NewCrew(threads()), commands: make(chan command, 16)}
	js.Global().Call("coreListens", js.FuncOf(func(_ js.Value, args []js.Value) any {
		m, parts, err := protocol.Received(args[0])
		if err != nil {
			fail(m.Job, fmt.Errorf("the command could not be read: %w", err))
			return nil
		}
		// The page waits for answers before it sends more than a few commands.
		go func() { s.commands <- command{m, parts} }()
		return nil
	}))
	about := protocol.Engine{Version: quant.Version, Threads: s.pool.Hands(), Cores: engine.Cores()}
	for _, f := range export.Formats() {
		about.Formats = append(about.Formats, protocol.Format{Name: f.Name, About: f.About, Backend: f.Backend})
	}
	post(protocol.Ready, 0, about)
	if !s.breathe() { // nobody waits yet
		if err := warm.Up(s.pool, engine.ProbeDot()); err != nil {
			panic(err) // a network of ours
		}
	}
	for c := range s.commands {
		s.handle(c)
	}
}

// threads is how many threads the page asks for in the address of this worker, 0 for as many as there are
// cores.
func threads() int {
	address := js.Global().Get("location").Get("search").String()
	n, err := strconv.Atoi(strings.TrimPrefix(address, "?threads="))
	if err != nil {
		return 0
	}
	return n
}

// handle carries out a command; whatever goes wrong is answered.
func (s *session) handle(c command) {
	defer func() {
		if why := recover(); why != nil {
			fail(c.message.Job, fmt.Errorf("a fault in the engine: %v. Please report it with the model's operators", why))
		}
	}()
	if err := s.do(c); err != nil {
		fail(c.message.Job, err)
	}
}

func (s *session) do(c command) error {
	job := c.message.Job
	switch c.message.Kind {
	case protocol.Open:
		var b protocol.OpenBody
		if err := json.Unmarshal(c.message.Body, &b); err != nil {
			return err
		}
		return s.open(job, b, c.parts)
	case protocol.Load:
		var b protocol.LoadBody
		if err := json.Unmarshal(c.message.Body, &b); err != nil {
			return err
		}
		return s.load(job, b, c.parts)
	case protocol.Run:
		var b protocol.RunBody
		if err := json.Unmarshal(c.message.Body, &b); err != nil {
			return err
		}
		return s.run(job, b)
	case protocol.Verify:
		var b protocol.VerifyBody
		if err := json.Unmarshal(c.message.Body, &b); err != nil {
			return err
		}
		return s.verify(job, b)
	case protocol.Export:
		var b protocol.ExportBody
		if err := json.Unmarshal(c.message.Body, &b); err != nil {
			return err
		}
		return s.export(job, b)
	case protocol.Compare:
		var b protocol.CompareBody
		if err := json.Unmarshal(c.message.Body, &b); err != nil {
			return err
		}
		return s.compare(job, b)
	case protocol.AskPreview:
		var b protocol.PreviewBody
		if err := json.Unmarshal(c.message.Body, &b); err != nil {
			return err
		}
		return s.preview(job, b)
	case protocol.AskDetail:
		var b protocol.DetailBody
		if err := json.Unmarshal(c.message.Body, &b); err != nil {
			return err
		}
		return s.detail(job, b)
	}
	return fmt.Errorf("the engine does not know the command %q; reload the page", c.message.Kind)
}

// breathe lets messages come in and tells whether a further command waits. What is only for looking
// at is given up then: the page asks again if it still wants it.
func (s *session) breathe() (waits bool) {
	time.Sleep(time.Millisecond)
	return len(s.commands) > 0
}

// post answers the page; parts are ArrayBuffers and are handed over.
func post(kind protocol.Kind, job int, body any, parts ...js.Value) {
	m, err := protocol.New(kind, job, body)
	if err == nil {
		err = protocol.Post(js.Global(), m, parts, true)
	}
	if err != nil && kind != protocol.Failed {
		fail(job, err)
	}
}

func fail(job int, err error) {
	post(protocol.Failed, job, protocol.Failure{Message: err.Error()})
}
