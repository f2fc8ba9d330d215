package main

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// pool is the mean over all pixels of an image.
type pool struct{ h, w int }

func (l *pool) params() []*param { return nil }

func (l *pool) forward(x *tensor, _ bool) *tensor {
	l.h, l.w = x.h, x.w
	y := newTensor(x.n, 1, 1, x.c)
	area := x.h * x.w
	for i := range x.pixels() {
		out := y.data[i/area*x.c:][:x.c]
		for c, v := range x.data[i*x.c:][:x.c] {
			out[c] += v
		}
	}
	for i := range y.data {
		y.data[i] /= float32(area)
	}
	return y
}

func (l *pool) backward(dy *tensor) *tensor {
	dx := newTensor(dy.n, l.h, l.w, dy.c)
	area := l.h * l.w
	for i := range dx.data {
		dx.data[i] = dy.data[i/dy.c/area*dy.c+i%dy.c] / float32(area)
	}
	return dx
}

// dense is the fully connected layer; weights lie [in, out].
type dense struct {
	in, out      int
	weight, bias *param

	x *tensor
}

func newDense(g *rand.Rand, in, out int) *dense {
	return &dense{in: in, out: out, weight: newParam(in*out, true).normal(g, 1/math.Sqrt(float64(in))), bias: newParam(out, false)}
}

func (l *dense) params() []*param { return []*param{l.weight, l.bias} }

func (l *dense) forward(x *tensor, _ bool) *tensor {
	l.x = x
	y := newTensor(x.n, 1, 1, l.out)
	for n := range x.n {
		copy(y.data[n*l.out:], l.bias.value)
	}
	gemm(blas.NoTrans, blas.NoTrans, matrix(x), l.matrix(l.weight.value), 1, matrix(y))
	return y
}

func (l *dense) backward(dy *tensor) *tensor {
	for i, d := range dy.data {
		l.bias.grad[i%l.out] += d
	}
	gemm(blas.Trans, blas.NoTrans, matrix(l.x), matrix(dy), 1, l.matrix(l.weight.grad))
	dx := newTensor(dy.n, 1, 1, l.in)
	gemm(blas.NoTrans, blas.Trans, matrix(dy), l.matrix(l.weight.value), 0, matrix(dx))
	return dx
}

func (l *dense) matrix(data []float32) blas32.General {
	return blas32.General{Rows: l.in, Cols: l.out, Stride: l.out, Data: data}
}

// crossEntropy gives the mean loss of a batch and its gradient, and how many items are right.
func crossEntropy(logits *tensor, labels []int) (loss float64, gradient *tensor, right int) {
	gradient = newTensor(logits.n, 1, 1, logits.c)
	for n, label := range labels {
		row, d := logits.data[n*logits.c:][:logits.c], gradient.data[n*logits.c:][:logits.c]
		best := 0
		for i, v := range row {
			if v > row[best] {
				best = i
			}
		}
		if best == label {
			right++
		}
		total := 0.0
		for _, v := range row {
			total += math.Exp(float64(v - row[best]))
		}
		for i, v := range row {
			d[i] = float32(math.Exp(float64(v-row[best])) / total / float64(len(labels)))
		}
		loss -= (float64(row[label]-row[best]) - math.Log(total)) / float64(len(labels))
		d[label] -= 1 / float32(len(labels))
	}
	return loss, gradient, right
}
