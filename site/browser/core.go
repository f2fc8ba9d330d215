//go:build js

package browser

import (
	"net/url"
	"strconv"
	"strings"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/promise"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// core is the worker that runs the core. A worker that was ended answers no more: its listeners are
// taken off with it.
type core struct {
	dispatch func(store.Action)
	worker   js.Value
	kernels  []js.Value // workers that run its networks; it talks to them over ports
	onMsg    js.Func
	onError  js.Func
	onFail   js.Func // of one of the kernels' workers
}

func newCore(dispatch func(store.Action)) *core {
	c := &core{dispatch: dispatch}
	c.onMsg = js.FuncOf(func(_ js.Value, args []js.Value) any {
		c.received(args[0].Get("data"))
		return nil
	})
	c.onError = js.FuncOf(func(_ js.Value, args []js.Value) any {
		args[0].Call("preventDefault")
		why := "A part of the page, core-worker.js, did not arrive: this copy of the site is incomplete, or the connection failed."
		if args[0].Get("message").Truthy() { // else its script never ran
			why = promise.Message(args[0])
		}
		c.dispatch(store.Crash{Why: why})
		return nil
	})
	c.onFail = js.FuncOf(func(_ js.Value, args []js.Value) any {
		c.worker.Call("postMessage", map[string]any{"failed": args[0].Get("target").Get("number")})
		return nil
	})
	c.start(store.Restart{})
	return c
}

// start starts a worker, which runs networks on so many threads; another engine than the page's where e says so.
func (c *core) start(e store.Restart) {
	query := url.Values{"threads": {strconv.Itoa(e.Threads)}}
	if e.Engine.Core != "" {
		query.Set("core", strings.TrimSuffix(e.Engine.Core, ".wasm"))
		query.Set("exec", strings.TrimSuffix(e.Engine.Exec, ".js"))
	}
	c.worker = js.Global().Get("Worker").New(Here("/core-worker.js?" + query.Encode()))
	c.worker.Call("addEventListener", "message", c.onMsg)
	c.worker.Call("addEventListener", "error", c.onError)
}

// restart ends the worker, whatever it does, and starts a fresh one.
func (c *core) restart(e store.Restart) {
	c.worker.Call("removeEventListener", "message", c.onMsg)
	c.worker.Call("removeEventListener", "error", c.onError)
	for _, w := range append(c.kernels, c.worker) {
		w.Call("terminate")
	}
	c.kernels = nil
	c.start(e)
}

// hire makes a worker for the core's kernels, which gets a port to the core. The core learns if it does not start.
func (c *core) hire(number, port js.Value) {
	w := js.Global().Get("Worker").New(Here("/kernel-worker.js"))
	w.Set("number", number)
	w.Set("onerror", c.onFail)
	w.Call("postMessage", map[string]any{"port": port}, js.Global().Get("Array").Call("of", port))
	c.kernels = append(c.kernels, w)
}

func (c *core) post(e store.Post) {
	parts := make([]js.Value, len(e.Files))
	for i, f := range e.Files {
		parts[i] = f.Handle.(js.Value)
	}
	// Blobs are handed over by reference: nothing to transfer.
	if err := protocol.Post(c.worker, e.Message, parts, false); err != nil {
		job := e.Message.Job
		go c.dispatch(store.Failed{Job: job, Message: err.Error()})
	}
}

func (c *core) received(data js.Value) {
	if crash := data.Get("crashed"); crash.Truthy() {
		c.dispatch(store.Crash{Why: crash.String()})
		return
	}
	if port := data.Get("port"); port.Truthy() {
		c.hire(data.Get("worker"), port)
		return
	}
	m, list, err := protocol.Received(data)
	if err != nil {
		c.dispatch(store.Crash{Why: err.Error()})
		return
	}
	parts := make([]store.Part, len(list))
	for i, b := range list {
		parts[i] = part{b}
	}
	c.dispatch(store.Hear(m, parts, now()))
}

// part is an ArrayBuffer of the core's.
type part struct{ js.Value }

// Blob keeps the bytes outside the page's memory.
func (p part) Blob(mediaType string) (any, int64) {
	return blob(p.Value, mediaType), int64(p.Get("byteLength").Float())
}

// URL gives them an address.
func (p part) URL(mediaType string) string { return address(blob(p.Value, mediaType)) }

// address is a link to a blob, good until it is revoked.
func address(b js.Value) string {
	return js.Global().Get("URL").Call("createObjectURL", b).String()
}

func revoke(addresses []string) {
	for _, a := range addresses {
		js.Global().Get("URL").Call("revokeObjectURL", a)
	}
}

// blob wraps bytes, so that the browser may keep them outside the page's memory.
func blob(part any, mediaType string) js.Value {
	options := js.Global().Get("Object").New()
	options.Set("type", mediaType)
	return js.Global().Get("Blob").New(js.Global().Get("Array").Call("of", part), options)
}
