package f32_test

import (
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// TestNothingIsReadBeyondTheMemory puts an operand at the very end of the memory, where a read of
// one float too many traps. Each case is a kernel that reads n floats at x and writes n at y.
func TestNothingIsReadBeyondTheMemory(t *testing.T) {
	const memory, program, table, stripTable, other, scratch = 1 << 19, 1024, 2048, 12 << 10, 1 << 15, 1 << 17
	strides, dense := []int{4}, func(n int) []int { return []int{n} }
	pool := func(x, y uint32, n int) f32.Pool {
		c := uint32(n)
		return f32.Pool{X: x, Y: y, XImg: 4 * c, XRow: 4 * c, XPix: 4 * c, YImg: 4 * c, YRow: 4 * c, YPix: 4 * c, N: 1, H: 1, W: 1, C: c,
			OH: 1, OW: 1, KH: 3, KW: 3, StrideH: 1, StrideW: 1, DilH: 1, DilW: 1, PadT: 1, PadL: 1}
	}
	binary := func(a, b, y uint32, n int) call.Call {
		return f32.Binary{Op: call.F32Add, A: a, B: b, Y: y, Shape: dense(n), AStrides: strides, BStrides: strides, YStrides: strides}.Call()
	}
	winograd := func(side uint32) func(x, y uint32, n int) call.Call {
		return func(x, y uint32, n int) call.Call {
			taps := uint32(ref.WinogradTaps(int(side)))
			c := uint32(n+3) / 4 * 4 // a multiple of 4: the pixels of a window end where n floats would
			if end := uint32(memory) - 4*uint32(n); x == end {
				x = memory - 4*taps*taps*c
			} else if y == end {
				y = memory - 4*c
			}
			return f32.Winograd{Side: side, X: x, XRow: 4 * taps * c, XPix: 4 * c, U: table, Y: y, YRow: 4 * c, YPix: 4 * c, N: 1, OH: 1, OW: 1, C: c, O: c,
				Scratch: scratch}.Call()
		}
	}
	channels := func(x, y uint32, n int) f32.ChannelSums {
		return f32.ChannelSums{X: x, Y: y, Shape: dense(n), XStrides: strides, YStrides: strides, C: n, Mean: table, Shift: table, Parts: 1 << 14}
	}
	type boundsCase struct {
		name string
		make func(x, y uint32, n int) call.Call
	}
	cases := []boundsCase{
		{"map", func(x, y uint32, n int) call.Call {
			return f32.Map{X: x, Y: y, Shape: dense(n), XStrides: strides, YStrides: strides}.Call()
		}},
		{"epilogue", func(_, y uint32, n int) call.Call {
			epilogue := []call.EpilogueOp{f32.SiLU(), f32.Affine(y, y, n), f32.MinMax(other)}
			return f32.Map{X: y, Y: y, Shape: dense(n), XStrides: strides, YStrides: strides, C: n, Epilogue: epilogue}.Call()
		}},
		{"epilogue arrays", func(x, y uint32, n int) call.Call {
			epilogue := []call.EpilogueOp{f32.PRelu(x, n), f32.Affine(x, x, n)}
			return f32.Map{X: y, Y: y, Shape: dense(n), XStrides: strides, YStrides: strides, C: n, Epilogue: epilogue}.Call()
		}},
		{"transpose", func(x, y uint32, n int) call.Call {
			return f32.Copy{X: x, Y: y, Shape: []int{3, n}, XStrides: []int{4 * n, 4}, YStrides: []int{4, 12}}.Call()
		}},
		{"strided", func(x, y uint32, n int) call.Call {
			return f32.Copy{X: x + uint32(4*n-4), Y: y, Shape: dense(n), XStrides: []int{-4}, YStrides: strides}.Call()
		}},
		{"fill", func(_, y uint32, n int) call.Call {
			return f32.Fill{Y: y, Shape: dense(n), YStrides: strides}.Call()
		}},
		{"gather", func(x, y uint32, n int) call.Call {
			c := uint32(4 * n)
			return f32.Gather{X: x, XImg: c, Table: table, Y: y, YImg: c, YRow: c, YPix: c, N: 1, H: 1, W: 1, C: uint32(n)}.Call()
		}},
		{"take", func(x, y uint32, n int) call.Call {
			return f32.Take{Indexed: f32.Indexed{X: x, Index: table, Y: y, Units: 1, Len: n, Outer: 1, Inner: 1, Tuples: 1, Dims: []int{1}, Strides: []int{0}}}.Call()
		}},
		{"take by an index", func(x, y uint32, n int) call.Call {
			return f32.Take{Indexed: f32.Indexed{X: other, Index: x, Y: y, Units: n, Len: 1, Outer: n, Inner: 1, Tuples: n, Dims: []int{1}, Strides: []int{1}}}.Call()
		}},
		{"put", func(x, y uint32, n int) call.Call {
			return f32.Put{Indexed: f32.Indexed{X: x, Index: table, Y: y, Units: 1, Len: n, Outer: 1, Inner: 1, Tuples: 1, Dims: []int{1}, Strides: []int{0}}}.Call()
		}},
		{"top", func(x, y uint32, n int) call.Call {
			return f32.Top{X: x, Values: y, Places: y, Rows: 1, N: n, Inner: 1, K: n}.Call()
		}},
		{"binary a", func(x, y uint32, n int) call.Call { return binary(x, other, y, n) }},
		{"binary b", func(x, y uint32, n int) call.Call { return binary(other, x, y, n) }},
		{"pow", func(x, y uint32, n int) call.Call {
			return f32.Binary{Op: call.F32Pow, A: x, B: x, Y: y, Shape: dense(n), AStrides: strides, BStrides: strides, YStrides: strides}.Call()
		}},
		{"maxpool", func(x, y uint32, n int) call.Call { return f32.MaxPool{Pool: pool(x, y, n)}.Call() }},
		{"avgpool", func(x, y uint32, n int) call.Call { return f32.AvgPool{Pool: pool(x, y, n)}.Call() }},
		{"reduce", func(x, y uint32, n int) call.Call {
			return f32.Reduce{X: x, Y: y, Shape: []int{1, n}, XStrides: []int{4 * n, 4}, YStrides: []int{4 * n, 4}, Axes: []int{0}}.Call()
		}},
		{"row sum", func(x, y uint32, n int) call.Call {
			return f32.Reduce{X: x, Y: other, Shape: []int{n}, XStrides: strides, YStrides: []int{0}, Axes: []int{0}}.Call()
		}},
		{"row max", func(x, y uint32, n int) call.Call {
			return f32.Reduce{Op: f32.ReduceMax, X: x, Y: other, Shape: []int{n}, XStrides: strides, YStrides: []int{0}, Axes: []int{0}}.Call()
		}},
		{"resize", func(x, y uint32, n int) call.Call {
			c := uint32(4 * n)
			return f32.ResizeLinear{X: x, XImg: c, Rows: table, Columns: table, Y: y, YImg: c, YRow: c, YPix: c, N: 1, OH: 1, OW: 1, C: uint32(n)}.Call()
		}},
		{"learned", func(x, y uint32, n int) call.Call {
			return f32.Learned{X: x, Y: y, Scale: table, Zero: table, Shape: dense(n), XStrides: strides, YStrides: strides, ScaleStrides: []int{0}, ZeroStrides: []int{0}}.Call()
		}},
		{"learned by element", func(x, y uint32, n int) call.Call {
			return f32.Learned{X: table, Y: y, Scale: x, Zero: x, Shape: dense(n), XStrides: strides, YStrides: strides, ScaleStrides: strides, ZeroStrides: strides}.Call()
		}},
		{"learned gradient", func(x, y uint32, n int) call.Call {
			l := f32.Learned{X: x, Y: x, Scale: table, Zero: table, Shape: dense(n), XStrides: strides, YStrides: strides, ScaleStrides: []int{0}, ZeroStrides: []int{0}}
			return f32.LearnedGrad{Learned: l, DX: y, DXStrides: strides, Parts: 1 << 14}.Call()
		}},
		{"channel sums", func(x, y uint32, n int) call.Call { return channels(x, x, n).Call() }},
		{"channel sums by channel", func(x, _ uint32, n int) call.Call {
			s := channels(table, table, n)
			s.Mean, s.Shift = x, x
			return s.Call()
		}},
		{"channel blend", func(x, y uint32, n int) call.Call {
			return f32.ChannelBlend{ChannelSums: channels(x, x, n), To: y, ToStrides: strides, A: table, B: table}.Call()
		}},
		{"channel blend by channel", func(x, y uint32, n int) call.Call {
			return f32.ChannelBlend{ChannelSums: channels(table, table, n), To: y, ToStrides: strides, A: x, B: x}.Call()
		}},
		{"moments", func(x, _ uint32, n int) call.Call { return f32.Moments{A: x, B: x, C: x, N: n, To: table}.Call() }},
		{"softmax", func(x, y uint32, n int) call.Call {
			return f32.Softmax{X: x, Y: y, Shape: dense(n), XStrides: strides, YStrides: strides}.Call()
		}},
	}
	for _, b := range binaries() {
		cases = append(cases, boundsCase{b.name, func(x, y uint32, n int) call.Call {
			return f32.Binary{Op: b.id, A: x, B: x, Y: y, Shape: dense(n), AStrides: strides, BStrides: strides, YStrides: strides}.Call()
		}})
	}
	for op := f32.ReduceSum; op <= f32.ReduceMin; op++ {
		cases = append(cases, boundsCase{"reduce columns", func(x, y uint32, n int) call.Call {
			return f32.Reduce{Op: op, X: x, Y: y, Shape: []int{1, n}, XStrides: []int{4 * n, 4}, YStrides: []int{4 * n, 4}, Axes: []int{0}}.Call()
		}}, boundsCase{"reduce a row", func(x, y uint32, n int) call.Call {
			return f32.Reduce{Op: op, X: x, Y: other, Shape: dense(n), XStrides: strides, YStrides: []int{0}, Axes: []int{0}}.Call()
		}})
	}
	for _, c := range opCases() {
		cases = append(cases, boundsCase{c.name, func(_, y uint32, n int) call.Call {
			op, _ := c.make(newArena(), rand.New(rand.NewPCG(1, 1)), n)
			return f32.Map{X: y, Y: y, Shape: dense(n), XStrides: strides, YStrides: strides, C: n, Epilogue: []call.EpilogueOp{op}}.Call()
		}})
	}
	cases = append(cases, boundsCase{"gemm rows", func(x, y uint32, n int) call.Call {
		return f32.GEMM{A: x, Runs: 1, RunLen: uint32(n), B: table, C: other, M: 1, N: 3}.Call()
	}}, boundsCase{"gemm output", func(x, y uint32, n int) call.Call {
		return f32.GEMM{A: table, Runs: 1, RunLen: 1, B: table, C: y, M: 1, N: uint32(n)}.Call()
	}}, boundsCase{"dwconv", func(x, y uint32, n int) call.Call {
		c := uint32(n)
		return f32.DWConv{X: x, XRow: 4 * c, XPix: 4 * c, W: table, Y: y, YRow: 4 * c, YPix: 4 * c, N: 1, OH: 1, OW: 1, C: c,
			KH: 1, KW: 1, StrideH: 1, StrideW: 1, DilH: 1, DilW: 1}.Call()
	}}, boundsCase{"maxpool gradient", func(x, y uint32, n int) call.Call {
		c := uint32(n)
		return f32.MaxPoolGrad{Pool: f32.Pool{X: x, XRow: 4 * c, XPix: 4 * c, Y: x, YRow: 4 * c, YPix: 4 * c, N: 1, H: 1, W: 1, OH: 1, OW: 1, C: c,
			KH: 1, KW: 1, StrideH: 1, StrideW: 1, DilH: 1, DilW: 1}, DX: y, DXRow: 4 * c, DXPix: 4 * c, DY: x, DYRow: 4 * c, DYPix: 4 * c}.Call()
	}}, boundsCase{"dwgrad", func(x, y uint32, n int) call.Call {
		c := uint32(n)
		return f32.DWGrad{X: x, XRow: 4 * c, XPix: 4 * c, Y: x, YRow: 4 * c, YPix: 4 * c, Parts: y, N: 1, OH: 1, OW: 1, C: c,
			KH: 1, KW: 1, StrideH: 1, StrideW: 1, DilH: 1, DilW: 1}.Call()
	}}, boundsCase{"convgrad x", func(x, y uint32, n int) call.Call {
		return f32.ConvGrad{X: x, Y: table, Strips: stripTable, StripCount: 1, Block: 1, Runs: table, RunCount: 1, RunLen: uint32(n), To: y, LDC: uint32(4 * n), O: 1}.Call()
	}}, boundsCase{"convgrad y", func(x, y uint32, n int) call.Call {
		return f32.ConvGrad{X: table, Y: x, Strips: stripTable, StripCount: 1, Block: 1, Runs: table, RunCount: 1, RunLen: 1, To: y, LDC: 4, O: uint32(n)}.Call()
	}}, boundsCase{"winograd", winograd(2)}, boundsCase{"winograd 4", winograd(4)}, boundsCase{"winograd 3", winograd(3)}, boundsCase{"winograd gradient", func(x, y uint32, n int) call.Call {
		c := uint32(n+3) / 4 * 4
		if end := uint32(memory) - 4*uint32(n); x == end {
			x = memory - 4*9*c
		} else if y == end {
			y = memory - 4*c
		}
		return f32.WinogradGrad{X: x, XRow: 12 * c, XPix: 4 * c, Y: y, YRow: 4 * c, YPix: 4 * c, N: 1, OH: 1, OW: 1, C: c, O: c, Parts: 1 << 18, Scratch: scratch}.Call()
	}})
	var ids []call.ID
	for id := call.ID(1); id < call.Q8GEMM; id++ {
		ids = append(ids, id)
	}
	e := newEngine(t, memory, ids...)
	e.WriteF32(0, make([]float32, memory/4))
	e.WriteU32(stripTable, []uint32{0, 0, 1})
	for _, c := range cases {
		for n := 1; n <= 21; n++ {
			floats := n
			if c.name == "transpose" {
				floats = 3 * n
			}
			end := uint32(memory - 4*floats)
			for side, xy := range [][2]uint32{{end, other}, {other, end}} {
				made := c.make(xy[0], xy[1], n)
				tried.Bounds(made)
				encoded, _ := call.Encode([]call.Call{made})
				e.Write(program, encoded)
				if err := e.Run(program, 1); err != nil {
					t.Fatalf("%s of %d, operand %d at the end: %v", c.name, n, side, err)
				}
			}
		}
	}
}
