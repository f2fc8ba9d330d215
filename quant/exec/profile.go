package exec

import (
	"time"

	"github.com/quantscope/quantscope/kernels/call"
)

// Timing is what one kernel call takes.
type Timing struct {
	Node   string // the operator whose step it belongs to; an input's name for a graph input
	Op     string
	Kernel call.ID
	Time   time.Duration // of one call, the least of three measurements
}

// Profile times every kernel call by itself, repeats times in a row, on what the last Run left in the
// arena. Values are rubbish afterwards.
func (r *Runner) Profile(repeats int) ([]Timing, error) {
	timings := make([]Timing, len(r.image.Labels))
	for i, label := range r.image.Labels {
		best := time.Duration(1<<63 - 1)
		for range 3 {
			start := time.Now()
			for range repeats {
				if err := r.eng.Run(r.image.Program+r.image.Offsets[i], 1); err != nil {
					return nil, err
				}
			}
			best = min(best, time.Since(start)/time.Duration(repeats))
		}
		timings[i] = Timing{Node: label.Node, Op: label.Op, Kernel: label.Kernel, Time: best}
	}
	return timings, nil
}
