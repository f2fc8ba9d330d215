package engine

import (
	"fmt"

	"github.com/quantscope/quantscope/kernels/scalar"
)

// NewScalarPool makes a pool whose engines run on package scalar, on the caller's thread: slow, and what tells whether
// the browser and the processor are right.
func NewScalarPool() *Pool { return &Pool{threads: 1, scalar: true} }

// Scalar tells whether engines of the pool run on package scalar.
func (p *Pool) Scalar() bool { return p != nil && p.scalar }

// inGo is an engine on package scalar: its arena is in Go.
type inGo struct {
	code  *scalar.Code
	run   *scalar.Instance
	arena []byte
}

func newInGo(code *scalar.Code, pages uint32) *inGo {
	arena := make([]byte, int(pages)*pageBytes)
	return &inGo{code, code.New(arena), arena}
}

func (g *inGo) do(program, calls uint32) error {
	if _, err := g.run.Call("run", program, calls, 0); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}
