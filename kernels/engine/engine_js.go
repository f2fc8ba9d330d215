package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"syscall/js"

	"github.com/quantscope/quantscope/kernels/scalar"
)

// Engine is a module and its arena. It is for one goroutine at a time.
type Engine struct {
	module js.Value // compiled
	pool   *Pool
	view   js.Value // Uint8Array over the arena
	size   uint32
	run    js.Value
	shared *shared // nil without threads
	aside  *aside  // nil where threads share programs
	inGo   *inGo   // nil where the browser runs it
}

// New compiles a module made by kernels.Module and gives it an arena of memBytes, rounded up to
// pages of 64 KiB, filled with zeros. With a pool of more than one thread the module must be one for
// shared memory. It compiles at once, which browsers allow in a Worker.
func New(module []byte, memBytes uint32, p *Pool) (e *Engine, err error) {
	defer recoverError(&err, fmt.Sprintf("engine: arena of %d bytes", memBytes))
	if pages(memBytes) > maxPages {
		return nil, fmt.Errorf("engine: arena of %d bytes: %w", memBytes, errTooLarge)
	}
	if p.Scalar() {
		code, err := scalar.Compile(module)
		if err != nil {
			return nil, err
		}
		return &Engine{pool: p, size: pages(memBytes) * pageBytes, inGo: newInGo(code, pages(memBytes))}, nil
	}
	code := js.Global().Get("Uint8Array").New(len(module))
	js.CopyBytesToJS(code, module)
	compiled := js.Global().Get("WebAssembly").Get("Module").New(code)
	return instance(compiled, pages(memBytes), p)
}

// instance gives a compiled module an arena.
func instance(compiled js.Value, pages uint32, p *Pool) (*Engine, error) {
	e := &Engine{module: compiled, pool: p, size: pages * pageBytes}
	switch {
	case p.Threads() > 1:
		return e, e.share(p, compiled)
	case p.Shared():
		return e, e.place(p, compiled)
	}
	memory := newMemory(map[string]any{"initial": pages, "maximum": pages})
	e.run = instantiate(compiled, memory).Get("run")
	if e.run.Type() != js.TypeFunction {
		return nil, errNoRun
	}
	e.view = js.Global().Get("Uint8Array").New(memory.Get("buffer"))
	return e, nil
}

// Clone makes an engine of the same module on an arena whose first n bytes are those of e's, and the others 0.
func (e *Engine) Clone(n int) (c *Engine, err error) {
	defer recoverError(&err, fmt.Sprintf("engine: a further arena of %d bytes", e.size))
	if e.inGo != nil {
		c = &Engine{pool: e.pool, size: e.size, inGo: newInGo(e.inGo.code, e.size/pageBytes)}
		copy(c.inGo.arena, e.inGo.arena[:n])
		return c, nil
	}
	if c, err = instance(e.module, e.size/pageBytes, e.pool); err != nil {
		return nil, err
	}
	c.view.Call("set", e.at(0, n))
	return c, nil
}

// newMemory makes a memory; what JavaScript throws is a panic.
func newMemory(limits map[string]any) (m js.Value) {
	constructor := js.Global().Get("WebAssembly").Get("Memory")
	if !failed(func() { m = constructor.New(limits) }) {
		return m
	}
	collect()
	return constructor.New(limits)
}

// failed tells whether JavaScript threw.
func failed(do func()) (thrown bool) {
	defer func() { thrown = recover() != nil }()
	do()
	return false
}

// collect lets go of what closed engines had in JavaScript. A browser has room for few memories, whatever their size, and
// collects those that nothing has any more when it is out of room; but Go has them until it collects, which small values of
// its own give it no reason to.
func collect() {
	for range 2 { // what a finalizer lets go may have one itself
		done := make(chan struct{})
		runtime.SetFinalizer(&struct{ to chan struct{} }{done}, func(*struct{ to chan struct{} }) { close(done) })
		runtime.GC()
		<-done // finalizers run one after the other, and this one is among the last
	}
}

// instantiate gives the exports of an instance on the memory.
func instantiate(module, memory js.Value) js.Value {
	imports := map[string]any{"env": map[string]any{"memory": memory}}
	return js.Global().Get("WebAssembly").Get("Instance").New(module, imports).Get("exports")
}

// Run does the calls of a program laid out by call.Encode at the address program, a multiple of 4. A
// kernel that traps leaves an error; the arena is then undefined, and with threads no further Run
// works.
func (e *Engine) Run(program, calls uint32) (err error) {
	if e.inGo != nil {
		return e.inGo.do(program, calls)
	}
	if e.shared != nil {
		return e.shared.run(program, calls)
	}
	if e.aside != nil {
		return e.aside.run(context.Background(), e, []uint32{program}, calls, calls)
	}
	return e.here(program, calls)
}

// RunUntil does the calls of a program that begin so far behind its address, as Run does, and ends with ctx's error between
// two of them when ctx ends.
func (e *Engine) RunUntil(ctx context.Context, program uint32, offsets []uint32) error {
	starts, calls := parts(program, offsets), uint32(len(offsets))
	if e.aside == nil || calls == 0 {
		return parted(ctx, starts, polled, calls, e.Run)
	}
	return e.aside.run(ctx, e, starts, polled, calls)
}

// here does calls on the caller's thread.
func (e *Engine) here(program, calls uint32) (err error) {
	defer recoverError(&err, "engine")
	e.run.Invoke(program, calls, 0)
	return nil
}

// Write copies b to the arena. Beyond its end it panics, as all methods that take addresses.
func (e *Engine) Write(addr uint32, b []byte) {
	if e.inGo != nil {
		copy(e.inGo.arena[addr:][:len(b)], b)
		return
	}
	js.CopyBytesToJS(e.at(addr, len(b)), b)
}

// Read copies from the arena to dst.
func (e *Engine) Read(addr uint32, dst []byte) {
	if e.inGo != nil {
		copy(dst, e.inGo.arena[addr:][:len(dst)])
		return
	}
	js.CopyBytesToGo(dst, e.at(addr, len(dst)))
}

// Copy copies n bytes from another engine's arena.
func (e *Engine) Copy(addr uint32, from *Engine, at uint32, n int) {
	if e.inGo != nil {
		e.Write(addr, from.inGo.arena[at:][:n])
		return
	}
	e.at(addr, n).Call("set", from.at(at, n))
}

func (e *Engine) at(addr uint32, n int) js.Value {
	end := uint64(addr) + uint64(n)
	if end > uint64(e.size) {
		panic("engine: address beyond the arena")
	}
	return e.view.Call("subarray", addr, end)
}

// Close lets the browser free the arena and the compiled module.
func (e *Engine) Close() error {
	if e.shared != nil {
		e.shared.close()
	}
	if e.aside != nil {
		e.aside.close()
	}
	*e = Engine{}
	return nil
}

// recoverError makes an error of what JavaScript has thrown.
func recoverError(err *error, where string) {
	switch thrown := recover().(type) {
	case nil:
	case js.Error:
		*err = errors.New(where + ": " + thrown.Error())
	default:
		panic(thrown)
	}
}
