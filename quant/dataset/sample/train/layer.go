package main

import "math/rand/v2"

// tensor is a batch of images, channels last: data[((n·h + y)·w + x)·c + channel].
type tensor struct {
	n, h, w, c int
	data       []float32
}

func newTensor(n, h, w, c int) *tensor { return &tensor{n, h, w, c, make([]float32, n*h*w*c)} }

// pixels is the number of positions in the batch.
func (t *tensor) pixels() int { return t.n * t.h * t.w }

// param is what training changes. decay tells whether weight decay applies: not to biases and
// normalisation.
type param struct {
	value, grad, momentum []float32
	decay                 bool
}

func newParam(n int, decay bool) *param {
	return &param{make([]float32, n), make([]float32, n), make([]float32, n), decay}
}

// normal fills with a normal distribution of that deviation.
func (p *param) normal(g *rand.Rand, deviation float64) *param {
	for i := range p.value {
		p.value[i] = float32(g.NormFloat64() * deviation)
	}
	return p
}

// layer computes, and takes gradients back. backward follows the forward whose input it needs, adds
// to its params' grad and returns the gradient of that input; it may overwrite dy.
type layer interface {
	forward(x *tensor, train bool) *tensor
	backward(dy *tensor) *tensor
	params() []*param
}
