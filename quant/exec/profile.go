package exec

import (
	"time"

	"github.com/quantscope/quantscope/kernels/call"
)

// Timing is what one kernel call takes, or one step on its scalar twin.
type Timing struct {
	Node   string // the operator whose step it belongs to; an input's name for a graph input
	Op     string
	Kernel call.ID // none of a twin
	Twin   bool
	Time   time.Duration // of one call, the least of three measurements
}

// Profile times every kernel call and every step on a scalar twin by itself, repeats times in a row, on what the last
// Run left in the arena: kernels in the order in which they run, then twins. Values are rubbish afterwards.
func (r *Runner) Profile(repeats int) ([]Timing, error) {
	began := time.Now()
	return r.ProfileBy(repeats, func() time.Duration { return time.Since(began) })
}

// ProfileBy is Profile by another clock: that of the processor, where other programs run.
func (r *Runner) ProfileBy(repeats int, clock func() time.Duration) ([]Timing, error) {
	timings := make([]Timing, 0, len(r.image.Labels)+len(r.image.Twins))
	for i, label := range r.image.Labels {
		took, err := least(repeats, clock, func() error { return r.eng.Run(r.image.Program+r.image.Offsets[i], 1) })
		if err != nil {
			return nil, err
		}
		timings = append(timings, Timing{Node: label.Node, Op: label.Op, Kernel: label.Kernel, Time: took})
	}
	for _, t := range r.image.Twins {
		took, err := least(repeats, clock, func() error { return r.twin(t) })
		if err != nil {
			return nil, err
		}
		timings = append(timings, Timing{Node: t.Node, Op: t.Op.Type(), Twin: true, Time: took})
	}
	return timings, nil
}

// least is the time of one call, of repeats in a row, in the best of three measurements.
func least(repeats int, clock func() time.Duration, call func() error) (time.Duration, error) {
	best := time.Duration(1<<63 - 1)
	for range 3 {
		start := clock()
		for range repeats {
			if err := call(); err != nil {
				return 0, err
			}
		}
		best = min(best, (clock()-start)/time.Duration(repeats))
	}
	return best, nil
}
