//go:build js

// Command core is the Web Worker that does the work: it takes the page's requests one after another,
// runs the pipeline of package quant on the kernels, and answers. It is cancelled by ending the
// worker, so nothing here has to stop half-way.
package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall/js"

	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/look"
	"github.com/quantscope/quantscope/quant/warm"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// session is what the page has given so far.
type session struct {
	pool     *engine.Pool // of workers that run networks
	workers  int          // of them that the model's run has memory for
	model    *quant.Model
	data     *dataset.Dataset
	viewer   *look.Viewer // of model; nil until a preview is asked for
	prepared *prepared
	taught   *taught
	tried    *tried
	memo     quant.Memo            // what jobs have found
	last     *calibrate.Calibrated // of the last run
	lastRun  int                   // its number
	commands chan command
	pause    atomic.Bool // the training is to end behind its present step
}

// command is a request with its files.
type command struct {
	message protocol.Message
	parts   []js.Value
}

func main() {
	if listens := js.Global().Get("decoderListens"); listens.Truthy() {
		decoding(listens)
	}
	s := session{pool: engine.NewWorkers(threads()), commands: make(chan command, 16)}
	js.Global().Call("coreListens", js.FuncOf(func(_ js.Value, args []js.Value) any {
		m, parts, err := protocol.Received(args[0])
		if err != nil {
			fail(m.Job, fmt.Errorf("the request could not be read: %w", err))
			return nil
		}
		if m.Kind == protocol.Pause.Kind {
			s.pause.Store(true)
			return nil
		}
		// The page waits for answers before it sends more than a few requests.
		go func() { s.commands <- command{m, parts} }()
		return nil
	}))
	about := protocol.Engine{Version: quant.Version, Threads: s.pool.Workers(), Cores: engine.Cores(), Largest: heap / copies, Memory: allowed()}
	for _, f := range export.Formats() {
		about.Formats = append(about.Formats, protocol.Format{Name: f.Name, About: f.About, Backend: f.Backend})
	}
	if err := tell(protocol.Ready, 0, about); err != nil {
		panic(err) // a document of ours
	}
	if !s.breathe() { // nobody waits yet
		if err := warm.Up(s.pool, engine.ProbeDot()); err != nil {
			panic(err) // a network of ours
		}
	}
	handlers := s.handlers()
	for c := range s.commands {
		handle(handlers[c.message.Kind], c)
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
