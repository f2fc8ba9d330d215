package q8_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
)

// gemmCase is a shape and how its rows are addressed.
type gemmCase struct {
	dot                     call.Dot
	m, n, runs, runLen      int
	table, outTable, gapped bool // rows by tables; rows and runs with gaps between
	zero                    bool // weights with a zero point
	float, epilogue, lookup bool
}

// outCase is a random Out and its twin for n channels.
func outCase(a *arena, r *rand.Rand, dot call.Dot, n int, float, epilogue, lookup bool) (q8.Out, ref.QOut) {
	shift := int32(0)
	if dot.Signed() {
		shift = 128
	}
	lo, hi := int32(r.IntN(100)), int32(255-r.IntN(100))
	if r.IntN(2) == 0 {
		lo, hi = 0, 255
	}
	o := q8.Out{Float: float, Zero: int32(r.IntN(256)) - shift, Lo: lo - shift, Hi: hi - shift}
	twin := ref.QOut{Signed: dot.Signed(), Zero: o.Zero, Lo: o.Lo, Hi: o.Hi}
	if epilogue {
		scale, offset := randomFloats(r, n), randomFloats(r, n)
		o.Epilogue = []call.EpilogueOp{f32.Affine(a.floats(scale), a.floats(offset), n), f32.Clamp(-1, 2)}
		twin.Epilogue = []ref.EpilogueOp{ref.Affine(scale, offset), ref.Clamp(-1, 2)}
	}
	if lookup {
		twin.Table = random(r, 256)
		o.Table = a.bytes(twin.Table)
	}
	return o, twin
}

// build makes the call and the arena that checks it.
func (c gemmCase) build(r *rand.Rand) (*arena, call.Call) {
	gap := func() int {
		if c.gapped {
			return r.IntN(4)
		}
		return 0
	}
	a, k := newArena(), c.runs*c.runLen
	g := ref.QGEMM{RunLen: c.runLen, N: c.n, AZero: int32(r.IntN(256)), M: multipliers(r, c.n, k)}
	out, twin := outCase(a, r, c.dot, c.n, c.float, c.epilogue, c.lookup)
	g.QOut = twin
	if r.IntN(4) == 0 { // sums far below what a float32 rounds
		for i := range g.M {
			g.M[i] *= 1 << 30
		}
	}
	if c.dot.Signed() {
		g.AZero -= 128
	}
	if c.zero {
		g.BZero = int32(r.IntN(256)) - 128
	}
	for _, b := range random(r, k*c.n) {
		g.B = append(g.B, int32(int8(b)))
	}
	for range c.n {
		g.Bias = append(g.Bias, int32(r.IntN(1<<16)-1<<15))
	}
	out.Far = q8.Far(k, g.Bias, g.M)
	rowLen := 0
	for range c.runs {
		g.Runs = append(g.Runs, rowLen)
		rowLen += c.runLen + gap()
	}
	lda, ldc := rowLen+gap(), c.n+gap()
	for m := range c.m {
		g.Rows, g.OutRows = append(g.Rows, m*lda), append(g.OutRows, m*ldc)
	}
	// the last run ends the buffer: the guard band begins behind it
	g.A = random(r, g.Rows[c.m-1]+g.Runs[c.runs-1]+c.runLen)
	if c.table { // any order, and rows twice
		for m := range g.Rows {
			g.Rows[m] = r.IntN(c.m) * lda
		}
	}
	if c.outTable {
		r.Shuffle(c.m, func(i, j int) { g.OutRows[i], g.OutRows[j] = g.OutRows[j], g.OutRows[i] })
	}
	w := q8.GEMMWeights{
		Dot: c.dot, Runs: c.runs, RunLen: c.runLen, N: c.n, Zero: g.BZero, XZero: g.AZero, Bias: g.Bias, M: g.M,
		Data: make([]int8, k*c.n), Channels: k, ChannelStride: c.n, ColumnStride: 1,
	}
	if r.IntN(2) == 0 { // as those of a convolution with a position for each run: [N][channels][positions]
		w.Channels, w.ChannelStride, w.ColumnStride = c.runLen, c.runs, k
	}
	for i, b := range g.B {
		w.Data[i/c.n/w.Channels+i/c.n%w.Channels*w.ChannelStride+i%c.n*w.ColumnStride] = int8(b)
	}
	packed := make([]byte, w.PackedLen())
	w.Pack(packed)
	d := q8.GEMM{
		Dot: c.dot, A: a.bytes(g.A), LDA: uint32(lda), Runs: uint32(c.runs), RunLen: uint32(c.runLen), B: a.bytes(packed), BZero: g.BZero,
		LDC: uint32(ldc), M: uint32(c.m), N: uint32(c.n), Out: out,
	}
	if c.float {
		g.F = randomFloats(r, c.m*ldc)
		before := floatBytes(g.F)
		g.Do()
		d.C, d.LDC = a.output(before, floatBytes(g.F)), uint32(4*ldc)
	} else {
		g.C = random(r, c.m*ldc)
		before := bytes.Clone(g.C)
		g.Do()
		d.C = a.output(before, g.C)
	}
	if c.table {
		d.Rows = a.offsets(g.Rows)
	}
	if c.outTable {
		rows := slices.Clone(g.OutRows)
		if c.float {
			for i := range rows {
				rows[i] *= 4
			}
		}
		d.OutRows = a.offsets(rows)
	}
	if c.runs > 1 || c.gapped {
		d.RunTable = a.offsets(g.Runs)
	}
	return a, d.Call()
}

