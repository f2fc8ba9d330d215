package q8

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// GEMM is C[M×N] of the sums acc[m,n] = bias[n] + Σ (a[m,k]−za)·(w[k,n]−zw): 1×1 and k×k convolution,
// fully connected layers. Rows of A are addressed as in f32.GEMM: K = Runs·RunLen bytes in Runs
// pieces of contiguous bytes.
//
// Bits: acc is exact as long as |acc| < 2³¹, whatever a sum on the way to it is: for |bias| < 2³⁰ with
// K ≤ 32768 where zw is 0 (255·128 for each k), and with K ≤ 16384 otherwise. See Out for what
// becomes of it.
//
// Up to 3 bytes are read behind each run of a row, whatever they hold: a buffer of activations needs
// Slack bytes of the arena behind it.
type GEMM struct {
	Dot      call.Dot
	A        uint32 // address of row 0, k 0
	Rows     uint32 // 0: row m is at A + m·LDA; else address of M i32: byte offsets of the rows from A
	LDA      uint32
	Runs     uint32 // at least 1
	RunTable uint32 // address of Runs i32: byte offsets of the runs from the row; 0 where Runs is 1
	RunLen   uint32 // bytes, at least 1
	B        uint32 // as GEMMWeights.Pack lays them out
	BZero    int32  // GEMMWeights.Zero
	C        uint32 // address of row 0, column 0
	OutRows  uint32 // 0: row m is at C + m·LDC; else address of M i32: byte offsets from C
	LDC      uint32
	M, N     uint32
	Out
}

// Slack is how many bytes behind a run of a row a GEMM may read.
const Slack = 3

const (
	gemmNR     = 16         // columns of a panel
	gemmHeader = 8 * gemmNR // bytes of a panel before its weights: biases and multipliers
)

// gemmShape is the tile of a kernel.
type gemmShape struct {
	mr, nv  int // rows, vectors of four columns
	relaxed bool
}

// groupBytes is the bytes of the weights of a panel for four k.
func (s gemmShape) groupBytes() int32 {
	if s.relaxed {
		return 4 * gemmNR
	}
	return 8 * gemmNR
}

// accumulators is how many vectors sum up a row: with dot_i16x8 four k of two columns each.
func (s gemmShape) accumulators() int {
	if s.relaxed {
		return s.nv
	}
	return 2 * s.nv
}

func gemmTileOf(relaxed bool) gemmShape {
	if relaxed {
		return gemmShape{mr: 2, nv: 4, relaxed: true}
	}
	return gemmShape{mr: 2, nv: 2}
}

// gemmBlockBytes is how much of A, and of C, is gone over with one panel before the next: they stay in
// the nearest cache, beside the panel.
const gemmBlockBytes = 16 << 10

// Call is the kernel call. Its units are tiles of rows. Of one row they are panels of columns,
// except with an epilogue or a table, which needs the whole row: then one unit.
func (g GEMM) Call() call.Call {
	relaxed := g.Dot != call.DotI16
	mr := uint32(gemmTileOf(relaxed).mr)
	units := (g.M + mr - 1) / mr
	if g.M == 1 && len(g.Epilogue) == 0 && g.Table == 0 {
		units = (g.N + gemmNR - 1) / gemmNR
	}
	wide := g.N
	if g.Float {
		wide *= 4
	}
	block := max(gemmBlockBytes/max(g.Runs*g.RunLen, wide)/mr, 1) * mr
	id, bZero := call.Q8GEMM, uint32(0) // which has the zero point in its weights
	if relaxed {
		id, bZero = call.Q8GEMMRelaxed, uint32(g.BZero)
	}
	return call.Call{Kernel: id, Units: units, Args: kernel.Words(gemmArgs[uint32]{
		A: gemmRowArgs[uint32]{g.A, g.Rows, g.LDA}, Runs: g.Runs, RunTable: g.RunTable, RunLen: g.RunLen, B: g.B, BZero: bZero,
		C: gemmRowArgs[uint32]{g.C, g.OutRows, g.LDC}, M: g.M, N: g.N, Block: block, Out: g.args(g.Dot.Signed()),
	}), Epilogue: g.Epilogue}
}

// gemmArgs are the arguments of the kernels, named as in GEMM: besides the rows of a block.
type gemmArgs[W any] struct {
	A                                gemmRowArgs[W]
	Runs, RunTable, RunLen, B, BZero W
	C                                gemmRowArgs[W]
	M, N, Block                      W
	Out                              outArgs[W]
}

// gemmRowArgs say where rows of A or C are: from At on by the table of offsets, or where that is 0 Stride apart.
type gemmRowArgs[W any] struct{ At, Table, Stride W }

// GEMMWeights are the weights of a GEMM, to be packed: row k < Runs·RunLen, in the order of the runs, of
// column n is
//
//	Data[k/Channels + k%Channels·ChannelStride + n·ColumnStride]
//
// For a convolution k/Channels is the place in its kernel; a matrix has Runs·RunLen channels.
type GEMMWeights struct {
	Dot                                   call.Dot // as of the GEMM
	Runs, RunLen, N                       int
	Data                                  []int8 // uint8 weights less 128
	Channels, ChannelStride, ColumnStride int
	Zero                                  int32     // zero point of the weights, less 128 where they are uint8
	XZero                                 int32     // zero point of the activations
	Bias                                  []int32   // N, or nil for zeros
	M                                     []float32 // N multipliers, or one for all
}

// PackedLen is the bytes of the packed weights.
func (w GEMMWeights) PackedLen() int {
	return (w.N + gemmNR - 1) / gemmNR * w.panelBytes()
}

func (w GEMMWeights) panelBytes() int {
	return gemmHeader + w.Runs*groups(w.RunLen)*int(gemmTileOf(w.Dot != call.DotI16).groupBytes())
}

// groups is the number of groups of four k of a run.
func groups(runLen int) int { return (runLen + 3) / 4 }
