package dataset

import "github.com/quantscope/quantscope/quant/recipe"

// maxKept bounds the bytes of pixels that are kept: 890 images of 224×224. Runs go through the images
// from first to last, so that what came first stays: putting out the oldest would keep nothing for the
// next pass.
const maxKept = 128 << 20

// size is what of the preprocessing decides which pixels an image has. Channels and scale come after.
type size struct {
	resize, width, height int
	upright               bool
}

func sizeOf(p recipe.Preprocess) size { return size{p.Resize, p.Width, p.Height, p.Upright} }

// kept is decoded images of one size.
type kept struct {
	size   size
	images map[int]*Image
	bytes  int
}

// find is image i, nil if it is not there in that size.
func (k *kept) find(i int, s size) *Image {
	if s != k.size {
		return nil
	}
	return k.images[i]
}

// keep takes an image if there is room. Those of another size go.
func (k *kept) keep(i int, s size, m *Image) {
	if k.images == nil || s != k.size {
		*k = kept{size: s, images: map[int]*Image{}}
	}
	if k.images[i] == nil && k.bytes+len(m.Pix) <= maxKept {
		k.images[i] = m
		k.bytes += len(m.Pix)
	}
}
