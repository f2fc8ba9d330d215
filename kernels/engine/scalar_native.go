//go:build !js

package engine

import (
	"errors"

	"github.com/quantscope/quantscope/kernels/scalar"
)

// NewScalarPool makes a pool whose engines run on package scalar, on the caller's thread: slow, and what tells whether a
// runtime and a processor are right.
func NewScalarPool() *Pool { return newPool(1, scalarHost{}) }

// Scalar tells whether engines of the pool run on package scalar.
func (p *Pool) Scalar() bool {
	if p == nil {
		return false
	}
	_, ok := p.host.(scalarHost)
	return ok
}

type scalarHost struct{}

func (scalarHost) close() {}

func (scalarHost) compile(module []byte, pages uint32, shared bool) (machine, error) {
	if shared {
		return nil, errors.New("the scalar engine has one thread")
	}
	code, err := scalar.Compile(module)
	if err != nil {
		return nil, err
	}
	return &scalarMachine{code, make([]byte, int(pages)*pageBytes)}, nil
}

type scalarMachine struct {
	code  *scalar.Code
	arena []byte
}

func (m *scalarMachine) memory() []byte { return m.arena }

func (m *scalarMachine) instance() (func(name string) function, error) {
	i := m.code.New(m.arena)
	return func(name string) function {
		if !i.Has(name) {
			return nil
		}
		return func(args ...uint32) (uint32, error) { return i.Call(name, args...) }
	}, nil
}

func (m *scalarMachine) again() (machine, error) {
	return &scalarMachine{m.code, make([]byte, len(m.arena))}, nil
}

func (m *scalarMachine) close() error { return nil }
