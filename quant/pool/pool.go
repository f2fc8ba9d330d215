// Package pool runs items through several Runners of one graph at a time. What an item gives does not
// depend on which Runner took it or when, so results are the same bits with any number of them.
package pool

import (
	"context"
	"errors"
	"sync"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// Pool is some Runners of one graph, each with its own memory.
type Pool struct{ runners []*exec.Runner }

// New makes workers Runners, at least one, unless ctx ends first.
func New(ctx context.Context, g *graph.Graph, c exec.Config, workers int) (*Pool, error) {
	first, err := exec.New(ctx, g, c)
	if err != nil {
		return nil, err
	}
	p := &Pool{runners: []*exec.Runner{first}}
	for range workers - 1 {
		r, err := first.Clone()
		if err != nil {
			return nil, errors.Join(err, p.Close())
		}
		p.runners = append(p.runners, r)
	}
	return p, nil
}

// Runners are all of them.
func (p *Pool) Runners() []*exec.Runner { return p.runners }

// Close frees the memory of all.
func (p *Pool) Close() error {
	var errs []error
	for _, r := range p.runners {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}

// Each calls do for items from to to-1, each once, with a Runner that is its own meanwhile, and done
// after each with the number finished so far, never two at a time. After an error or a cancelled
// context no further item begins; the error is that of the lowest item that failed.
func (p *Pool) Each(ctx context.Context, from, to int, do func(r *exec.Runner, i int) error, done func(n int)) error {
	s := &state{next: from, to: to, failed: to}
	if len(p.runners) == 1 {
		s.work(ctx, p.runners[0], do, func() { done(s.finished) })
		return s.err
	}
	var wait sync.WaitGroup
	for _, r := range p.runners {
		wait.Go(func() { s.work(ctx, r, do, func() { done(s.finished) }) })
	}
	wait.Wait()
	return s.err
}

// Show runs g on items 0 to n-1, whose inputs are given, on so many Runners at a time, and shows what each item has left in
// the Runner that ran it. done is told as Each does.
func Show(ctx context.Context, g *graph.Graph, c exec.Config, workers, n int, inputs func(i int) ([][]float32, error), see func(r *exec.Runner, i int), done func(n int)) error {
	p, err := New(ctx, g, c, workers)
	if err != nil {
		return err
	}
	defer p.Close()
	return p.Each(ctx, 0, n, func(r *exec.Runner, i int) error {
		x, err := inputs(i)
		if err != nil {
			return err
		}
		if err := r.Run(ctx, x...); err != nil {
			return err
		}
		see(r, i)
		return nil
	}, done)
}

// state is how far the items are; mu guards all of it.
type state struct {
	mu       sync.Mutex
	next, to int
	finished int
	failed   int // lowest item that failed
	err      error
}

func (s *state) work(ctx context.Context, r *exec.Runner, do func(*exec.Runner, int) error, done func()) {
	for {
		i, ok := s.take(ctx)
		if !ok {
			return
		}
		s.finish(i, do(r, i), done)
	}
}

func (s *state) take(ctx context.Context) (i int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next >= s.to || s.err != nil {
		return 0, false
	}
	if s.err = ctx.Err(); s.err != nil {
		return 0, false
	}
	s.next++
	return s.next - 1, true
}

func (s *state) finish(i int, err error, done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if i < s.failed {
			s.err, s.failed = err, i
		}
		return
	}
	s.finished++
	done()
}
