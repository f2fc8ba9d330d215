package exec

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/graph"
)

// maxArena is what one WebAssembly memory can hold, less two pages so that sizes fit in 32 bits.
const maxArena = 1<<32 - 2<<16

// Need is how many bytes of memory New takes for the Runner, found without taking them. It fails as New does.
func Need(g *graph.Graph, c Config) (int, error) {
	_, m, err := measure(g, c)
	return m.total(), err
}

// arena is where the parts of a Runner's memory begin: constants at its beginning, then the program, then
// the activations.
type arena struct{ program, base, activations int }

func (a arena) total() int { return a.base + a.activations + q8.Slack }

// measure plans g and goes over it dry. It fails, naming the node, for what the kernels cannot do, and if
// the arena would not fit.
func measure(g *graph.Graph, c Config) (*lowerer, arena, error) {
	p, err := newPlan(g, c)
	if err != nil {
		return nil, arena{}, err
	}
	if total := place(p.bufs); total > maxArena { // before tables as large are made
		return nil, arena{}, tooLarge(0, total)
	}
	l := &lowerer{g: g, cfg: c, plan: p, base: firstConstant, integers: map[int]*integerWeights{}}
	if err := l.run(); err != nil {
		return nil, arena{}, err
	}
	program, _ := call.Encode(l.calls)
	a := arena{program: roundUp(l.cursor, align), activations: place(p.bufs)}
	a.base = roundUp(a.program+len(program), align)
	if a.base+a.activations > maxArena {
		return nil, arena{}, tooLarge(l.cursor, a.activations)
	}
	return l, a, nil
}

func tooLarge(constants, activations int) error {
	return fmt.Errorf("the network needs %d MiB of memory to run (%d MiB weights, %d MiB activations), more than the %d MiB that WebAssembly has: "+
		"use a smaller input size", (constants+activations)>>20, constants>>20, activations>>20, maxArena>>20)
}
