package engine

import (
	"context"
	"errors"
	"syscall/js"
)

// worker is one that runs whole programs, each of another engine at a time: while it does, goroutines
// wait and others go on.
type worker struct {
	js.Value
	done  chan js.Value // what it answered
	knows map[int]bool  // engines whose module and memory it has
}

// NewWorkers starts a pool of so many workers that run whole programs; 0 means as many as the machine has
// cores. Its engines are laid out for one thread and run at a time, each for a goroutine of its own.
// Where the page is not isolated from others, or for one worker, programs run on the caller's thread.
func NewWorkers(n int) *Pool {
	p := &Pool{threads: 1}
	if n <= 0 {
		n = Cores()
	}
	if n = min(n, maxThreads); n < 2 || !isolated() {
		return p
	}
	p.idle = make(chan *worker, n)
	for range n {
		w := js.Global().Get("Worker").New(workerScript)
		p.listen(w)
		p.workers = append(p.workers, w)
	}
	p.post(map[string]any{"hello": true})
	return p
}

// Workers is how many programs the pool runs at a time.
func (p *Pool) Workers() int { return max(cap(p.idle), 1) }

// listen takes a worker that has been started into the pool. What it says first is that its script runs, then how each
// program ended.
func (p *Pool) listen(started js.Value) {
	w := &worker{Value: started, done: make(chan js.Value, 1), knows: map[int]bool{}}
	runs := false
	w.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if !runs {
			runs = true
			p.idle <- w
			return nil
		}
		w.done <- args[0].Get("data")
		return nil
	}))
	w.Set("onerror", js.FuncOf(func(js.Value, []js.Value) any {
		if !runs {
			runs = true
			p.idle <- nil // the caller's own thread in its place
		}
		return nil
	}))
}

// aside is the part of an engine whose programs workers run.
type aside struct {
	pool   *Pool
	id     int // by which workers know it
	module js.Value
	memory js.Value
	ended  js.Value        // Int32Array of one number, not 0 when the program is to end
	quick  map[uint32]bool // programs, by where they begin, that a worker has done in less than the time of a message
}

// message is how many milliseconds it takes to tell a worker and to hear from it, of which the caller's thread works half.
const message = 0.4

// place gives e a shared memory, on which any worker of the pool can run.
func (e *Engine) place(p *Pool, module js.Value) error {
	m := p.take(int(e.size / pageBytes))
	if e.run = instantiate(module, m).Get("run"); e.run.Type() != js.TypeFunction {
		return errNoRun
	}
	p.last++
	ended := js.Global().Get("Int32Array").New(js.Global().Get("SharedArrayBuffer").New(4))
	e.aside, e.view = &aside{p, p.last, module, m, ended, map[uint32]bool{}}, bytes(m)
	return nil
}

// run waits for a worker, and until it has done so many calls of the program of e: those of each start, the last of which may
// have fewer. Messages wait while this thread is busy, so there is one for all of them: the worker sees by itself when ctx has
// ended.
func (a *aside) run(ctx context.Context, e *Engine, starts []uint32, each, calls uint32) error {
	if a.quick[starts[0]] {
		return parted(ctx, starts, each, calls, e.here)
	}
	w := <-a.pool.idle
	defer func() { a.pool.idle <- w }()
	if w == nil {
		return parted(ctx, starts, each, calls, e.here)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ask := map[string]any{"id": a.id, "starts": numbers(starts), "each": each, "calls": calls}
	if !w.knows[a.id] {
		ask["module"], ask["memory"], ask["ended"] = a.module, a.memory, a.ended
		w.knows[a.id] = true
	}
	a.ended.SetIndex(0, 0)
	w.Call("postMessage", ask)
	var answer js.Value
	select {
	case answer = <-w.done:
	case <-ctx.Done():
		a.ended.SetIndex(0, 1)
		answer = <-w.done
	}
	if trap := answer.Get("error"); trap.Truthy() {
		return errors.New("engine: " + trap.String())
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	a.quick[starts[0]] = answer.Get("took").Float() < message
	return nil
}

// numbers copies x to a Uint32Array.
func numbers(x []uint32) js.Value {
	array := js.Global().Get("Uint32Array").New(len(x))
	js.CopyBytesToJS(bytes(array), bytesOf(x))
	return array
}

// Ask has one of a pool of workers do what message asks of its script, and gives its answer. The buffers of transfer go over
// to it. There is none where the pool has no workers.
func (p *Pool) Ask(message map[string]any, transfer ...any) (answer js.Value, ok bool) {
	if p.idle == nil {
		return js.Undefined(), false
	}
	w := <-p.idle
	defer func() { p.idle <- w }()
	if w == nil {
		return js.Undefined(), false
	}
	w.Call("postMessage", message, transfer)
	return <-w.done, true
}

func (a *aside) close() {
	a.pool.post(map[string]any{"id": a.id, "close": true})
	a.pool.free = append(a.pool.free, memory{Value: a.memory})
}
