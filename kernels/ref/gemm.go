package ref

// GEMM is C[M×N] = clamp(bias + A[M×K]·B[K×N]) with K = len(Runs)·RunLen: element k of row m of A is
// A[Rows[m]+Runs[k/RunLen]+k%RunLen]. Row m of C begins at C[OutRows[m]]. M is len(Rows).
type GEMM struct {
	A        []float32
	Rows     []int
	Runs     []int
	RunLen   int
	B        []float32 // [K][N]
	Bias     []float32 // [N]
	C        []float32
	OutRows  []int
	N        int
	Lo, Hi   float32
	Epilogue []EpilogueOp // over each row of C
}

// Do computes C. Sums start from the bias; k ascends; every product and sum is rounded to float32.
func (g GEMM) Do() {
	for m, row := range g.Rows {
		for n := range g.N {
			acc, k := g.Bias[n], 0
			for _, run := range g.Runs {
				for _, a := range g.A[row+run:][:g.RunLen] {
					acc += float32(a * g.B[k*g.N+n])
					k++
				}
			}
			g.C[g.OutRows[m]+n] = clamp(acc, g.Lo, g.Hi)
		}
		apply(g.Epilogue, g.C[g.OutRows[m]:][:g.N])
	}
}
