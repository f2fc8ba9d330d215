package engine

import (
	"errors"
	"syscall/js"
)

// crew is workers that run whole programs, each of another engine at a time: while they do, goroutines
// wait and others go on.
type crew struct {
	idle chan *hand // nil stands for the caller's own thread, in place of a worker that did not start
}

// hand is one worker of a crew.
type hand struct {
	worker js.Value
	done   chan error   // what became of the program it runs
	knows  map[int]bool // engines whose module and memory it has
}

// NewCrew starts a pool of so many workers that run whole programs; 0 means as many as the machine has
// cores. Its engines are laid out for one thread and run at a time, each for a goroutine of its own.
// Where the page is not isolated from others, or for one worker, programs run on the caller's thread.
func NewCrew(n int) *Pool {
	p := &Pool{threads: 1, hands: 1}
	if n <= 0 {
		n = Cores()
	}
	if n = min(n, maxThreads); n < 2 || !isolated() {
		return p
	}
	p.hands, p.crew = n, &crew{idle: make(chan *hand, n)}
	for range n {
		w := js.Global().Get("Worker").New(workerScript)
		p.crew.hire(w)
		p.workers = append(p.workers, w)
	}
	p.post(map[string]any{"hello": true})
	return p
}

// Hands is how many programs a crew runs at a time.
func (p *Pool) Hands() int { return p.hands }

// hire takes a worker that has been started. What it says first is that its script runs, then how each
// program ended.
func (c *crew) hire(worker js.Value) {
	h := &hand{worker: worker, done: make(chan error, 1), knows: map[int]bool{}}
	started := false
	worker.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if !started {
			started = true
			c.idle <- h
			return nil
		}
		var err error
		if trap := args[0].Get("data").Get("error"); trap.Truthy() {
			err = errors.New("engine: " + trap.String())
		}
		h.done <- err
		return nil
	}))
	worker.Set("onerror", js.FuncOf(func(js.Value, []js.Value) any {
		if !started {
			started = true
			c.idle <- nil
		}
		return nil
	}))
}

// aside is the part of an engine whose programs a crew runs.
type aside struct {
	pool   *Pool
	id     int // by which workers know it
	module js.Value
	memory js.Value
}

// place gives e a shared memory, on which any worker of the crew can run.
func (e *Engine) place(p *Pool, module js.Value) error {
	m := p.take(int(e.size / pageBytes))
	if e.run = instantiate(module, m).Get("run"); e.run.Type() != js.TypeFunction {
		return errNoRun
	}
	p.last++
	e.aside, e.view = &aside{p, p.last, module, m}, bytes(m)
	return nil
}

// run waits for a worker, and until it has run the program. here runs it on the caller's thread.
func (a *aside) run(here js.Value, program, calls uint32) (err error) {
	h := <-a.pool.crew.idle
	defer func() { a.pool.crew.idle <- h }()
	if h == nil {
		defer recoverError(&err, "engine")
		here.Invoke(program, calls, 0)
		return nil
	}
	message := map[string]any{"id": a.id, "program": program, "calls": calls}
	if !h.knows[a.id] {
		message["module"], message["memory"] = a.module, a.memory
		h.knows[a.id] = true
	}
	h.worker.Call("postMessage", message)
	return <-h.done
}

func (a *aside) close() {
	a.pool.post(map[string]any{"id": a.id, "close": true})
	a.pool.free = append(a.pool.free, memory{Value: a.memory})
}
