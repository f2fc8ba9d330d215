package q8_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// arena lays a case out in memory: buffers between guard bands of a pattern. After a run the whole
// memory is compared with what it must be, so that a stray write anywhere is found, and a changed
// operand too; reads out of bounds meet the pattern, which shows in the result.
type arena struct {
	mem  []byte
	want []place // what the outputs must hold
}

type place struct {
	at    uint32
	bytes []byte
}

const guard = 67 // odd: nothing needs to be aligned

func newArena() *arena { return &arena{mem: bytes.Repeat([]byte{0xa5}, guard)} }

// bytes places b and returns its address.
func (a *arena) bytes(b []byte) uint32 {
	at := uint32(len(a.mem))
	a.mem = append(a.mem, b...)
	a.mem = append(a.mem, newArena().mem...)
	return at
}

func (a *arena) floats(x []float32) uint32 { return a.bytes(floatBytes(x)) }

// offsets places a table of byte offsets of elements.
func (a *arena) offsets(elements []int) uint32 {
	var b []byte
	for _, e := range elements {
		b = binary.LittleEndian.AppendUint32(b, uint32(e))
	}
	return a.bytes(b)
}

// output places before, which the call must turn into what then holds when the test runs it.
func (a *arena) output(before, then []byte) uint32 {
	at := a.bytes(before)
	a.want = append(a.want, place{at, then})
	return at
}

// image is the memory with the program of one call, at a multiple of 4, behind the buffers.
func (a *arena) image(c call.Call) (program uint32, image []byte) {
	encoded, _ := call.Encode([]call.Call{c})
	image = bytes.Clone(a.mem)
	for len(image)%4 > 0 {
		image = append(image, 0xa5)
	}
	return uint32(len(image)), append(append(image, encoded...), newArena().mem...)
}

// check runs the call and compares the memory.
func (a *arena) check(t *testing.T, e *engine.Engine, c call.Call) bool {
	t.Helper()
	tried.Twin(c, len(a.want[0].bytes))
	program, image := a.image(c)
	e.Write(0, image)
	if err := e.Run(program, 1); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(image))
	e.Read(0, got)
	return a.compare(t, image, got)
}

// compare holds that the memory is as it was, but for every output, which is as it is wanted.
func (a *arena) compare(t *testing.T, before, got []byte) bool {
	t.Helper()
	want := bytes.Clone(before)
	for _, o := range a.want {
		copy(want[o.at:], o.bytes)
	}
	for i := range want {
		if got[i] != want[i] {
			for j, o := range a.want {
				if p := i - int(o.at); p >= 0 && p < len(o.bytes) {
					t.Errorf("output %d, byte %d of %d: %d, want %d", j, p, len(o.bytes), got[i], want[i])
					return false
				}
			}
			t.Errorf("byte %d of %d was written: outside of the outputs", i, len(want))
			return false
		}
	}
	return true
}

// both is two engines for some kernels: one runs all units of a call at once, the other unit by
// unit, last first. Whatever is checked must hold for both.
func both(t testing.TB, used ...entry) []*engine.Engine {
	t.Helper()
	return []*engine.Engine{start(t, module(false, used...)), start(t, module(true, used...))}
}

type entry struct {
	id   call.ID
	emit func(kernel.Env) *asm.Func
}

func start(t testing.TB, module []byte) *engine.Engine {
	t.Helper()
	e, err := engine.New(module, 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// module has the kernels and some epilogue functions. It runs a call as a module of package kernels does, or unit
// by unit, last first.
func module(byUnits bool, used ...entry) []byte {
	m := asm.NewModule()
	env := kernel.NewEnv(m)
	for _, k := range append(used, entry{call.F32VAffine, f32.EmitAffine}, entry{call.F32VClamp, f32.EmitClamp}) {
		m.Elem(uint32(k.id), k.emit(env))
	}
	run := m.Func("run", asm.Signature{Params: []asm.Type{asm.TypeI32, asm.TypeI32, asm.TypeI32}})
	at, unit, i := run.ParamI32(0), run.I32(), run.I32()
	do := func(from, to asm.I32) {
		run.CallIndirect(kernel.Signature(), at.LoadI32(4), at.AddC(call.Header), from, to, asm.ConstI32(0))
	}
	if byUnits {
		run.For(i, asm.ConstI32(0), at.LoadI32(8), 1, func() {
			unit.Set(at.LoadI32(8).SubC(1).Sub(i.I32))
			do(unit.I32, unit.AddC(1))
		})
	} else {
		do(asm.ConstI32(0), at.LoadI32(8))
	}
	m.Export("run", run)
	return m.Bytes()
}

// checkBoth is arena.check on both engines.
func (a *arena) checkBoth(t *testing.T, engines []*engine.Engine, c call.Call) bool {
	t.Helper()
	ok := true
	for i, e := range engines {
		if !a.check(t, e, c) {
			t.Logf("on %s", []string{"all units at once", "unit by unit"}[i])
			ok = false
		}
	}
	return ok
}

func floatBytes(x []float32) []byte {
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// random is n bytes, many of them extreme.
func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
		if r.IntN(4) == 0 {
			b[i] = []byte{0, 255, 127, 128}[r.IntN(4)]
		}
	}
	return b
}

// multipliers is n multipliers that bring sums of k products to the range of a byte and beyond.
func multipliers(r *rand.Rand, n, k int) []float32 {
	m := make([]float32, n)
	for i := range m {
		m[i] = float32(math.Exp(r.NormFloat64()*2)) / float32(100*k)
	}
	return m
}

func randomFloats(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}
