package quant

import (
	"context"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evidence"
)

// probes are what the layers of a network make of inputs that come from the recipe's seed, found beside whatever else is
// done: evaluation mostly waits for kernels.
type probes struct {
	layers []evidence.Layer
	err    error
	done   chan struct{}
	cancel context.CancelFunc
}

// probes begins to find them. Who begins ends it too.
func (j Job) probes(ctx context.Context, c *calibrate.Calibrated) *probes {
	ctx, cancel := context.WithCancel(ctx)
	p := &probes{done: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(p.done)
		p.layers = evidence.Layers(c)
		p.err = evidence.Probe(ctx, c, p.layers, j.Recipe.Data.Seed, j.Pool)
	}()
	return p
}

// end gives up what has not been found and waits until nothing runs.
func (p *probes) end() {
	p.cancel()
	<-p.done
}
