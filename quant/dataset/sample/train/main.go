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
	out := flag.String("out", "site/static/sample", "folder to write into; samples but the first have one of their own below it")
	which := flag.String("sample", "all", "shapes, digits, enlarge or all")
	images := flag.Bool("images", false, "write images, thumbnail and recipes only")
	steps := flag.Int("steps", 0, "batches of 64 images to train on; 0 for the sample's own number")
	flag.Parse()
	for _, t := range tasks() {
		if *which != "all" && *which != t.name() {
			continue
		}
		if *steps > 0 {
			t.steps = *steps
		}
		if err := run(t, filepath.Join(*out, t.folder), *images); err != nil {
			fmt.Fprintln(os.Stderr, "train:", err)
			os.Exit(1)
		}
	}
}

func run(t task, out string, imagesOnly bool) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	pack, err := archive(t)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "images.zip"), pack, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: images.zip: %d images, %d bytes\n", t.name(), t.shipped, len(pack))
	strip, err := thumbnail(t)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "thumbnail.png"), strip, 0o644); err != nil {
		return err
	}
	for name, of := range t.recipes {
		r, err := of()
		if err != nil {
			return err
		}
		settings, err := r.Canonical()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, name), settings, 0o644); err != nil {
			return err
		}
	}
	if imagesOnly {
		return nil
	}
	net := t.net(rand.New(rand.NewPCG(seed, 0)))
	train(t, net)
	model := encode(t, net)
	fmt.Printf("%s: model.onnx: %d bytes; of 2000 held out %s; of the %d shipped %s\n",
		t.name(), len(model), judge(t, net, sample.Held, 2000), t.shipped, judge(t, net, sample.Shipped, t.shipped))
	return os.WriteFile(filepath.Join(out, "model.onnx"), model, 0o644)
}

// train runs through the steps of a task.
func train(t task, net chain) {
	start := time.Now()
	mean, right := 0.0, 0
	for step := range t.steps {
		x, judge := t.batch(sample.Training, step*batch, batch)
		loss, gradient, hits := judge(net.forward(x, true))
		net.backward(gradient)
		rate := t.peak * float32((1+math.Cos(math.Pi*float64(step)/float64(t.steps)))/2)
		for _, p := range net.params() {
			update(p, rate)
		}
		mean, right = mean+loss, right+hits
		if step%100 == 99 {
			fmt.Printf("step %d: loss %.4f, top-1 %.3f, %s\n", step+1, mean/100, float64(right)/(100*batch), time.Since(start).Round(time.Second))
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

// drawn gives count images of shapes from index from on as the network's input, −1 to 1.
func drawn(seed uint64, from, count int) (*tensor, []int) {
	x := newTensor(count, sample.Size, sample.Size, 3)
	labels := make([]int, count)
	for i := range count {
		m, class := sample.Draw(seed, uint64(from+i))
		labels[i] = class
		coloured(x, i, m)
	}
	return x, labels
}

// judged is the mean loss and top-1 on the first count images of a seed, as at inference.
func judged(t task, net chain, seed uint64, count int) (loss, top1 float64) {
	for from := 0; from < count; from += batch {
		n := min(batch, count-from)
		x, judge := t.batch(seed, from, n)
		l, _, hits := judge(net.forward(x, false))
		loss, top1 = loss+l*float64(n)/float64(count), top1+float64(hits)/float64(count)
	}
	return loss, top1
}

// judge tells that in the measure of the task: top-1, or peak signal to noise.
func judge(t task, net chain, seed uint64, count int) string {
	loss, top1 := judged(t, net, seed, count)
	if len(t.answer) == 3 {
		return fmt.Sprintf("%.2f dB PSNR", 10*math.Log10(4/loss)) // from −1 to 1
	}
	return fmt.Sprintf("top-1 %.4f", top1)
}
