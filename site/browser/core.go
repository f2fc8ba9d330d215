//go:build js

package browser

import (
	"encoding/json"
	"strconv"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// core is the worker that runs the core. A worker that was ended answers no more: its listeners are
// taken off with it.
type core struct {
	dispatch func(store.Action)
	worker   js.Value
	onMsg    js.Func
	onError  js.Func
}

func newCore(dispatch func(store.Action)) *core {
	c := &core{dispatch: dispatch}
	c.onMsg = js.FuncOf(func(_ js.Value, args []js.Value) any {
		c.received(args[0].Get("data"))
		return nil
	})
	c.onError = js.FuncOf(func(_ js.Value, args []js.Value) any {
		args[0].Call("preventDefault")
		c.dispatch(store.Crash{Why: message(args[0])})
		return nil
	})
	c.start(0)
	return c
}

// start starts a worker, which runs networks on so many threads.
func (c *core) start(threads int) {
	c.worker = js.Global().Get("Worker").New("/core-worker.js?threads=" + strconv.Itoa(threads))
	c.worker.Call("addEventListener", "message", c.onMsg)
	c.worker.Call("addEventListener", "error", c.onError)
}

// restart ends the worker, whatever it does, and starts a fresh one.
func (c *core) restart(threads int) {
	c.worker.Call("removeEventListener", "message", c.onMsg)
	c.worker.Call("removeEventListener", "error", c.onError)
	c.worker.Call("terminate")
	c.start(threads)
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
	m, parts, err := protocol.Received(data)
	if err == nil {
		var a store.Action
		if a, err = action(m, parts); err == nil {
			c.dispatch(a)
			return
		}
	}
	c.dispatch(store.Failed{Job: m.Job, Message: "The engine's answer could not be read: " + err.Error()})
}

// action is what an answer means to the store.
func action(m protocol.Message, parts []js.Value) (store.Action, error) {
	switch m.Kind {
	case protocol.Ready:
		var e protocol.Engine
		err := json.Unmarshal(m.Body, &e)
		return store.Started{Engine: e}, err
	case protocol.Progress:
		var s protocol.Step
		err := json.Unmarshal(m.Body, &s)
		return store.Stepped{Job: m.Job, Step: s, Now: now()}, err
	case protocol.Opened:
		var model protocol.Model
		err := json.Unmarshal(m.Body, &model)
		return store.Opened{Job: m.Job, Model: model}, err
	case protocol.Loaded:
		var d protocol.Data
		err := json.Unmarshal(m.Body, &d)
		return store.Loaded{Job: m.Job, Data: d}, err
	case protocol.Finished:
		var r protocol.Result
		if err := json.Unmarshal(m.Body, &r); err != nil {
			return nil, err
		}
		f := store.Finished{Job: m.Job, Result: r, Now: now()}
		if len(parts) > 0 {
			f.Size = int64(parts[0].Get("byteLength").Float())
			f.QDQ = blob(parts[0], "application/octet-stream")
		}
		return f, nil
	case protocol.Exported:
		var f protocol.File
		if err := json.Unmarshal(m.Body, &f); err != nil {
			return nil, err
		}
		a := store.Exported{Job: m.Job, File: f}
		if len(parts) > 0 {
			a.Size = int64(parts[0].Get("byteLength").Float())
			a.Handle = blob(parts[0], "application/octet-stream")
		}
		return a, nil
	case protocol.Previewed:
		var p protocol.Preview
		if err := json.Unmarshal(m.Body, &p); err != nil {
			return nil, err
		}
		a := store.Previewed{Job: m.Job, Preview: p}
		for _, part := range parts {
			a.Pictures = append(a.Pictures, address(blob(part, "image/bmp")))
		}
		return a, nil
	case protocol.Detailed:
		var d protocol.Detail
		err := json.Unmarshal(m.Body, &d)
		return store.Detailed{Job: m.Job, Detail: d}, err
	case protocol.Compared:
		var c protocol.Comparison
		err := json.Unmarshal(m.Body, &c)
		return store.Compared{Job: m.Job, Comparison: c}, err
	case protocol.Verified:
		var v receipt.Verification
		err := json.Unmarshal(m.Body, &v)
		return store.Verified{Job: m.Job, Verification: v}, err
	}
	var f protocol.Failure
	err := json.Unmarshal(m.Body, &f)
	return store.Failed{Job: m.Job, Message: f.Message}, err
}

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
