// Package engine runs a module of kernels on an arena of its own memory: in the browser through
// the page's WebAssembly, natively through wasmtime where there is cgo and wazero elsewhere, with the
// same methods and bits.
package engine

import (
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
