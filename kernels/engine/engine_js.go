package engine

import (
	"errors"
	"fmt"
	"syscall/js"
)

// Engine is a module and its arena. It is for one goroutine at a time.
type Engine struct {
	view js.Value // Uint8Array over the arena
	size uint32
	run  js.Value
}

// New compiles a module made by kernels.Module and gives it an arena of memBytes, rounded up to
// pages of 64 KiB, filled with zeros. It compiles at once, which browsers allow in a Worker.
func New(module []byte, memBytes uint32) (e *Engine, err error) {
	defer recoverError(&err, fmt.Sprintf("engine: arena of %d bytes", memBytes))
	if pages(memBytes) > maxPages {
		return nil, fmt.Errorf("engine: arena of %d bytes: %w", memBytes, errTooLarge)
	}
	wasm := js.Global().Get("WebAssembly")
	array := js.Global().Get("Uint8Array")
	memory := wasm.Get("Memory").New(map[string]any{"initial": pages(memBytes), "maximum": pages(memBytes)})
	code := array.New(len(module))
	js.CopyBytesToJS(code, module)
	imports := map[string]any{"env": map[string]any{"memory": memory}}
	instance := wasm.Get("Instance").New(wasm.Get("Module").New(code), imports)
	run := instance.Get("exports").Get("run")
	if run.Type() != js.TypeFunction {
		return nil, errNoRun
	}
	return &Engine{view: array.New(memory.Get("buffer")), size: pages(memBytes) * pageBytes, run: run}, nil
}

// Run does the calls of a program laid out by call.Encode at the address program. A kernel that
// traps leaves an error; the arena is then undefined.
func (e *Engine) Run(program, calls uint32) (err error) {
	defer recoverError(&err, "engine")
	e.run.Invoke(program, calls, 0)
	return nil
}

// Write copies b to the arena. Beyond its end it panics, as all methods that take addresses.
func (e *Engine) Write(addr uint32, b []byte) { js.CopyBytesToJS(e.at(addr, len(b)), b) }

// Read copies from the arena to dst.
func (e *Engine) Read(addr uint32, dst []byte) { js.CopyBytesToGo(dst, e.at(addr, len(dst))) }

func (e *Engine) at(addr uint32, n int) js.Value {
	end := uint64(addr) + uint64(n)
	if end > uint64(e.size) {
		panic("engine: address beyond the arena")
	}
	return e.view.Call("subarray", addr, end)
}

// Close lets the browser free the arena and the compiled module.
func (e *Engine) Close() error {
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
