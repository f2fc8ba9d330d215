package diagnose

import (
	"context"

	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/pool"
)

// sets are Runners of several networks for each worker: an item goes through one of every kind.
type sets struct {
	pools []*pool.Pool
	free  chan []*exec.Runner
}

// newSets makes n pools of so many workers.
func newSets(n, workers int, create func(i int) (*pool.Pool, error)) (*sets, error) {
	s := &sets{free: make(chan []*exec.Runner, workers)}
	for i := range n {
		p, err := create(i)
		if err != nil {
			s.close()
			return nil, err
		}
		s.pools = append(s.pools, p)
	}
	for i := range workers {
		var set []*exec.Runner
		for _, p := range s.pools {
			set = append(set, p.Runners()[i])
		}
		s.free <- set
	}
	return s, nil
}

func (s *sets) close() {
	for _, p := range s.pools {
		p.Close()
	}
}

// each calls do for n items, with a set that is its own meanwhile.
func (s *sets) each(ctx context.Context, n int, do func(set []*exec.Runner, item int) error, done func(n int)) error {
	return s.pools[0].Each(ctx, 0, n, func(_ *exec.Runner, item int) error {
		set := <-s.free
		defer func() { s.free <- set }()
		return do(set, item)
	}, done)
}
