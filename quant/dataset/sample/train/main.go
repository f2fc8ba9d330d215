// Command train makes the built-in sample: it trains a small MobileNetV2-like network on drawn images
// (package sample) and writes model.onnx and images.zip, the same bytes on every run on a processor of
// the same kind. It takes about ten minutes on one core.
//
//	go run ./quant/dataset/sample/train -out site/static/sample
//
// Stochastic gradient descent with momentum and a cosine schedule; every batch is of new images.
package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"time"

	"github.com/quantscope/quantscope/quant/dataset/sample"
)

const (
	seed     = 1
	batch    = 64
	momentum = 0.9
)

func main() {
	steps := flag.Int("steps", 2500, "batches of 64 images")
	rate := flag.Float64("rate", 0.1, "learning rate at the start")
	decay := flag.Float64("decay", 4e-5, "weight decay")
	flag.Parse()
	net := newNet(rand.New(rand.NewPCG(seed, 0)))
	train(net, *steps, float32(*rate), float32(*decay))
	fmt.Printf("top-1 of 2000 held out: %.4f\n", accuracy(net, sample.Held, 2000))
	_ = os.Args
}

// train runs through steps batches.
func train(net chain, steps int, rate, decay float32) {
	start := time.Now()
	mean, right := 0.0, 0
	for step := range steps {
		x, labels := draw(sample.Training, step*batch, batch)
		loss, gradient, hits := crossEntropy(net.forward(x, true), labels)
		net.backward(gradient)
		now := rate * float32((1+math.Cos(math.Pi*float64(step)/float64(steps)))/2)
		for _, p := range net.params() {
			update(p, now, decay)
		}
		mean, right = mean+loss, right+hits
		if step%100 == 99 {
			fmt.Printf("step %d: loss %.3f, top-1 %.3f, %s\n", step+1, mean/100, float64(right)/(100*batch), time.Since(start).Round(time.Second))
			mean, right = 0, 0
		}
	}
}

func update(p *param, rate, decay float32) {
	for i, g := range p.grad {
		if p.decay {
			g += float32(decay * p.value[i])
		}
		p.momentum[i] = float32(momentum*p.momentum[i]) + g
		p.value[i] -= float32(rate * p.momentum[i])
		p.grad[i] = 0
	}
}

// draw gives count images from index from on as the network's input, −1 to 1.
func draw(seed uint64, from, count int) (*tensor, []int) {
	x := newTensor(count, sample.Size, sample.Size, 3)
	labels := make([]int, count)
	at := 0
	for i := range count {
		m, class := sample.Draw(seed, uint64(from+i))
		labels[i] = class
		for p := 0; p < len(m.Pix); p += 4 {
			for _, v := range m.Pix[p : p+3] {
				x.data[at] = (float32(v) - 127.5) / 127.5
				at++
			}
		}
	}
	return x, labels
}

// accuracy is top-1 on the first count images of a seed, as at inference.
func accuracy(net chain, seed uint64, count int) float64 {
	right := 0
	for from := 0; from < count; from += batch {
		x, labels := draw(seed, from, min(batch, count-from))
		_, _, hits := crossEntropy(net.forward(x, false), labels)
		right += hits
	}
	return float64(right) / float64(count)
}
