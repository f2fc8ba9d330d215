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

// parts are the addresses of the calls before which it is asked, of a program's calls that begin so far behind its address.
func parts(program uint32, offsets []uint32) (starts []uint32) {
	for i := 0; i < len(offsets); i += polled {
		starts = append(starts, program+offsets[i])
	}
	return starts
}

// parted has run do so many calls, those of each start one after the other, the last of which may have fewer, until ctx ends.
func parted(ctx context.Context, starts []uint32, each, calls uint32, run func(program, calls uint32) error) error {
	for i, start := range starts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := run(start, min(each, calls-uint32(i)*each)); err != nil {
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
