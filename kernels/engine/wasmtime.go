//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package engine

// #include <stdint.h>
// typedef struct wasmtime_sharedmemory wasmtime_sharedmemory_t;
// typedef struct { uint8_t kind; wasmtime_sharedmemory_t *memory; } shared_extern_t; // wasmtime_extern_t of one
// extern uint8_t *wasmtime_sharedmemory_data(const wasmtime_sharedmemory_t *memory);
import "C"

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"github.com/quantscope/quantscope/kernels/asm"
)

// native is the runtime with cgo; without it default_wazero.go has another. Nothing else knows which.
func native() host { return &wasmtimeHost{codes: map[string]*wasmtimeCode{}} }

// wasmtimeHost keeps the code of the modules compiled last, by their bytes.
type wasmtimeHost struct {
	mu    sync.Mutex
	codes map[string]*wasmtimeCode
}

var errNoMemory = errors.New("the system does not give it this memory: end other programs, or raise the limit of the address space, of which WebAssembly takes over 4 GiB at once")

const maxCodes = 256 // some 100 KB each

func (h *wasmtimeHost) compile(module []byte, pages uint32, shared bool) (machine, error) {
	code, err := h.code(module)
	if err != nil {
		return nil, sentence(err)
	}
	defer code.close()
	return code.machine(pages, shared)
}

// code is the compiled module; the caller closes it.
func (h *wasmtimeHost) code(module []byte) (*wasmtimeCode, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.codes[string(module)]
	if c == nil {
		c = &wasmtimeCode{engine: wasmtime.NewEngine()}
		c.users.Add(1)
		var err error
		if c.module, err = wasmtime.NewModule(c.engine, asm.SplitSplats(module)); err != nil {
			c.close()
			return nil, err
		}
		if len(h.codes) == maxCodes {
			h.drop()
		}
		h.codes[string(module)] = c
	}
	c.users.Add(1)
	return c, nil
}

func (h *wasmtimeHost) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop()
}

func (h *wasmtimeHost) drop() {
	for _, c := range h.codes {
		c.close()
	}
	clear(h.codes)
}

// wasmtimeMachine runs under wasmtime, a static library.
type wasmtimeMachine struct {
	code   *wasmtimeCode
	pages  uint32
	stores []*wasmtime.Store // one an instance: a store is for one thread
	own    *wasmtime.Memory
	shared *wasmtime.Extern // in place of own with threads
	bytes  []byte
}

// wasmtimeCode is a compiled module and how many have it: machines, a host, who makes one.
type wasmtimeCode struct {
	engine *wasmtime.Engine
	module *wasmtime.Module
	users  atomic.Int32
}

func (c *wasmtimeCode) close() {
	if c.users.Add(-1) > 0 {
		return
	}
	if c.module != nil {
		c.module.Close()
	}
	c.engine.Close()
}

// machine gives the code a memory.
func (c *wasmtimeCode) machine(pages uint32, shared bool) (machine, error) {
	c.users.Add(1)
	m := &wasmtimeMachine{code: c, pages: pages}
	reserve := m.reserve
	if shared {
		reserve = m.share
	}
	if err := reserve(); err != nil {
		return nil, errors.Join(errNoMemory, m.close())
	}
	return m, nil
}

func (m *wasmtimeMachine) store() *wasmtime.Store {
	s := wasmtime.NewStore(m.code.engine)
	m.stores = append(m.stores, s)
	return s
}

// reserve makes a memory for one instance.
func (m *wasmtimeMachine) reserve() error {
	s := m.store()
	limits, err := wasmtime.NewMemoryType(m.pages, true, m.pages, false)
	if err != nil {
		return err
	}
	defer limits.Close()
	if m.own, err = wasmtime.NewMemory(s, limits); err != nil {
		return err
	}
	m.bytes = m.own.UnsafeData(s)
	return nil
}

// share makes a memory for instances of all stores. The Go API has no type for one, but hands on
// what a module exports; where it lies only the library says. The module's own store must not be one
// of ours: in a store that knows a memory twice, wasmtime aborts instead of trapping.
func (m *wasmtimeMachine) share() error {
	s := wasmtime.NewStore(m.code.engine)
	defer s.Close()
	module, err := wasmtime.NewModule(m.code.engine, memoryModule(m.pages, true))
	if err != nil {
		return err
	}
	defer module.Close()
	instance, err := wasmtime.NewInstance(s, module, nil)
	if err != nil {
		return err
	}
	m.shared = instance.GetExport(s, "memory")
	e := m.shared.AsExtern()
	data := C.wasmtime_sharedmemory_data((*C.shared_extern_t)(unsafe.Pointer(&e)).memory)
	m.bytes = unsafe.Slice((*byte)(data), int(m.pages)*pageBytes)
	return nil
}

func (m *wasmtimeMachine) memory() []byte { return m.bytes }

func (m *wasmtimeMachine) instance() (func(name string) function, error) {
	var s *wasmtime.Store
	var memory wasmtime.AsExtern
	if m.shared != nil {
		s, memory = m.store(), m.shared
	} else {
		s, memory = m.stores[0], m.own
	}
	instance, err := wasmtime.NewInstance(s, m.code.module, []wasmtime.AsExtern{memory})
	if err != nil {
		return nil, sentence(err)
	}
	return func(name string) function {
		f := instance.GetFunc(s, name)
		if f == nil {
			return nil
		}
		return func(args ...uint32) (uint32, error) {
			values := make([]any, len(args))
			for i, x := range args {
				values[i] = int32(x)
			}
			result, err := f.Call(s, values...)
			if err != nil {
				return 0, sentence(err)
			}
			x, _ := result.(int32)
			return uint32(x), nil
		}
	}, nil
}

func (m *wasmtimeMachine) again() (machine, error) { return m.code.machine(m.pages, m.shared != nil) }

func (m *wasmtimeMachine) close() error {
	if m.shared != nil {
		m.shared.Close()
	}
	for _, s := range m.stores {
		s.Close()
	}
	m.code.close()
	return nil
}

// sentence is the reason in what wasmtime says, whose last line it is behind a stack trace.
func sentence(err error) error {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return errors.New(strings.TrimSpace(lines[len(lines)-1]))
}
