package q8_test

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/kernels"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
)

// TestNothingIsReadBeyondTheMemory puts an operand at the very end of the memory, where a read of
// one byte too many traps. Each case is a kernel that reads n elements at x and writes n at y; only
// a GEMM may read Slack bytes more.
func TestNothingIsReadBeyondTheMemory(t *testing.T) {
	const memory, program, other = 1 << 16, 1024, 8192
	one, four := []int{1}, []int{4}
	pool := func(x, y uint32, n int) q8.Pool {
		c := uint32(n)
		return q8.Pool{X: x, Y: y, XImg: c, XRow: c, XPix: c, YImg: c, YRow: c, YPix: c, N: 1, H: 1, W: 1, C: c,
			OH: 1, OW: 1, KH: 3, KW: 3, StrideH: 1, StrideW: 1, DilH: 1, DilW: 1, PadT: 1, PadL: 1}
	}
	depthwise := func(dot call.Dot, x, y uint32, n, k int) call.Call {
		c := uint32(n)
		return q8.DWConv{Dot: dot, X: x, XRow: c * uint32(k), XPix: c, W: other + 4096, Y: y, YRow: c, YPix: c, N: 1, OH: 1, OW: 1, C: c,
			KH: uint32(k), KW: uint32(k), StrideH: 1, StrideW: 1, DilH: 1, DilW: 1, Out: q8.Out{Hi: 255, Table: other}}.Call()
	}
	binary := func(x, y, z uint32, n int) call.Call {
		return q8.Mul{Binary: q8.Binary{Shape: []int{n}, A: q8.Operand{Addr: x, Strides: one}, B: q8.Operand{Addr: y, Strides: one}, Y: q8.Operand{Addr: z, Strides: one}}}.Call()
	}
	sum := func(x, y, z uint32, n int) q8.Binary {
		of := func(at uint32) q8.Operand { return q8.Operand{Addr: at, Strides: one, Scale: 1} }
		return q8.Binary{Shape: []int{n}, A: of(x), B: of(y), Y: of(z)}
	}
	cases := []struct {
		name   string
		xs, ys int // bytes of an element of x and of y
		extra  int // bytes that may be read behind x
		make   func(x, y uint32, n int) call.Call
	}{
		{"gemm rows", 1, 1, q8.Slack, func(x, y uint32, n int) call.Call {
			return q8.GEMM{A: x, Runs: 1, RunLen: uint32(n), B: other + 4096, C: other, M: 1, N: 3, Out: q8.Out{Hi: 255}}.Call()
		}},
		{"gemm output", 1, 1, 0, func(_, y uint32, n int) call.Call {
			return q8.GEMM{A: other, Runs: 1, RunLen: 1, B: other + 4096, C: y, M: 1, N: uint32(n), Out: q8.Out{Hi: 255, Table: other}}.Call()
		}},
		{"gemm floats", 1, 4, 0, func(_, y uint32, n int) call.Call {
			return q8.GEMM{A: other, Runs: 1, RunLen: 1, B: other + 4096, C: y, M: 1, N: uint32(n), Out: q8.Out{Float: true, Epilogue: []call.EpilogueOp{f32.Relu()}}}.Call()
		}},
		{"dwconv 3×3", 9, 1, 0, func(x, y uint32, n int) call.Call { return depthwise(call.DotI16, x, y, n, 3) }},
		{"dwconv 5×5", 25, 1, 0, func(x, y uint32, n int) call.Call { return depthwise(call.DotI16, x, y, n, 5) }},
		{"dwconv 2×2", 4, 1, 0, func(x, y uint32, n int) call.Call { return depthwise(call.DotI16, x, y, n, 2) }},
		{"dwconv 2×2 signed", 4, 1, 0, func(x, y uint32, n int) call.Call { return depthwise(call.DotS8, x, y, n, 2) }},
		{"dwconv 3×3 relaxed", 9, 1, 0, func(x, y uint32, n int) call.Call { return depthwise(call.DotU8, x, y, n, 3) }},
		{"dwconv 5×5 relaxed", 25, 1, 0, func(x, y uint32, n int) call.Call { return depthwise(call.DotU8, x, y, n, 5) }},
		{"gemm rows relaxed", 1, 1, q8.Slack, func(x, y uint32, n int) call.Call {
			return q8.GEMM{Dot: call.DotU8, A: x, Runs: 1, RunLen: uint32(n), B: other + 4096, C: other, M: 1, N: 3, Out: q8.Out{Hi: 255}}.Call()
		}},
		{"gemm output relaxed", 1, 1, 0, func(_, y uint32, n int) call.Call {
			return q8.GEMM{Dot: call.DotU8, A: other, Runs: 1, RunLen: 1, B: other + 4096, C: y, M: 1, N: uint32(n), Out: q8.Out{Hi: 255, Table: other}}.Call()
		}},
		{"product per channel", 32, 32, 0, func(x, y uint32, n int) call.Call {
			rows, channel := []int{16 * n, 1}, []int{0, 1}
			return q8.Mul{Binary: q8.Binary{Shape: []int{2, 16 * n}, A: q8.Operand{Addr: x, Strides: rows, Scale: 0.01}, B: q8.Operand{Addr: other, Strides: channel, Scale: 1},
				Y: q8.Operand{Addr: y, Strides: rows, Scale: 1}}}.Call()
		}},
		{"sum a", 1, 1, 0, func(x, y uint32, n int) call.Call { return q8.Add{Binary: sum(x, other, y, n)}.Call() }},
		{"sum b", 1, 1, 0, func(x, y uint32, n int) call.Call { return q8.Add{Binary: sum(other, x, y, n)}.Call() }},
		{"product a", 1, 1, 0, func(x, y uint32, n int) call.Call { return binary(x, other, y, n) }},
		{"product b", 1, 1, 0, func(x, y uint32, n int) call.Call { return binary(other, x, y, n) }},
		{"max pool", 1, 1, 0, func(x, y uint32, n int) call.Call { return q8.MaxPool{Pool: pool(x, y, n)}.Call() }},
		{"average pool", 1, 1, 0, func(x, y uint32, n int) call.Call {
			return q8.AvgPool{Pool: pool(x, y, n), XScale: 1, YScale: 1, Hi: 255}.Call()
		}},
		{"lookup", 1, 1, 0, func(x, y uint32, n int) call.Call {
			return q8.Lookup{X: x, Y: y, Shape: []int{n}, XStrides: one, YStrides: one, Table: other}.Call()
		}},
		{"copy", 1, 1, 0, func(x, y uint32, n int) call.Call {
			return q8.Copy{X: x, Y: y, Shape: []int{n}, XStrides: one, YStrides: one}.Call()
		}},
		{"copy backwards", 1, 1, 0, func(x, y uint32, n int) call.Call {
			return q8.Copy{X: x + uint32(n-1), Y: y, Shape: []int{n}, XStrides: []int{-1}, YStrides: one}.Call()
		}},
		{"fill", 1, 1, 0, func(_, y uint32, n int) call.Call { return q8.Fill{Y: y, Shape: []int{n}, YStrides: one}.Call() }},
		{"gather", 1, 1, 0, func(x, y uint32, n int) call.Call {
			return q8.Gather{X: x, Table: other + 4096, Y: y, N: 1, H: 1, W: 1, C: uint32(n)}.Call()
		}},
		{"quantize", 4, 1, 0, func(x, y uint32, n int) call.Call {
			return q8.Quantize{X: x, Y: y, Shape: []int{n}, XStrides: four, YStrides: one, Scale: 1, Hi: 255}.Call()
		}},
		{"dequantize", 1, 4, 0, func(x, y uint32, n int) call.Call {
			return q8.Dequantize{X: x, Y: y, Shape: []int{n}, XStrides: one, YStrides: four, Scale: 1}.Call()
		}},
	}
	ids := []call.ID{call.F32VClamp}
	for id := call.Q8GEMM; id < call.Count; id++ {
		if id != call.Q8GEMMRelaxed && id != call.Q8DWConvRelaxed {
			ids = append(ids, id)
		}
	}
	e, err := engine.New(kernels.Module(ids, false), memory, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	// The relaxed dot product is imitated: not every runtime has one that is exact.
	relaxed, err := engine.New(module(false, entry{call.Q8GEMMRelaxed, q8.EmitGEMMBy(imitated(call.DotU8))},
		entry{call.Q8DWConvRelaxed, q8.EmitDWConvBy(imitated(call.DotU8))}, entry{call.Q8DWConv, q8.EmitDWConv}), memory, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer relaxed.Close()
	for _, c := range cases {
		for n := 1; n <= 41; n++ {
			x, y := uint32(memory-c.xs*n-c.extra), uint32(memory-c.ys*n)
			for side, xy := range [][2]uint32{{x, other}, {other, y}} {
				made := c.make(xy[0], xy[1], n)
				tried.Bounds(made)
				on := e
				if strings.HasSuffix(c.name, "relaxed") {
					on = relaxed
				}
				encoded, _ := call.Encode([]call.Call{made})
				on.Write(program, encoded)
				if err := on.Run(program, 1); err != nil {
					t.Fatalf("%s of %d, operand %d at the end: %v", c.name, n, side, err)
				}
			}
		}
	}
}

// TestEveryIDIsEmitted holds that no number of this family is without a kernel.
func TestEveryIDIsEmitted(t *testing.T) {
	empty := len(kernels.Module(nil, false))
	for id := call.Q8GEMM; id < call.Count; id++ {
		if len(kernels.Module([]call.ID{id}, false)) == empty {
			t.Errorf("kernel %d is not emitted", id)
		}
	}
}
