//go:build !js

package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// machine is a module, compiled by a WebAssembly runtime, and a memory for it.
type machine interface {
	// memory is all of it; with threads it is shared.
	memory() []byte
	// instance makes a further instance on the memory, for one goroutine at a time. It gives its
	// exported functions by name, nil for what is none.
	instance() (exports func(name string) function, err error)
	// again gives the same code another memory of that size, filled with zeros.
	again() (machine, error)
	// close frees the memory, and the code unless another machine has it too. Nothing may run.
	close() error
}

// function is an exported function of 32-bit arguments and one result or none.
type function func(args ...uint32) (uint32, error)

// host is a runtime and what it keeps of what it has compiled.
type host interface {
	// compile makes a memory of that many pages for a module, a shared one or not.
	compile(module []byte, pages uint32, shared bool) (machine, error)
	// close drops what is kept; machines stay.
	close()
}

// Engine is a module and its arena. It is for one goroutine at a time.
type Engine struct {
	machine machine
	arena   []byte
	run     function // run, or with threads lead
	dismiss function // nil without threads
	fail    function
	threads int
	sync    uint32 // address of what threads share, behind the arena
	workers sync.WaitGroup
}

// New compiles a module made by kernels.Module and gives it an arena of memBytes, rounded up to
// pages of 64 KiB, filled with zeros. With a pool of more than one thread the module must be one for
// shared memory.
func New(module []byte, memBytes uint32, p *Pool) (*Engine, error) {
	e, err := compile(module, pages(memBytes), p)
	if err != nil {
		return nil, fmt.Errorf("engine: arena of %d bytes: %w", memBytes, err)
	}
	return e, nil
}

func compile(module []byte, pages uint32, p *Pool) (*Engine, error) {
	if pages > maxPages {
		return nil, errTooLarge
	}
	size := pages * pageBytes
	if p.Threads() > 1 {
		pages++
	}
	if p == nil {
		p = NewPool(1)
		defer p.Close()
	}
	m, err := p.host.compile(module, pages, p.Threads() > 1)
	if err != nil {
		return nil, err
	}
	return start(m, size, p.Threads())
}

// Clone makes an engine of the same module on an arena whose first n bytes are those of e's, and the others 0.
func (e *Engine) Clone(n int) (*Engine, error) {
	m, err := e.machine.again()
	if err != nil {
		return nil, fmt.Errorf("engine: a further arena of %d bytes: %w", len(e.arena), err)
	}
	c, err := start(m, e.sync, e.threads)
	if err == nil {
		copy(c.arena, e.arena[:n])
	}
	return c, err
}

// start makes the instances and starts the threads; if it fails it closes the machine.
func start(m machine, size uint32, threads int) (*Engine, error) {
	e := &Engine{machine: m, arena: m.memory()[:size], sync: size, threads: threads}
	for thread := range threads {
		exports, err := m.instance()
		if err == nil && thread == 0 {
			err = e.lead(exports)
		}
		if err != nil {
			return nil, errors.Join(err, e.Close())
		}
		if thread > 0 {
			e.work(exports, uint32(thread))
		}
	}
	return e, nil
}

// lead takes the functions of the caller's thread.
func (e *Engine) lead(exports func(string) function) error {
	name := "run"
	if e.threads > 1 {
		name = "lead"
	}
	if e.run = exports(name); e.run == nil {
		return errNoRun
	}
	e.dismiss, e.fail = exports("dismiss"), exports("fail")
	return nil
}

// work starts a thread of the engine.
func (e *Engine) work(exports func(string) function, thread uint32) {
	work, fail := exports("work"), exports("fail")
	e.workers.Go(func() {
		if _, err := work(thread, uint32(e.threads), patience, e.sync, 0); err != nil {
			fail(e.sync) // the caller sees it: what it runs has failed
		}
	})
}

// RunUntil does the calls of a program that begin so far behind its address, as Run does, and ends with ctx's error between
// two of them when ctx ends.
func (e *Engine) RunUntil(ctx context.Context, program uint32, offsets []uint32) error {
	return parted(ctx, parts(program, offsets), polled, uint32(len(offsets)), e.Run)
}

// Run does the calls of a program laid out by call.Encode at the address program, a multiple of 4. A
// kernel that traps leaves an error; the arena is then undefined, and with threads no further Run
// works.
func (e *Engine) Run(program, calls uint32) error {
	if e.threads == 1 {
		if _, err := e.run(program, calls, 0); err != nil {
			return fmt.Errorf("engine: %w", err)
		}
		return nil
	}
	trapped, err := e.run(program, calls, uint32(e.threads), patience, e.sync)
	if err != nil {
		e.fail(e.sync)
		return fmt.Errorf("engine: %w", err)
	}
	if trapped != 0 {
		return errTrapped
	}
	return nil
}

// Write copies b to the arena. Beyond its end it panics, as all methods that take addresses.
func (e *Engine) Write(addr uint32, b []byte) { copy(e.at(addr, len(b)), b) }

// Read copies from the arena to dst.
func (e *Engine) Read(addr uint32, dst []byte) { copy(dst, e.at(addr, len(dst))) }

// Copy copies n bytes from another engine's arena.
func (e *Engine) Copy(addr uint32, from *Engine, at uint32, n int) { e.Write(addr, from.at(at, n)) }

func (e *Engine) at(addr uint32, n int) []byte { return e.arena[addr:][:n] }

// Close ends the threads and frees the arena and the compiled module.
func (e *Engine) Close() error {
	if e.machine == nil {
		return nil
	}
	if e.dismiss != nil {
		e.dismiss(e.sync)
		e.workers.Wait()
	}
	m := e.machine
	e.machine, e.arena = nil, nil
	return m.close()
}
