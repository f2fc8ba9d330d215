package engine

// maxThreads bounds a Pool: more do not pay for networks of this size.
const maxThreads = 16

// Threads is how many threads engines of the pool are laid out for: those that write into their own
// part of a region need so many parts. A nil Pool is one thread.
func (p *Pool) Threads() int {
	if p == nil {
		return 1
	}
	return p.threads
}

// How often a thread looks for work before it goes to sleep: some ten microseconds, longer than most
// calls take, shorter than anybody minds.
const patience = 20000
