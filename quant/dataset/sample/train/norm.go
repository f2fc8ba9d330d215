package main

import "math"

// epsilon and running are batch normalisation's: added to the variance, and the weight of the past in
// the running statistics.
const (
	epsilon = 1e-5
	running = 0.9
)

// norm is batch normalisation.
type norm struct {
	gamma, beta    *param
	mean, variance []float32 // running, for inference

	normal  *tensor // (x − mean) / deviation of the batch
	inverse []float32
}

func newNorm(c int) *norm {
	l := &norm{gamma: newParam(c, false), beta: newParam(c, false), mean: make([]float32, c), variance: make([]float32, c)}
	for i := range c {
		l.gamma.value[i], l.variance[i] = 1, 1
	}
	return l
}

func (l *norm) params() []*param { return []*param{l.gamma, l.beta} }

func (l *norm) forward(x *tensor, train bool) *tensor {
	mean, variance := l.mean, l.variance
	if train {
		mean, variance = moments(x)
		m := float32(x.pixels())
		for i := range mean {
			l.mean[i] = float32(running*l.mean[i]) + float32((1-running)*mean[i])
			l.variance[i] = float32(running*l.variance[i]) + float32((1-running)*variance[i]*m/(m-1))
		}
	}
	l.inverse = make([]float32, x.c)
	for i, v := range variance {
		l.inverse[i] = float32(1 / math.Sqrt(float64(v)+epsilon))
	}
	l.normal = newTensor(x.n, x.h, x.w, x.c)
	y := newTensor(x.n, x.h, x.w, x.c)
	gamma, beta := l.gamma.value, l.beta.value
	for at := 0; at < len(x.data); at += x.c {
		in, normal, out := x.data[at:][:x.c], l.normal.data[at:][:x.c], y.data[at:][:x.c]
		for i, v := range in {
			normal[i] = float32(v-mean[i]) * l.inverse[i]
			out[i] = float32(normal[i]*gamma[i]) + beta[i]
		}
	}
	return y
}

// moments gives each channel's mean and variance, added up in float64.
func moments(x *tensor) (mean, variance []float32) {
	sum, squares := make([]float64, x.c), make([]float64, x.c)
	for at := 0; at < len(x.data); at += x.c {
		for i, v := range x.data[at:][:x.c] {
			sum[i] += float64(v)
			squares[i] += float64(float64(v) * float64(v))
		}
	}
	mean, variance = make([]float32, x.c), make([]float32, x.c)
	m := float64(x.pixels())
	for i := range mean {
		e := sum[i] / m
		mean[i], variance[i] = float32(e), float32(max(squares[i]/m-float64(e*e), 0))
	}
	return mean, variance
}

func (l *norm) backward(dy *tensor) *tensor {
	sum, along := make([]float64, dy.c), make([]float64, dy.c) // of dy, and of dy times normal
	for at := 0; at < len(dy.data); at += dy.c {
		normal := l.normal.data[at:][:dy.c]
		for i, d := range dy.data[at:][:dy.c] {
			sum[i] += float64(d)
			along[i] += float64(float64(d) * float64(normal[i]))
		}
	}
	m := float64(dy.pixels())
	offset, slope, scale := make([]float32, dy.c), make([]float32, dy.c), make([]float32, dy.c)
	for i := range sum {
		l.gamma.grad[i] += float32(along[i])
		l.beta.grad[i] += float32(sum[i])
		offset[i], slope[i] = float32(sum[i]/m), float32(along[i]/m)
		scale[i] = l.gamma.value[i] * l.inverse[i]
	}
	for at := 0; at < len(dy.data); at += dy.c {
		normal, d := l.normal.data[at:][:dy.c], dy.data[at:][:dy.c]
		for i := range d {
			d[i] = (d[i] - offset[i] - float32(normal[i]*slope[i])) * scale[i]
		}
	}
	return dy
}
