package refine

import (
	"errors"
	"math"
)

// triangle is an upper triangular or symmetric matrix, of which the upper half counts.
type triangle struct {
	n int
	x []float64 // row by row, whole
}

func (t *triangle) at(i, j int) float64 { return t.x[i*t.n+j] }

// hessian adds up x·xᵀ.
type hessian struct{ triangle }

func newHessian(n int) *hessian { return &hessian{triangle{n, make([]float64, n*n)}} }

var errSingular = errors.New("the inputs of a layer say nothing about its weights: give other calibration items")

// inverse is U with H⁻¹ = Uᵀ·U, upper triangular: that of R with H = R·Rᵀ, Cholesky's factor from the last row up.
// Inputs that are always 0 are by themselves.
func (h *hessian) inverse() (*triangle, error) {
	n, mean := h.n, 0.0
	for i := range n {
		mean += h.at(i, i) / float64(n)
	}
	if !(mean > 0) {
		mean = 1
	}
	for i := range n {
		h.x[i*n+i] += gptqDamp * mean
	}
	r := h.x // becomes R in place
	for j := n - 1; j >= 0; j-- {
		known, i := r[j*n+j+1:(j+1)*n], 0
		for ; i+rowsAtOnce <= j+1; i += rowsAtOnce {
			lessProducts(r[i*n+j:], n, known)
		}
		for ; i <= j; i++ {
			x := r[i*n+j]
			for k, b := range known {
				x -= float64(r[i*n+j+1+k] * b)
			}
			r[i*n+j] = x
		}
		d := math.Sqrt(r[j*n+j])
		if !(d > 0) {
			return nil, errSingular
		}
		for i := 0; i <= j; i++ {
			r[i*n+j] /= d
		}
	}
	u := &triangle{n, make([]float64, n*n)}
	for i := n - 1; i >= 0; i-- { // row i of R·U = 1
		row := u.x[i*n : (i+1)*n]
		row[i] = 1
		for k := i + 1; k < n; k++ {
			if f := r[i*n+k]; f != 0 {
				less(row[k:], f, u.x[k*n+k:(k+1)*n])
			}
		}
		for j := i; j < n; j++ {
			row[j] /= r[i*n+i]
		}
	}
	return u, nil
}

// The loops below do some numbers a time: a branch is what takes long in Go's WebAssembly. Each number's own sum keeps its
// order.

// less takes f·x off to, number by number.
func less(to []float64, f float64, x []float64) {
	k := 0
	for ; k+8 <= len(x); k += 8 {
		to, x := (*[8]float64)(to[k:]), (*[8]float64)(x[k:])
		to[0] -= float64(f * x[0])
		to[1] -= float64(f * x[1])
		to[2] -= float64(f * x[2])
		to[3] -= float64(f * x[3])
		to[4] -= float64(f * x[4])
		to[5] -= float64(f * x[5])
		to[6] -= float64(f * x[6])
		to[7] -= float64(f * x[7])
	}
	for ; k < len(x); k++ {
		to[k] -= float64(f * x[k])
	}
}

// rowsAtOnce are those of lessProducts.
const rowsAtOnce = 4

// lessProducts takes off the first number of each of four rows, which lie n apart in x, the products of b with those behind
// it, one after the other.
func lessProducts(x []float64, n int, b []float64) {
	r0, r1, r2, r3 := x[:1+len(b)], x[n:][:1+len(b)], x[2*n:][:1+len(b)], x[3*n:][:1+len(b)]
	s0, s1, s2, s3 := r0[0], r1[0], r2[0], r3[0]
	k := 0
	for ; k+4 <= len(b); k += 4 {
		b, r0, r1, r2, r3 := (*[4]float64)(b[k:]), (*[4]float64)(r0[k+1:]), (*[4]float64)(r1[k+1:]), (*[4]float64)(r2[k+1:]), (*[4]float64)(r3[k+1:])
		s0 -= float64(r0[0] * b[0])
		s1 -= float64(r1[0] * b[0])
		s2 -= float64(r2[0] * b[0])
		s3 -= float64(r3[0] * b[0])
		s0 -= float64(r0[1] * b[1])
		s1 -= float64(r1[1] * b[1])
		s2 -= float64(r2[1] * b[1])
		s3 -= float64(r3[1] * b[1])
		s0 -= float64(r0[2] * b[2])
		s1 -= float64(r1[2] * b[2])
		s2 -= float64(r2[2] * b[2])
		s3 -= float64(r3[2] * b[2])
		s0 -= float64(r0[3] * b[3])
		s1 -= float64(r1[3] * b[3])
		s2 -= float64(r2[3] * b[3])
		s3 -= float64(r3[3] * b[3])
	}
	for ; k < len(b); k++ {
		s0 -= float64(r0[k+1] * b[k])
		s1 -= float64(r1[k+1] * b[k])
		s2 -= float64(r2[k+1] * b[k])
		s3 -= float64(r3[k+1] * b[k])
	}
	r0[0], r1[0], r2[0], r3[0] = s0, s1, s2, s3
}
