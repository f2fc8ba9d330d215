package f32_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/ref"
)

// arena lays a case out in memory: buffers between guard bands of a pattern. After a run the whole
// memory is compared with what it must be, so that a stray write anywhere is found, and a changed
// operand too; reads out of bounds meet NaNs, which show in the result.
type arena struct {
	mem     []byte
	out     [][2]uint32 // address, bytes
	scratch [2]uint32   // what a kernel may write as it likes
}

const guard = 68

func newArena() *arena { return &arena{mem: bytes.Repeat([]byte{0xff, 0xa5, 0xc3, 0x7f}, guard/4)} }

// words places 32-bit words and returns their address.
func (a *arena) words(w ...uint32) uint32 {
	at := uint32(len(a.mem))
	for _, x := range w {
		a.mem = binary.LittleEndian.AppendUint32(a.mem, x)
	}
	a.mem = append(a.mem, newArena().mem...)
	return at
}

func (a *arena) floats(x []float32) uint32 {
	w := make([]uint32, len(x))
	for i := range x {
		w[i] = math.Float32bits(x[i])
	}
	return a.words(w...)
}

// offsets places a table of byte offsets of elements.
func (a *arena) offsets(elements []int) uint32 {
	w := make([]uint32, len(elements))
	for i := range w {
		w[i] = uint32(4 * elements[i])
	}
	return a.words(w...)
}

// output places x, which may be written.
func (a *arena) output(x []float32) uint32 {
	at := a.floats(x)
	a.out = append(a.out, [2]uint32{at, uint32(4 * len(x))})
	return at
}

// temporary places memory that may be written as a kernel likes.
func (a *arena) temporary(bytes int) uint32 {
	at := a.words(make([]uint32, bytes/4)...)
	a.scratch = [2]uint32{at, at + uint32(bytes)}
	return at
}

// check runs the call and compares the memory: every output as its wanted values, all else as before.
func (a *arena) check(t *testing.T, e *engine.Engine, c call.Call, want ...[]float32) bool {
	t.Helper()
	tried.Twin(c, len(want[0]))
	program, _ := call.Encode([]call.Call{c})
	at := uint32(len(a.mem))
	mem := append(append(a.mem, program...), newArena().mem...)
	e.Write(0, mem)
	if err := e.Run(at, 1); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(mem))
	e.Read(0, got)
	for i, o := range a.out {
		for j, x := range want[i] {
			p := got[o[0]+uint32(4*j):]
			if y := math.Float32frombits(binary.LittleEndian.Uint32(p)); !ref.Same(x, y) {
				t.Errorf("output %d, element %d: %v (%x), want %v (%x)", i, j, y, math.Float32bits(y), x, math.Float32bits(x))
				return false
			}
			copy(p, mem[o[0]+uint32(4*j):][:4])
		}
	}
	copy(got[a.scratch[0]:a.scratch[1]], mem[a.scratch[0]:])
	for i := range mem {
		if got[i] != mem[i] {
			t.Errorf("byte %d of %d was written: outside of the outputs %v", i, len(mem), a.out)
			return false
		}
	}
	return true
}

// withEpilogues adds all epilogue functions to the kernels used.
func withEpilogues(used []call.ID) []call.ID {
	for id := call.F32VClamp; id < call.F32Map; id++ {
		used = append(used, id)
	}
	return used
}

func newEngine(t testing.TB, bytes uint32, used ...call.ID) *engine.Engine {
	t.Helper()
	e, err := engine.New(kernels.Module(withEpilogues(used), false), bytes, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// random is n floats around zero; with special, some are infinite, NaN, denormal or negative zero.
func random(r *rand.Rand, n int, special bool) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
		if special && r.IntN(6) == 0 {
			x[i] = []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 1e-42, 3e38, -3e38}[r.IntN(8)]
		}
	}
	return x
}
