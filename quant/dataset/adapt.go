package dataset

import (
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/recipe"
)

// Adapt gives the settings of a known preprocessing, which was made for networks of another size, to one
// whose input has the shape [N,C,H,W] or [N,H,W,C]: the layout, the channels and the crop become the
// network's, and resizing keeps its proportion to the crop. What fits already stays as it is.
func Adapt(p recipe.Preprocess, input []int) recipe.Preprocess {
	if len(input) != 4 {
		return p
	}
	if colours(input[3]) && !colours(input[1]) {
		p.Layout = "nhwc"
	}
	c, h, w := input[1], input[2], input[3]
	if p.Layout == "nhwc" {
		h, w, c = input[1], input[2], input[3]
	}
	if c == 1 && channelCount(p) == 3 {
		p = WithOrder(p, "gray")
	} else if c == 3 && channelCount(p) == 1 {
		p = WithOrder(p, "rgb")
	}
	if p.Width != w || p.Height != h {
		long := max(w, h)
		if p.Resize > 0 && p.Width > 0 {
			p.Resize = int(math.Round(float64(p.Resize) * float64(long) / float64(max(p.Width, p.Height))))
		} else {
			p.Resize = long
		}
		p.Width, p.Height = w, h
	}
	return p
}

func colours(n int) bool { return n == 1 || n == 3 }

// WithOrder changes the order of channels: "rgb", "bgr" or "gray". Mean and std go along, so that a
// colour keeps its own; those of gray are the average, and every colour takes those of gray.
func WithOrder(p recipe.Preprocess, order string) recipe.Preprocess {
	of := func(list []float32) []float32 {
		switch {
		case len(list) == 0 || p.Channels == order:
			return list
		case order == "gray":
			sum := float32(0)
			for _, v := range list {
				sum += v
			}
			return []float32{sum / float32(len(list))}
		case p.Channels == "gray":
			return []float32{list[0], list[0], list[0]}
		}
		turned := slices.Clone(list)
		slices.Reverse(turned)
		return turned
	}
	p.Mean, p.Std, p.Channels = of(p.Mean), of(p.Std), order
	return p
}

// Describe is what a preprocessing does, in one sentence.
func Describe(p recipe.Preprocess) string {
	s := "Images are "
	if p.Resize > 0 {
		s = fmt.Sprintf("Images of other sizes are resized to a shorter side of %d and ", p.Resize)
	}
	return s + fmt.Sprintf("cropped to %d×%d pixels, %s, %s.", p.Width, p.Height, p.Channels, p.Layout)
}
