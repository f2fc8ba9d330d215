// Command train makes the built-in sample: it trains a small MobileNetV2-like network on drawn images
// (package sample) and writes model.onnx, images.zip and recipe.json, the same bytes on every run on a processor of
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
	"path/filepath"
	"time"

	"github.com/quantscope/quantscope/quant/dataset/sample"
)

const (
	seed     = 1
	batch    = 64
	momentum = 0.9
	peak     = 0.15 // learning rate
	decay    = 4e-5 // of weights; not of biases and normalisation
)

func main() {
	out := flag.String("out", "site/static/sample", "folder to write into")
	images := flag.Bool("images", false, "write images.zip and recipe.json only")
	steps := flag.Int("steps", 2500, "batches of 64 images to train on")
	flag.Parse()
	if err := run(*out, *images, *steps); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(out string, imagesOnly bool, steps int) error {
	pack, err := archive()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "images.zip"), pack, 0o644); err != nil {
		return err
	}
	fmt.Printf("images.zip: %d images, %d bytes\n", shipped, len(pack))
	settings, err := settings()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "recipe.json"), settings, 0o644); err != nil {
		return err
	}
	if imagesOnly {
		return nil
	}
	net := newNet(rand.New(rand.NewPCG(seed, 0)))
	train(net, steps)
	model := encode(net)
	fmt.Printf("model.onnx: %d bytes; top-1 %.4f of 2000 held out, %.4f of the %d shipped\n",
		len(model), accuracy(net, sample.Held, 2000), accuracy(net, sample.Shipped, shipped), shipped)
	return os.WriteFile(filepath.Join(out, "model.onnx"), model, 0o644)
}

// train runs through steps batches.
func train(net chain, steps int) {
	start := time.Now()
	mean, right := 0.0, 0
	for step := range steps {
		x, labels := draw(sample.Training, step*batch, batch)
		loss, gradient, hits := crossEntropy(net.forward(x, true), labels)
		net.backward(gradient)
		rate := peak * float32((1+math.Cos(math.Pi*float64(step)/float64(steps)))/2)
		for _, p := range net.params() {
			update(p, rate)
		}
		mean, right = mean+loss, right+hits
		if step%100 == 99 {
			fmt.Printf("step %d: loss %.3f, top-1 %.3f, %s\n", step+1, mean/100, float64(right)/(100*batch), time.Since(start).Round(time.Second))
			mean, right = 0, 0
		}
	}
}

func update(p *param, rate float32) {
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
				x.data[at] = (float32(v) - middle) / middle
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
