package ref

// QGEMM is the sums acc[m,n] = Bias[n] + Σ (a[m,k]-AZero)·(B[k,n]-BZero), exact in int32, of the rows
// that GEMM describes, and what Out makes of them: bytes in C, or floats in F.
type QGEMM struct {
	A       []byte
	AZero   int32
	Rows    []int
	Runs    []int
	RunLen  int
	B       []int32 // [K][N]
	BZero   int32
	Bias    []int32   // [N]
	M       []float32 // [N]
	C       []byte
	F       []float32 // in place of C, where not nil
	OutRows []int
	N       int
	QOut
}

// Do computes C, or F.
func (g QGEMM) Do() {
	for m, row := range g.Rows {
		for n := range g.N {
			acc, k := g.Bias[n], 0
			for _, run := range g.Runs {
				for _, a := range g.A[row+run:][:g.RunLen] {
					acc += (QValue(a, g.Signed) - g.AZero) * (g.B[k*g.N+n] - g.BZero)
					k++
				}
			}
			if g.F != nil {
				g.F[g.OutRows[m]+n] = float32(acc) * g.M[n]
			} else {
				g.C[g.OutRows[m]+n] = g.Byte(acc, g.M[n])
			}
		}
		if g.F != nil {
			apply(g.Epilogue, g.F[g.OutRows[m]:][:g.N])
		}
	}
}
