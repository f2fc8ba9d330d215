package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// GEMM is C[M×N] = clamp(bias + A[M×K]·B[K×N]): 1×1 and k×k convolution, fully connected layers,
// matrix products, the phases of a transposed convolution.
//
// A row of A is K = Runs·RunLen floats in Runs pieces of contiguous floats, so that a convolution
// reads its input in place: with channels last and a halo of zeros for padding, an output pixel's
// window is KH runs of KW·C floats; with dilation or groups KH·KW runs of C/groups floats.
//
// Bits: each element starts from its bias and adds float32(a·b), k ascending, each sum rounded to
// float32; then clamp as in ref.GEMM.
type GEMM struct {
	A        uint32 // address of row 0, k 0
	Rows     uint32 // 0: row m is at A + m·LDA; else address of M i32: byte offsets of the rows from A
	LDA      uint32 // bytes
	Runs     uint32 // at least 1
	RunTable uint32 // address of Runs i32: byte offsets of the runs from the row; 0 where Runs is 1
	RunLen   uint32 // floats, at least 1
	B        uint32 // weights and biases as PackB lays them out
	C        uint32 // address of row 0, column 0
	OutRows  uint32 // 0: row m is at C + m·LDC; else address of M i32: byte offsets from C
	LDC      uint32 // bytes
	M, N     uint32
	Lo, Hi   float32           // clamp; −Inf and +Inf for none
	Epilogue []call.EpilogueOp // over rows of C
}

// gemmArgs are the arguments of the kernel, named as in GEMM.
type gemmArgs[W any] struct {
	A, Rows, LDA, Runs, RunTable, RunLen, B, C, OutRows, LDC, M, N, Lo, Hi W
	Fake                                                                   fakeArgs[W]
	Epilogue                                                               kernel.Tail
}

const (
	gemmMR = 5 // rows of a tile: 5×8 accumulators, two weights and an input fill 16 registers
	gemmNR = 8 // columns of a panel
)

// Call is the kernel call. Its units are tiles of rows. Of one row they are panels of columns,
// except with an epilogue, which needs the whole row: then one unit.
func (g GEMM) Call() call.Call {
	units := (g.M + gemmMR - 1) / gemmMR
	fake, epilogue := takeFake(g.Epilogue)
	if g.M == 1 && len(epilogue) == 0 {
		units = (g.N + gemmNR - 1) / gemmNR
	}
	return call.Call{Kernel: call.F32IGEMM, Units: units, Args: kernel.Words(gemmArgs[uint32]{
		A: g.A, Rows: g.Rows, LDA: g.LDA, Runs: g.Runs, RunTable: g.RunTable, RunLen: g.RunLen, B: g.B, C: g.C, OutRows: g.OutRows, LDC: g.LDC,
		M: g.M, N: g.N, Lo: math.Float32bits(g.Lo), Hi: math.Float32bits(g.Hi), Fake: fake,
	}), Epilogue: epilogue}
}
