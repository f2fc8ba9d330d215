package main

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// conv is a convolution without bias over k×k pixels, padded by k/2. Weights lie [k·k·in, out].
type conv struct {
	k, stride, in, out int
	weight             *param

	x       *tensor
	columns *tensor // one row of k·k·in values for each output pixel; x itself for a 1×1 convolution
}

func newConv(g *rand.Rand, k, stride, in, out int) *conv {
	w := newParam(k*k*in*out, true).normal(g, math.Sqrt(2/float64(k*k*in)))
	return &conv{k: k, stride: stride, in: in, out: out, weight: w}
}

func (l *conv) params() []*param { return []*param{l.weight} }

func (l *conv) forward(x *tensor, _ bool) *tensor {
	l.x, l.columns = x, x
	if l.k > 1 {
		l.columns = newTensor(x.n, x.h/l.stride, x.w/l.stride, l.k*l.k*l.in)
		l.taps(func(column, pixel int) {
			copy(l.columns.data[column:column+l.in], x.data[pixel:pixel+l.in])
		})
	}
	y := newTensor(x.n, l.columns.h, l.columns.w, l.out)
	gemm(blas.NoTrans, blas.NoTrans, matrix(l.columns), l.matrix(l.weight.value), 0, matrix(y))
	return y
}

func (l *conv) backward(dy *tensor) *tensor {
	gemm(blas.Trans, blas.NoTrans, matrix(l.columns), matrix(dy), 1, l.matrix(l.weight.grad))
	d := newTensor(l.columns.n, l.columns.h, l.columns.w, l.columns.c)
	gemm(blas.NoTrans, blas.Trans, matrix(dy), l.matrix(l.weight.value), 0, matrix(d))
	if l.k == 1 {
		return d
	}
	dx := newTensor(l.x.n, l.x.h, l.x.w, l.x.c)
	l.taps(func(column, pixel int) {
		for i := range l.in {
			dx.data[pixel+i] += d.data[column+i]
		}
	})
	return dx
}

// taps visits every tap inside the image: where it lies in columns and in x.
func (l *conv) taps(visit func(column, pixel int)) {
	at := 0
	for n := range l.x.n {
		for y := range l.columns.h {
			for x := range l.columns.w {
				for ky := range l.k {
					for kx := range l.k {
						sy, sx := y*l.stride+ky-l.k/2, x*l.stride+kx-l.k/2
						if sy >= 0 && sy < l.x.h && sx >= 0 && sx < l.x.w {
							visit(at, ((n*l.x.h+sy)*l.x.w+sx)*l.in)
						}
						at += l.in
					}
				}
			}
		}
	}
}

func (l *conv) matrix(data []float32) blas32.General {
	return blas32.General{Rows: l.k * l.k * l.in, Cols: l.out, Stride: l.out, Data: data}
}

func matrix(t *tensor) blas32.General {
	return blas32.General{Rows: t.pixels(), Cols: t.c, Stride: t.c, Data: t.data}
}

// gemm is c = a·b + beta·c. gonum adds each element of c up in one order on any number of processors.
func gemm(ta, tb blas.Transpose, a, b blas32.General, beta float32, c blas32.General) {
	blas32.Gemm(ta, tb, 1, a, b, beta, c)
}