func (c gemmCase) run(t *testing.T, engines []*engine.Engine, r *rand.Rand) {
	t.Helper()
	a, made := c.build(r)
	if !a.checkBoth(t, engines, made) {
		t.Fatalf("%+v", c)
	}
}

// gemmEdges is every edge of the tiling: rows and columns around the tile, short and long K, runs,
// tables, every kind of output.
func gemmEdges(dot call.Dot) []gemmCase {
	var cases []gemmCase
	for m := 1; m <= 9; m++ {
		for n := 1; n <= 36; n++ {
			for i, k := range []int{1, 2, 7, 16, 18} {
				cases = append(cases,
					gemmCase{dot: dot, m: m, n: n, runs: 1, runLen: k},
					gemmCase{dot: dot, m: m, n: n, runs: 1 + (m+n+i)%5, runLen: k, table: m%2 == 0, outTable: n%2 == 0, gapped: true,
						zero: (m+n)%3 == 0, float: (n+i)%3 == 1, epilogue: (n+i)%3 == 1 && i%2 == 0, lookup: (n+i)%3 == 2})
			}
		}
	}
	return cases
}

func gemmRandom(dot call.Dot, r *rand.Rand) gemmCase {
	c := gemmCase{
		dot: dot, m: 1 + r.IntN(40), n: 1 + r.IntN(70), runs: 1 + r.IntN(9), runLen: 1 + r.IntN(60), table: r.IntN(2) == 0,
		outTable: r.IntN(2) == 0, gapped: r.IntN(2) == 0, zero: r.IntN(3) == 0, float: r.IntN(3) == 0,
	}
	c.epilogue, c.lookup = c.float && r.IntN(2) == 0, !c.float && r.IntN(2) == 0
	return c
}

func TestGEMM(t *testing.T) {
	e := both(t, entry{call.Q8GEMM, q8.EmitGEMM})
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range gemmEdges(call.DotI16) {
		c.run(t, e, r)
	}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(2, seed))
		gemmRandom(call.DotI16, r).run(t, e, r)
	}
}

// Long rows go in blocks; the sums reach far beyond 16 bits, and float32 cannot hold all of them.
func TestGEMMLongRows(t *testing.T) {
	e := both(t, entry{call.Q8GEMM, q8.EmitGEMM})
	r := rand.New(rand.NewPCG(3, 1))
	for _, k := range []int{4000, 9001} {
		gemmCase{m: 13, n: 18, runs: 1, runLen: k, float: k == 4000}.run(t, e, r)
	}
}

// Of one row the panels are the units, so that threads can share it, unless something needs it whole.
func TestGEMMUnits(t *testing.T) {
	for _, c := range []struct{ m, n, units, whole uint32 }{{1, 1, 1, 1}, {1, 16, 1, 1}, {1, 17, 2, 1}, {1, 100, 7, 1}} {
		g := q8.GEMM{Runs: 1, RunLen: 1, M: c.m, N: c.n}
		if got := g.Call().Units; got != c.units {
			t.Errorf("%d×%d: %d units, want %d", c.m, c.n, got, c.units)
		}
		g.Table = 1
		if got := g.Call().Units; got != c.whole {
			t.Errorf("%d×%d with a table: %d units, want %d", c.m, c.n, got, c.whole)
		}
	}
}

// Half-way cases round to even, and bounds hold whatever the sum: with a multiplier of 1/2 and one
// weight of 1 the output is half the input, with a great one it is a bound.
func TestRounding(t *testing.T) {
	e := both(t, entry{call.Q8GEMM, q8.EmitGEMM})[0]
	for _, c := range []struct {
		m          float32
		zero       int32
		lo, hi     int32
		bias, want int32
	}{
		{0.5, 0, 0, 255, 1, 0}, {0.5, 0, 0, 255, 3, 2}, {0.5, 0, 0, 255, 5, 2}, {0.5, 10, 0, 255, -1, 10}, {0.5, 10, 0, 255, -3, 8},
		{1, 7, 0, 255, 1 << 30, 255}, {1, 7, 0, 200, 1 << 30, 200}, {1, 7, 0, 255, -1 << 30, 0}, {1, 7, 5, 255, -1 << 30, 5},
		{3e38, 7, 5, 250, 1, 250}, {3e38, 7, 5, 250, -1, 5}, {3e38, 7, 5, 250, 1 << 20, 250}, {3e38, 7, 5, 250, -1 << 20, 5},
		{1e-40, 7, 5, 250, 1 << 20, 7}, {float32(math.Exp2(-8)), 0, 0, 255, 384, 2}, {1, 255, 0, 255, -255, 0}, {1, 255, 0, 255, -256, 0},
	} {
		w := q8.GEMMWeights{Runs: 1, RunLen: 1, N: 1, Data: []int8{0}, Channels: 1, ChannelStride: 1, ColumnStride: 1, Bias: []int32{c.bias}, M: []float32{c.m}}
		packed := make([]byte, w.PackedLen())
		w.Pack(packed)
		a := newArena()
		d := q8.GEMM{A: a.bytes([]byte{1}), Runs: 1, RunLen: 1, B: a.bytes(packed), C: a.output([]byte{99}, []byte{byte(c.want)}), M: 1, N: 1,
			Out: q8.Out{Zero: c.zero, Lo: c.lo, Hi: c.hi}}
		if !a.check(t, e, d.Call()) {
			t.Errorf("%+v", c)
		}
		if got := ref.QRound(float32(c.bias)*c.m, c.zero, c.lo, c.hi); got != byte(c.want) {
			t.Errorf("twin: %d: %+v", got, c)
		}
	}
}
