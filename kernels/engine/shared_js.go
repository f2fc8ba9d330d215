package engine

import (
	"syscall/js"

	"github.com/quantscope/quantscope/kernels/threads"
)

// shared is the part of an engine that has to do with threads.
type shared struct {
	pool     *Pool
	id       int // by which workers know it
	module   js.Value
	memory   memory
	sent     bool // whether workers have module and memory
	patience int  // of the caller's thread
	lead     js.Value
	dismiss  js.Value
	fail     js.Value
}

// share gives e a shared memory and what runs programs on it. The block of what threads share lies
// behind the arena, on a page of its own.
func (e *Engine) share(p *Pool, module js.Value) error {
	m := p.take(int(e.size/pageBytes) + 1)
	exports := instantiate(module, m)
	s := &shared{
		pool: p, module: module, memory: memory{Value: m, sync: e.size}, patience: patience,
		lead: exports.Get("lead"), dismiss: exports.Get("dismiss"), fail: exports.Get("fail"),
	}
	if s.lead.Type() != js.TypeFunction {
		return errNoRun
	}
	if !js.Global().Get("document").IsUndefined() {
		s.patience = -1 // a page's main thread must not sleep
	}
	p.last++
	s.id = p.last
	e.shared, e.view = s, bytes(m)
	return nil
}

// run runs a program on all threads.
func (s *shared) run(program, calls uint32) (err error) {
	defer func() {
		if err != nil {
			s.fail.Invoke(s.memory.sync)
		}
	}()
	defer recoverError(&err, "engine")
	s.use()
	if s.lead.Invoke(program, calls, s.pool.threads, s.patience, s.memory.sync).Int() != 0 {
		return errTrapped
	}
	return nil
}

// use makes the workers wait for the programs of this engine, and no longer for those of another.
func (s *shared) use() {
	p := s.pool
	if p.current == s {
		return
	}
	if p.current != nil {
		p.current.leave()
	}
	words := js.Global().Get("Int32Array").New(s.memory.Get("buffer"))
	message := map[string]any{
		"id": s.id, "threads": p.threads, "patience": patience, "sync": s.memory.sync,
		"epoch": js.Global().Get("Atomics").Call("load", words, (s.memory.sync+threads.Epoch)/4),
	}
	if !s.sent {
		message["module"], message["memory"] = s.module, s.memory.Value
		s.sent = true
	}
	p.post(message)
	s.memory.uses++
	p.current = s
}

// leave sends the workers away.
func (s *shared) leave() {
	s.dismiss.Invoke(s.memory.sync)
	s.pool.current = nil
}

func (s *shared) close() {
	if s.pool.current == s {
		s.leave()
	}
	s.pool.post(map[string]any{"id": s.id, "close": true})
	s.pool.free = append(s.pool.free, s.memory)
}
