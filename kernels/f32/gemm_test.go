package f32_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/engine"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

var inf = float32(math.Inf(1))

// gemmCase is a shape and how its rows are addressed.
type gemmCase struct {
	m, n, runs, runLen      int
	table, outTable, gapped bool // rows by tables; rows and runs with gaps between
	special                 bool
	lo, hi                  float32
	epilogue                bool
}

func (c gemmCase) run(t *testing.T, engines []*engine.Engine, r *rand.Rand) {
	t.Helper()
	gap := func() int {
		if c.gapped {
			return r.IntN(4)
		}
		return 0
	}
	k := c.runs * c.runLen
	g := ref.GEMM{RunLen: c.runLen, N: c.n, Lo: c.lo, Hi: c.hi, B: random(r, k*c.n, c.special), Bias: random(r, c.n, c.special)}
	rowLen := 0
	for range c.runs {
		g.Runs = append(g.Runs, rowLen)
		rowLen += c.runLen + gap()
	}
	lda, ldc := rowLen+gap(), c.n+gap()
	g.A = random(r, c.m*lda, c.special)
	g.C = random(r, c.m*ldc, false)
	for m := range c.m {
		g.Rows, g.OutRows = append(g.Rows, m*lda), append(g.OutRows, m*ldc)
	}
	if c.table { // any order, and rows twice
		for m := range g.Rows {
			g.Rows[m] = r.IntN(c.m) * lda
		}
	}
	if c.outTable {
		r.Shuffle(c.m, func(i, j int) { g.OutRows[i], g.OutRows[j] = g.OutRows[j], g.OutRows[i] })
	}
	packed := make([]float32, f32.PackedLen(k, c.n))
	f32.PackB(packed, c.n, g.Bias, f32.Weights{Data: g.B, Positions: []int{0}, Channels: k, ChannelStride: c.n, ColumnStride: 1})

	a := newArena()
	d := f32.GEMM{
		A: a.floats(g.A), LDA: uint32(4 * lda), Runs: uint32(c.runs), RunLen: uint32(c.runLen), B: a.floats(packed),
		C: a.output(g.C), LDC: uint32(4 * ldc), M: uint32(c.m), N: uint32(c.n), Lo: c.lo, Hi: c.hi,
	}
	if c.table {
		d.Rows = a.offsets(g.Rows)
	}
	if c.outTable {
		d.OutRows = a.offsets(g.OutRows)
	}
	if c.runs > 1 || c.gapped {
		d.RunTable = a.offsets(g.Runs)
	}
	if c.epilogue {
		d.Epilogue, g.Epilogue = chain(a, r, c.n)
	}
	g.Do()
	if !a.checkAll(t, engines, d.Call(), g.C) {
		t.Fatalf("%+v", c)
	}
}

// Every edge of the tiling: rows and columns around the tile, short and long K, runs, tables.
func TestGEMM(t *testing.T) {
	e := ways(t, entry{call.F32IGEMM, f32.EmitIGEMM})
	r := rand.New(rand.NewPCG(1, 1))
	for m := 1; m <= 12; m++ {
		for n := 1; n <= 20; n++ {
			for i, k := range []int{1, 2, 7, 16} {
				gemmCase{m: m, n: n, runs: 1, runLen: k, lo: -inf, hi: inf}.run(t, e, r)
				gemmCase{m: m, n: n, runs: 1 + (m+n+i)%9, runLen: k, table: m%2 == 0, outTable: n%2 == 0, gapped: true, lo: -1, hi: 1}.run(t, e, r)
			}
		}
	}
	for n := 21; n <= 70; n++ { // groups of panels
		for m := 1; m <= 2; m++ {
			gemmCase{m: m, n: n, runs: 1 + n%3, runLen: 5, special: n%2 == 0, lo: -inf, hi: inf}.run(t, e, r)
		}
	}
}

// Random shapes with infinities, NaNs, denormals and zeros of both signs, clamped so that zeros meet.
func TestGEMMRandom(t *testing.T) {
	e := ways(t, entry{call.F32IGEMM, f32.EmitIGEMM})
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(2, seed))
		clamps := [][2]float32{{-inf, inf}, {0, inf}, {0, 6}, {float32(math.Copysign(0, -1)), 0}, {-0.5, 0.25}}
		c := clamps[r.IntN(len(clamps))]
		gemmCase{
			m: 1 + r.IntN(12), n: 1 + r.IntN(40), runs: 1 + r.IntN(9), runLen: 1 + r.IntN(30), table: r.IntN(2) == 0,
			outTable: r.IntN(2) == 0, gapped: r.IntN(2) == 0, special: r.IntN(3) > 0, epilogue: r.IntN(2) == 0, lo: c[0], hi: c[1],
		}.run(t, e, r)
	}
}

// chain is an epilogue and its twin: two of which the first has a parameter for each of n channels, in two
// cases of three behind a fake-quantizer, which kernels have ways of their own to do.
func chain(a *arena, r *rand.Rand, n int) (epilogue []call.EpilogueOp, twins []ref.EpilogueOp) {
	const s, zp, lo, hi = 0.037, 3, -5, 20
	switch r.IntN(3) {
	case 1:
		epilogue, twins = []call.EpilogueOp{f32.FakeQuant(s, zp, lo, hi)}, []ref.EpilogueOp{ref.FakeQuant(float32(1)/s, zp, lo, hi, s)}
	case 2:
		epilogue, twins = []call.EpilogueOp{f32.FakeQuantDiv(s, zp, lo, hi)}, []ref.EpilogueOp{ref.FakeQuantDiv(s, zp, lo, hi)}
	}
	if len(epilogue) > 0 && r.IntN(2) == 0 {
		return epilogue, twins
	}
	scale, shift := random(r, n, false), random(r, n, false)
	return append(epilogue, f32.Affine(a.floats(scale), a.floats(shift), n), f32.Clamp(-1, 2)), append(twins, ref.Affine(scale, shift), ref.Clamp(-1, 2))
}

// Of one row the panels are the units, so that threads can share it, unless an epilogue needs it whole.
func TestGEMMUnits(t *testing.T) {
	for _, c := range []struct{ m, n, units, withEpilogues uint32 }{
		{1, 1, 1, 1}, {1, 8, 1, 1}, {1, 9, 2, 1}, {1, 100, 13, 1}, {2, 100, 1, 1}, {5, 3, 1, 1}, {6, 3, 2, 2}, {49, 1, 10, 10},
	} {
		g := f32.GEMM{M: c.m, N: c.n}
		if got := g.Call().Units; got != c.units {
			t.Errorf("%d×%d: %d units, want %d", c.m, c.n, got, c.units)
		}
		g.Epilogue = []call.EpilogueOp{f32.Relu()}
		if got := g.Call().Units; got != c.withEpilogues {
			t.Errorf("%d×%d with epilogue: %d units, want %d", c.m, c.n, got, c.withEpilogues)
		}
	}
}
