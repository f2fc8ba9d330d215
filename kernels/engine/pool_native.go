//go:build !js

package engine

import "runtime"

// Pool is the threads that engines run on. Natively each engine has goroutines of its own.
type Pool struct {
	threads int
	compile compiler
}

// NewPool makes a pool of so many threads, the caller's included; 0 means as many as the machine has.
func NewPool(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return &Pool{min(threads, maxThreads), native}
}

// NewWazeroPool makes a pool whose engines run under wazero, whatever others do: a second opinion
// for tests.
func NewWazeroPool(threads int) *Pool {
	p := NewPool(threads)
	p.compile = onWazero
	return p
}

func (p *Pool) compiler() compiler {
	if p == nil {
		return native
	}
	return p.compile
}

// Started is how many threads run by now, the caller's included.
func (p *Pool) Started() int { return p.threads }

// Close ends the threads. Engines must be closed before.
func (p *Pool) Close() {}

// Shared reports whether engines of the pool need modules for shared memory.
func (p *Pool) Shared() bool { return p.Threads() > 1 }
