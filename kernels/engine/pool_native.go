//go:build !js

package engine

import "runtime"

// Pool is the threads that engines run on. Natively each engine has goroutines of its own; what the
// pool has in common is code: a module is compiled once, if the runtime can share it.
type Pool struct {
	threads int
	host    host
}

// NewPool makes a pool of so many threads, the caller's included; 0 means as many as the machine has.
func NewPool(threads int) *Pool { return newPool(threads, native()) }

// NewWazeroPool makes a pool whose engines run under wazero, whatever others do: a second opinion
// for tests.
func NewWazeroPool(threads int) *Pool { return newPool(threads, wazeroHost{}) }

func newPool(threads int, h host) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return &Pool{min(threads, maxThreads), h}
}

// Started is how many threads run by now, the caller's included.
func (p *Pool) Started() int { return p.threads }

// Close drops the code that is kept. Engines must be closed before.
func (p *Pool) Close() { p.host.close() }

// Shared reports whether engines of the pool need modules for shared memory.
func (p *Pool) Shared() bool { return p.Threads() > 1 }
