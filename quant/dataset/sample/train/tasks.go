package main

import (
	"image"
	"math/rand/v2"

	"github.com/quantscope/quantscope/quant/dataset/sample"
	"github.com/quantscope/quantscope/quant/recipe"
)

// task is a sample that the trainer makes: a network and the images it is shown with.
type task struct {
	folder   string // below that of the first sample
	net      func(g *rand.Rand) chain
	steps    int
	peak     float32 // learning rate
	size     int     // side of the network's input
	channels int
	out      string // name of the output
	answer   []int  // its shape behind the batch
	shipped  int    // images in the archive
	picture  func(seed, index uint64) (image.Image, int)
	batch    func(seed uint64, from, count int) (x *tensor, loss func(y *tensor) (loss float64, gradient *tensor, right int))
	folders  func(class int) string           // of the archive
	show     func(index uint64) []image.Image // pictures of the item, all of one size, for a thumbnail
	recipes  map[string]func() (recipe.Recipe, error)
}

// name is how the command calls the task.
func (t task) name() string {
	if t.folder == "" {
		return "shapes"
	}
	return t.folder
}

// tasks are the samples, the page's first one first.
func tasks() []task { return []task{shapes(), digits(), halves()} }

func shapes() task {
	return task{
		net: newNet, steps: 2500, peak: peak, size: sample.Size, channels: 3, out: "logits", answer: []int{len(sample.Classes())}, shipped: shipped,
		picture: func(seed, index uint64) (image.Image, int) { m, class := sample.Draw(seed, index); return m, class },
		batch:   classified(drawn),
		folders: func(class int) string { return sample.Classes()[class] + "/" },
		show:    func(index uint64) []image.Image { m, _ := sample.Draw(sample.Shipped, index); return []image.Image{m} },
		recipes: map[string]func() (recipe.Recipe, error){
			"recipe.json": func() (recipe.Recipe, error) { return prepared("config1", "rgb", sample.Size, 3) },
			"collapse.json": func() (recipe.Recipe, error) {
				r, err := prepared("tensorrt", "rgb", sample.Size, 3)
				r.Weight.Scheme.Bits, r.Weight.Scheme.PerChannel = 3, false
				return r, err
			},
		},
	}
}

// digits are drawn digits and a plain convolutional network.
func digits() task {
	return task{
		folder: "digits",
		net: func(g *rand.Rand) chain {
			return chain{
				newConv(g, 3, 2, 1, 12), newNorm(12), &relu6{},
				newConv(g, 3, 2, 12, 24), newNorm(24), &relu6{},
				newConv(g, 3, 1, 24, 48), newNorm(48), &relu6{},
				&pool{}, newDense(g, 48, 10),
			}
		},
		steps: 700, peak: peak, size: sample.DigitSize, channels: 1, out: "logits", answer: []int{10}, shipped: 300,
		picture: func(seed, index uint64) (image.Image, int) { m, class := sample.Digit(seed, index); return m, class },
		batch: classified(func(seed uint64, from, count int) (*tensor, []int) {
			x, labels := newTensor(count, sample.DigitSize, sample.DigitSize, 1), make([]int, count)
			for i := range count {
				m, class := sample.Digit(seed, uint64(from+i))
				labels[i] = class
				for p, v := range m.Pix {
					x.data[i*len(m.Pix)+p] = (float32(v) - middle) / middle
				}
			}
			return x, labels
		}),
		folders: func(class int) string { return string(rune('0'+class)) + "/" },
		show:    func(index uint64) []image.Image { m, _ := sample.Digit(sample.Shipped, index); return []image.Image{m} },
		recipes: map[string]func() (recipe.Recipe, error){
			"recipe.json": func() (recipe.Recipe, error) { return prepared("config1", "gray", sample.DigitSize, 1) },
		},
	}
}

// halves are small images that a network doubles.
func halves() task {
	const half, wide = sample.Size / 2, 16
	return task{
		folder: "enlarge",
		net: func(g *rand.Rand) chain {
			last := newConv(g, 3, 1, wide, 4*3)
			for i := range last.weight.value {
				last.weight.value[i] *= 0.1 // begins near each pixel four times
			}
			return chain{&enlarge{chain{
				newConv(g, 3, 1, 3, wide), newNorm(wide), &relu6{},
				newConv(g, 3, 1, wide, wide), newNorm(wide), &relu6{},
				last,
			}}}
		},
		steps: 700, peak: 0.4, size: half, channels: 3, out: "enlarged", answer: []int{3, sample.Size, sample.Size}, shipped: 60,
		picture: func(seed, index uint64) (image.Image, int) { m, _ := sample.Half(seed, index); return m, -1 },
		batch: func(seed uint64, from, count int) (*tensor, func(y *tensor) (float64, *tensor, int)) {
			x, want := newTensor(count, half, half, 3), newTensor(count, sample.Size, sample.Size, 3)
			for i := range count {
				small, whole := sample.Half(seed, uint64(from+i))
				coloured(x, i, small)
				coloured(want, i, whole)
			}
			return x, func(y *tensor) (float64, *tensor, int) {
				loss, gradient := squares(y, want)
				return loss, gradient, 0
			}
		},
		folders: func(int) string { return "" },
		show: func(index uint64) []image.Image {
			small, whole := sample.Half(sample.Shipped, index)
			return []image.Image{doubled(small), whole}
		},
		recipes: map[string]func() (recipe.Recipe, error){
			"recipe.json": func() (recipe.Recipe, error) {
				r, err := prepared("config1", "rgb", half, 3)
				r.Data.Calibration = 16
				return r, err
			},
		},
	}
}

// classified are batches of labelled images, judged by cross entropy.
func classified(show func(seed uint64, from, count int) (*tensor, []int)) func(uint64, int, int) (*tensor, func(*tensor) (float64, *tensor, int)) {
	return func(seed uint64, from, count int) (*tensor, func(*tensor) (float64, *tensor, int)) {
		x, labels := show(seed, from, count)
		return x, func(y *tensor) (float64, *tensor, int) { return crossEntropy(y, labels) }
	}
}

// coloured puts an image into place i of a batch, −1 to 1.
func coloured(x *tensor, i int, m *image.RGBA) {
	at := i * x.h * x.w * 3
	for p := 0; p < len(m.Pix); p += 4 {
		for _, v := range m.Pix[p : p+3] {
			x.data[at] = (float32(v) - middle) / middle
			at++
		}
	}
}
