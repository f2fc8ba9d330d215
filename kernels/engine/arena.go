// Package engine runs a module of kernels on an arena of its own memory: in the browser through
// the page's WebAssembly, natively through wasmtime where there is cgo and wazero elsewhere, with the
// same methods and bits.
package engine

import (
	"context"
	"errors"
	"unsafe"
)

const (
	pageBytes = 1 << 16
	maxPages  = 1<<16 - 1 // addresses and lengths stay below 2³²
)

var (
	errTooLarge = errors.New("more than 4 GiB less a page, the most that one WebAssembly memory holds; use a smaller model or batch")
	errNoRun    = errors.New("the module exports no function to run programs")
	errTrapped  = errors.New("engine: a kernel trapped on another thread")
)

// polled is how many calls are made before it is asked whether their context has ended: crossing into WebAssembly takes a
// microsecond, few calls take less than ten.
const polled = 16

// parted does calls in parts, on the caller's thread, until ctx ends.
func (e *Engine) parted(ctx context.Context, program uint32, offsets []uint32) error {
	for i := 0; i < len(offsets); i += polled {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.Run(program+offsets[i], uint32(min(polled, len(offsets)-i))); err != nil {
			return err
		}
	}
	return nil
}

func pages(bytes uint32) uint32 { return uint32((uint64(bytes) + pageBytes - 1) / pageBytes) }

// WriteF32 copies x to the arena.
func (e *Engine) WriteF32(addr uint32, x []float32) { e.Write(addr, bytesOf(x)) }

// WriteU32 copies x to the arena.
func (e *Engine) WriteU32(addr uint32, x []uint32) { e.Write(addr, bytesOf(x)) }

// ReadF32 copies from the arena to dst.
func (e *Engine) ReadF32(addr uint32, dst []float32) { e.Read(addr, bytesOf(dst)) }

// bytesOf is the memory of x: WebAssembly is little endian, and so are all machines of ours.
func bytesOf[T float32 | uint32](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}
