package store

// SetThreads has networks run on so many threads, 0 for as many as there are cores. Results do not depend on
// it, so it is neither in the recipe nor in the address. What runs is abandoned.
type SetThreads struct{ Threads int }

func (a SetThreads) apply(s State) (State, []Effect) {
	s.Threads = a.Threads
	return stop(s)
}
