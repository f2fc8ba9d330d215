package main

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Every layer's gradients equal the slope of a random function of its output, measured.
func TestGradients(t *testing.T) {
	g := rand.New(rand.NewPCG(5, 6))
	randomise := func(p []float32) {
		for i := range p {
			p[i] = float32(g.NormFloat64())
		}
	}
	for name, l := range map[string]layer{
		"conv 3×3":       newConv(g, 3, 2, 3, 5),
		"conv 1×1":       newConv(g, 1, 1, 3, 4),
		"depthwise":      newDepthwise(g, 1, 3),
		"depthwise of 2": newDepthwise(g, 2, 3),
		"norm":           newNorm(3),
		"relu6":          &relu6{},
		"pool":           &pool{},
		"enlarge":        &enlarge{chain{newConv(g, 3, 1, 3, 12)}},
		"residual":       &residual{chain{newConv(g, 1, 1, 3, 3), newNorm(3)}},
		"dense":          &chain{&pool{}, newDense(g, 3, 4)},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTensor(3, 4, 4, 3)
			randomise(x.data)
			for _, p := range l.params() {
				randomise(p.value)
			}
			y := l.forward(x, true)
			weights := newTensor(y.n, y.h, y.w, y.c)
			randomise(weights.data)
			value := func() float64 {
				sum := 0.0
				for i, v := range l.forward(x, true).data {
					sum += float64(v) * float64(weights.data[i])
				}
				return sum
			}
			dy := newTensor(y.n, y.h, y.w, y.c)
			copy(dy.data, weights.data)
			dx := l.backward(dy)
			check := func(what string, at, gradient *float32) {
				const h = 1e-2
				old := *at
				*at = old + h
				up := value()
				*at = old - h
				down := value()
				*at = old
				if slope := (up - down) / (2 * h); math.Abs(slope-float64(*gradient)) > 0.02*(1+math.Abs(slope)) {
					t.Errorf("%s: gradient %v, measured %v", what, *gradient, slope)
				}
			}
			for i := range x.data {
				if name == "relu6" && (math.Abs(float64(x.data[i])) < 0.02 || math.Abs(float64(x.data[i])-6) < 0.02) {
					continue // the kinks
				}
				check("input", &x.data[i], &dx.data[i])
			}
			for _, p := range l.params() {
				for i := range p.value {
					check("parameter", &p.value[i], &p.grad[i])
				}
			}
		})
	}
}

func TestCrossEntropy(t *testing.T) {
	g := rand.New(rand.NewPCG(7, 8))
	logits := newTensor(4, 1, 1, 3)
	for i := range logits.data {
		logits.data[i] = float32(3 * g.NormFloat64())
	}
	labels := []int{0, 1, 2, 1}
	_, gradient, _ := crossEntropy(logits, labels)
	for i := range logits.data {
		const h = 1e-2
		old := logits.data[i]
		logits.data[i] = old + h
		up, _, _ := crossEntropy(logits, labels)
		logits.data[i] = old - h
		down, _, _ := crossEntropy(logits, labels)
		logits.data[i] = old
		if slope := (up - down) / (2 * h); math.Abs(slope-float64(gradient.data[i])) > 1e-4 {
			t.Errorf("gradient %v, measured %v", gradient.data[i], slope)
		}
	}
}
