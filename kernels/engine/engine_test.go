package engine_test

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
)

func TestReadAndWrite(t *testing.T) { everyRuntime(t, testReadAndWrite) }

func testReadAndWrite(t *testing.T, newPool func(int) *engine.Pool) {
	e, err := engine.New(kernels.Module(nil, false), 65537, newPool(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	e.WriteF32(2*65536-12, []float32{1, -2, 3.5}) // the last bytes: 65537 bytes are two pages
	got := make([]float32, 4)
	e.ReadF32(2*65536-16, got)
	if got[0] != 0 || got[1] != 1 || got[2] != -2 || got[3] != 3.5 {
		t.Errorf("floats: %v", got)
	}
	e.WriteU32(5, []uint32{0x04030201})
	b := make([]byte, 6)
	e.Read(4, b)
	if string(b) != "\x00\x01\x02\x03\x04\x00" {
		t.Errorf("words are not little endian: %x", b)
	}
	e.Write(7, []byte{9})
	e.Read(4, b)
	if string(b) != "\x00\x01\x02\x09\x04\x00" {
		t.Errorf("bytes: %x", b)
	}
	for _, addr := range []uint32{2*65536 - 3, 2 * 65536, 1<<32 - 4} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("writing 4 bytes at %d did not panic", addr)
				}
			}()
			e.Write(addr, make([]byte, 4))
		}()
	}
}

func TestCopy(t *testing.T) { everyRuntime(t, testCopy) }

func testCopy(t *testing.T, newPool func(int) *engine.Pool) {
	pool := newPool(1)
	var e [2]*engine.Engine
	for i := range e {
		var err error
		if e[i], err = engine.New(kernels.Module(nil, false), 65536, pool); err != nil {
			t.Fatal(err)
		}
		defer e[i].Close()
	}
	e[0].Write(65533, []byte{1, 2, 3})
	e[1].Copy(6, e[0], 65532, 4)
	b := make([]byte, 6)
	if e[1].Read(5, b); string(b) != "\x00\x00\x01\x02\x03\x00" {
		t.Errorf("copied: %x", b)
	}
	defer func() {
		if recover() == nil {
			t.Error("copying from beyond the end did not panic")
		}
	}()
	e[1].Copy(6, e[0], 65534, 4)
}

// A program runs record by record, and only as many as asked.
func TestRun(t *testing.T) { everyRuntime(t, testRun) }

func testRun(t *testing.T, newPool func(int) *engine.Pool) {
	e, err := engine.New(kernels.Module([]call.ID{call.F32IGEMM}, false), 1<<16, newPool(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	add := func(a, b, c uint32) call.Call { // c = a + b
		return f32.GEMM{A: a, Runs: 1, RunLen: 1, B: b, C: c, M: 1, N: 1, Lo: -1e9, Hi: 1e9}.Call()
	}
	one := make([]float32, f32.PackedLen(1, 1))
	f32.PackB(one, 1, []float32{1}, f32.Weights{Data: []float32{10}, Positions: []int{0}, Channels: 1})
	e.WriteF32(1024, one)
	e.WriteF32(0, []float32{2})
	program, offsets := call.Encode([]call.Call{add(0, 1024, 4), add(4, 1024, 8), add(8, 1024, 12)})
	e.Write(2048, program)
	got := make([]float32, 4)
	for _, run := range []struct {
		from, calls uint32
		want        [4]float32
	}{{0, 0, [4]float32{2}}, {0, 2, [4]float32{2, 21, 211}}, {offsets[2], 1, [4]float32{2, 21, 211, 2111}}} {
		if err := e.Run(2048+run.from, run.calls); err != nil {
			t.Fatal(err)
		}
		if e.ReadF32(0, got); [4]float32(got) != run.want {
			t.Errorf("%d calls from %d: %v, want %v", run.calls, run.from, got, run.want)
		}
	}
}

// A kernel that the module was not asked for, or an address beyond the arena, is an error.
func TestTraps(t *testing.T) { everyRuntime(t, testTraps) }

func testTraps(t *testing.T, newPool func(int) *engine.Pool) {
	e, err := engine.New(kernels.Module([]call.ID{call.F32IGEMM}, false), 1<<16, newPool(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for name, c := range map[string]call.Call{
		"kernel not emitted": f32.DWConv{}.Call(),
		"beyond the arena":   f32.GEMM{A: 1 << 20, Runs: 1, RunLen: 1, M: 1, N: 1}.Call(),
	} {
		program, _ := call.Encode([]call.Call{c})
		e.Write(0, program)
		if err := e.Run(0, 1); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadModules(t *testing.T) { everyRuntime(t, testBadModules) }

func testBadModules(t *testing.T, newPool func(int) *engine.Pool) {
	if _, err := engine.New([]byte("no module"), 1<<16, newPool(1)); err == nil {
		t.Error("no error for bytes that are no module")
	}
	if _, err := engine.New(asm.NewModule().Bytes(), 1<<16, newPool(1)); err == nil || !strings.Contains(err.Error(), "run") {
		t.Errorf("a module without run: %v", err)
	}
	if _, err := engine.New(kernels.Module(nil, false), 1<<32-1, newPool(1)); err == nil || !strings.Contains(err.Error(), "4 GiB") {
		t.Errorf("an arena of 4 GiB: %v", err)
	}
}

// BenchmarkNew is what it costs to compile all kernels but those that wazero does not have.
func BenchmarkNew(b *testing.B) {
	var all []call.ID
	for id := range call.Count {
		if id != call.Q8GEMMRelaxed && id != call.Q8DWConvRelaxed {
			all = append(all, id)
		}
	}
	module := kernels.Module(all, false)
	for range b.N {
		e, err := engine.New(module, 1<<16, nil)
		if err != nil {
			b.Fatal(err)
		}
		e.Close()
	}
	b.ReportMetric(float64(len(module)), "bytes")
}
