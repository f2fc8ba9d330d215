package engine

import (
	"slices"
	"syscall/js"

	"github.com/quantscope/quantscope/kernels/threads"
)

// workerScript is what threads run, from the page's own origin: site/static/kernel-worker.js.
const workerScript = "/kernel-worker.js"

// Pool is the threads that engines run on. They share each program (NewPool): the caller's and dedicated
// workers, which all engines of the pool use in turn; workers start in their own time, and until one has,
// the others do its part. Or each worker runs whole programs by itself (NewWorkers).
type Pool struct {
	threads int // that share a program
	workers []js.Value
	started int // workers that have answered
	onStart js.Func
	current *shared      // whose programs the workers wait for
	last    int          // number of the last engine
	free    []memory     // of closed engines
	idle    chan *worker // nil where engines split their programs over the threads
	scalar  bool         // engines run on package scalar
}

// memory is a shared memory that no engine has any more. Freeing it would take a garbage collection
// in every worker, but workers sleep: so it is used again.
type memory struct {
	js.Value
	sync uint32 // address of what threads shared on it
	uses int    // how often each worker was told to wait for programs on it
}

// NewPool starts a pool of so many threads, the caller's included; 0 means as many as the machine
// has. Where the page is not isolated from others there is no shared memory: one thread.
func NewPool(n int) *Pool {
	p := &Pool{threads: 1}
	if n <= 0 {
		n = Cores()
	}
	if n <= 1 || !isolated() {
		return p
	}
	p.threads = min(n, maxThreads)
	p.onStart = js.FuncOf(func(js.Value, []js.Value) any {
		p.started++
		return nil
	})
	for range p.threads - 1 {
		w := js.Global().Get("Worker").New(workerScript)
		w.Set("onmessage", p.onStart)
		p.workers = append(p.workers, w)
	}
	// Browsers hold messages back until a worker's script has run and its maker has waited since: one
	// that has answered gets them at once.
	p.post(map[string]any{"hello": true})
	return p
}

// Cores is how many threads the machine runs at a time, as far as can be known and made use of.
func Cores() int {
	cores := js.Global().Get("navigator").Get("hardwareConcurrency")
	if cores.Type() != js.TypeNumber || !isolated() {
		return 1
	}
	return min(cores.Int(), maxThreads)
}

// isolated reports whether there are shared memories and workers to use them.
func isolated() bool {
	return js.Global().Get("crossOriginIsolated").Truthy() && js.Global().Get("Worker").Type() == js.TypeFunction
}

// Started is how many threads run by now, the caller's included. It changes while the caller waits.
func (p *Pool) Started() int { return 1 + p.started }

// Close ends the threads. Engines must be closed before.
func (p *Pool) Close() {
	for _, w := range p.workers {
		w.Call("terminate")
	}
	if p.workers != nil && p.idle == nil {
		p.onStart.Release()
	}
	*p = Pool{threads: 1}
}

// post sends each worker a message, with its number.
func (p *Pool) post(message map[string]any) {
	for i, w := range p.workers {
		message["thread"] = i + 1
		w.Call("postMessage", message)
	}
}

// growTo is the least number of pages that memories may grow to when they are used again: 1 GiB.
// Browsers on phones refuse memories that may grow to 4 GiB.
const growTo = 1 << 14

// take gives a memory of so many pages filled with zeros; what lies behind them may be anything. Of those that are free it is
// the smallest that has as many, else the largest, which grows: a small engine leaves a large memory to a large one.
func (p *Pool) take(pages int) js.Value {
	best, size := -1, 0
	for i, m := range p.free {
		have := m.pages()
		if !m.unused(len(p.workers)) || max(have, growTo) < pages {
			continue
		}
		if best < 0 || (size < pages && have > size) || (have >= pages && have < size) {
			best, size = i, have
		}
	}
	if best < 0 {
		return newMemory(map[string]any{"initial": pages, "maximum": max(pages, growTo), "shared": true})
	}
	m := p.free[best]
	p.free = slices.Delete(p.free, best, best+1)
	bytes(m.Value).Call("fill", 0, 0, min(size, pages)*pageBytes)
	if size < pages {
		m.Call("grow", pages-size)
	}
	return m.Value
}

func (m memory) pages() int { return m.Get("buffer").Get("byteLength").Int() / pageBytes }

// unused reports whether every worker has left as often as it was told to come.
func (m memory) unused(workers int) bool {
	if m.uses == 0 {
		return true // by threads; what a worker runs by itself has ended when its engine is closed
	}
	words := js.Global().Get("Int32Array").New(m.Get("buffer"))
	return js.Global().Get("Atomics").Call("load", words, (m.sync+threads.Left)/4).Int() == m.uses*workers
}

func bytes(memory js.Value) js.Value { return js.Global().Get("Uint8Array").New(memory.Get("buffer")) }

// Shared reports whether engines of the pool need modules for shared memory.
func (p *Pool) Shared() bool { return p != nil && (p.threads > 1 || p.idle != nil) }
