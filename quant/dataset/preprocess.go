package dataset

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/recipe"
)

// channelCount is 1 for gray, otherwise 3.
func channelCount(p recipe.Preprocess) int {
	if p.Channels == "gray" {
		return 1
	}
	return 3
}

// check finds what recipe.Validate leaves to the package that applies the settings.
func check(p recipe.Preprocess) error {
	if (p.Height > 0) != (p.Width > 0) {
		return fmt.Errorf("the crop is %d×%d; give both a width and a height, or neither", p.Width, p.Height)
	}
	if n := channelCount(p); len(p.Mean) != n || len(p.Std) != n {
		return fmt.Errorf("mean has %d and std %d values; %s takes %d of each", len(p.Mean), len(p.Std), p.Channels, n)
	}
	return nil
}

// Fit completes settings for a network whose input has the shape [N,C,H,W], or [N,H,W,C] for the
// layout nhwc: a width and height of 0 become the network's, and what contradicts it is an error.
func Fit(p recipe.Preprocess, input []int) (recipe.Preprocess, error) {
	if len(input) != 4 {
		return p, fmt.Errorf("the network's input has the shape %v; images need four dimensions", input)
	}
	c, h, w := input[1], input[2], input[3]
	if p.Layout == "nhwc" {
		h, w, c = input[1], input[2], input[3]
	}
	if p.Width == 0 && p.Height == 0 {
		p.Width, p.Height = w, h
	}
	switch {
	case c != channelCount(p):
		return p, fmt.Errorf("the network's input %v has %d channels in the layout %s, preprocessing gives %d (%s)", input, c, p.Layout, channelCount(p), p.Channels)
	case p.Width != w || p.Height != h:
		return p, fmt.Errorf("the network's input %v is %d×%d pixels, the crop %d×%d; a crop of 0 (--crop 0) follows the network", input, w, h, p.Width, p.Height)
	}
	return p, check(p)
}

// apply makes an image into a tensor and gives its shape.
func apply(p recipe.Preprocess, m *Image) ([]float32, []int, error) {
	if err := check(p); err != nil {
		return nil, nil, err
	}
	m, err := fit(p, m)
	if err != nil {
		return nil, nil, err
	}
	x, shape := normalise(p, m)
	return x, shape, nil
}

// isReady tells whether an image of that size is what resizing and cropping are to make already. Whoever
// has prepared such images has done both before.
func isReady(p recipe.Preprocess, width, height int) bool {
	return width == p.Width && height == p.Height && width > 0
}

// fit resizes an image so that the shorter side has p.Resize pixels and cuts p.Width×p.Height out of
// the centre, unless it is of that size already.
func fit(p recipe.Preprocess, m *Image) (*Image, error) {
	if isReady(p, m.Width, m.Height) {
		return m, nil
	}
	if p.Resize > 0 {
		w, h := shorterSide(m.Width, m.Height, p.Resize)
		if w > maxPixels/h {
			return nil, fmt.Errorf("an image of %d×%d resized to a shorter side of %d would be %d×%d, more than %d million pixels; crop it first",
				m.Width, m.Height, p.Resize, w, h, maxPixels/1_000_000)
		}
		m = resize(m, w, h)
	}
	if p.Width > 0 {
		return centreCrop(m, p.Height, p.Width)
	}
	return m, nil
}

// normalise picks channels and computes, in float32 with each operation rounded,
//
//	(scaled(x) − Mean) / Std
//
// the order of torchvision's ToTensor and Normalize, whose bits it gives. A byte has 256 values: the
// arithmetic is done once per value and channel.
func normalise(p recipe.Preprocess, m *Image) ([]float32, []int) {
	m = m.withChannels(channelCount(p))
	channels, pixels := m.Channels, m.Width*m.Height
	out := make([]float32, channels*pixels)
	step, plane := 1, pixels // of an output pixel, of an output channel
	shape := []int{channels, m.Height, m.Width}
	if p.Layout == "nhwc" {
		step, plane = channels, 1
		shape = []int{m.Height, m.Width, channels}
	}
	var table [256]float32
	for c := range channels {
		mean, std := p.Mean[c], p.Std[c]
		for v := range table {
			table[v] = float32(scaled(float32(v), p.Scale)-mean) / std
		}
		from := c
		if p.Channels == "bgr" {
			from = channels - 1 - c
		}
		for i := range pixels {
			out[c*plane+i*step] = table[m.Pix[i*channels+from]]
		}
	}
	return out, shape
}

// scaled is x·scale, except that a scale that is the float32 nearest to 1/n, n a multiple of ½, means
// x/n: networks are trained on x/255, which differs in the last bit from x times a rounded 1/255.
func scaled(x, scale float32) float32 {
	if n := float32(math.Round(2/float64(scale)) / 2); 1/n == scale {
		return x / n
	}
	return float32(x * scale)
}
