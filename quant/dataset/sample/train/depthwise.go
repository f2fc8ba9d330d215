package main

import (
	"math"
	"math/rand/v2"
)

// depthwise is a 3×3 convolution of each channel by itself, without bias, padded by 1. Weights lie
// [3·3, c].
type depthwise struct {
	stride, c int
	weight    *param

	x *tensor
	h int // of the output
	w int
}

func newDepthwise(g *rand.Rand, stride, c int) *depthwise {
	return &depthwise{stride: stride, c: c, weight: newParam(9*c, true).normal(g, math.Sqrt(2.0/9))}
}

func (l *depthwise) params() []*param { return []*param{l.weight} }

func (l *depthwise) forward(x *tensor, _ bool) *tensor {
	l.x, l.h, l.w = x, x.h/l.stride, x.w/l.stride
	y := newTensor(x.n, l.h, l.w, l.c)
	l.taps(func(tap, from, to int) {
		w, in, out := l.weight.value[tap:][:l.c], x.data[from:][:l.c], y.data[to:][:l.c]
		for i, v := range in {
			out[i] += float32(w[i] * v)
		}
	})
	return y
}

func (l *depthwise) backward(dy *tensor) *tensor {
	dx := newTensor(l.x.n, l.x.h, l.x.w, l.c)
	l.taps(func(tap, from, to int) {
		w, dw := l.weight.value[tap:][:l.c], l.weight.grad[tap:][:l.c]
		in, din, dout := l.x.data[from:][:l.c], dx.data[from:][:l.c], dy.data[to:][:l.c]
		for i, d := range dout {
			dw[i] += float32(in[i] * d)
			din[i] += float32(w[i] * d)
		}
	})
	return dx
}

// taps visits every tap inside the image: where it lies in the weights, in x and in the output.
func (l *depthwise) taps(visit func(tap, from, to int)) {
	for n := range l.x.n {
		for y := range l.h {
			for x := range l.w {
				to := ((n*l.h+y)*l.w + x) * l.c
				for ky := range 3 {
					for kx := range 3 {
						sy, sx := y*l.stride+ky-1, x*l.stride+kx-1
						if sy >= 0 && sy < l.x.h && sx >= 0 && sx < l.x.w {
							visit((3*ky+kx)*l.c, ((n*l.x.h+sy)*l.x.w+sx)*l.c, to)
						}
					}
				}
			}
		}
	}
}
