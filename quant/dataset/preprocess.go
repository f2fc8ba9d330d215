package dataset

import (
	"errors"
	"fmt"
	"math"
)

// Preprocess says how an image becomes a network's input; it is part of the recipe. In this order:
//
//  1. resize so that the shorter side is Resize pixels, antialiased bilinear (see resize)
//  2. cut Crop = [height, width] out of the centre
//  3. take Channels, red first, blue first, or one channel of luma
//  4. per channel c, in float32, each operation rounded: ((x / Divide) - Mean[c]) / Std[c]
//
// That order of operations reproduces torchvision's ToTensor and Normalize bit for bit.
type Preprocess struct {
	Resize   int       `json:"resize"`   // shorter side in pixels; 0 leaves the size alone
	Crop     [2]int    `json:"crop"`     // height, width; 0, 0 leaves the size alone
	Channels string    `json:"channels"` // RGB, BGR or gray
	Layout   string    `json:"layout"`   // NCHW or NHWC: the order of the network's input
	Divide   float32   `json:"divide"`   // 255 brings 0…255 to 0…1; 1 leaves it
	Mean     []float32 `json:"mean"`     // one per channel, in the units after Divide
	Std      []float32 `json:"std"`      // one per channel
}

// Values of Preprocess.Channels and Preprocess.Layout.
const (
	RGB  = "RGB"
	BGR  = "BGR"
	Gray = "gray"

	NCHW = "NCHW"
	NHWC = "NHWC"
)

// maxSide bounds Resize and Crop: beyond it a typing error is likelier than a wish.
const maxSide = 8192

// ChannelCount is 1 for gray, otherwise 3.
func (p Preprocess) ChannelCount() int {
	if p.Channels == Gray {
		return 1
	}
	return 3
}

// Validate says in one sentence what is wrong with the settings.
func (p Preprocess) Validate() error {
	switch {
	case p.Resize < 0 || p.Resize > maxSide:
		return fmt.Errorf("resize is %d; it must lie between 0 (none) and %d", p.Resize, maxSide)
	case p.Crop[0] < 0 || p.Crop[1] < 0 || p.Crop[0] > maxSide || p.Crop[1] > maxSide:
		return fmt.Errorf("crop is %d×%d; each side must lie between 0 (none) and %d", p.Crop[0], p.Crop[1], maxSide)
	case (p.Crop[0] == 0) != (p.Crop[1] == 0):
		return errors.New("crop needs both a height and a width, or neither")
	case p.Resize > 0 && p.Crop[0] > p.Resize && p.Crop[1] > p.Resize:
		return fmt.Errorf("crop %d×%d is larger than the shorter side %d that resize gives", p.Crop[0], p.Crop[1], p.Resize)
	case p.Channels != RGB && p.Channels != BGR && p.Channels != Gray:
		return fmt.Errorf("channels is %q; it must be %s, %s or %s", p.Channels, RGB, BGR, Gray)
	case p.Layout != NCHW && p.Layout != NHWC:
		return fmt.Errorf("layout is %q; it must be %s or %s", p.Layout, NCHW, NHWC)
	case !finite(p.Divide) || p.Divide == 0:
		return fmt.Errorf("divide is %v; it must be a finite number other than 0", p.Divide)
	case len(p.Mean) != p.ChannelCount() || len(p.Std) != p.ChannelCount():
		return fmt.Errorf("mean has %d and std %d values; %s needs %d of each", len(p.Mean), len(p.Std), p.Channels, p.ChannelCount())
	}
	for c := range p.Mean {
		if !finite(p.Mean[c]) || !finite(p.Std[c]) || p.Std[c] == 0 {
			return fmt.Errorf("channel %d: mean %v, std %v; both must be finite and std not 0", c, p.Mean[c], p.Std[c])
		}
	}
	return nil
}

func finite(x float32) bool {
	return !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0)
}

// apply makes an image into a tensor of the layout p asks for, with its shape.
func (p Preprocess) apply(m *Image) ([]float32, []int, error) {
	if err := p.Validate(); err != nil {
		return nil, nil, err
	}
	if p.Resize > 0 {
		w, h := shorterSide(m.Width, m.Height, p.Resize)
		if w > maxPixels/h {
			return nil, nil, fmt.Errorf("an image of %d×%d resized to a shorter side of %d would be %d×%d, more than %d million pixels; crop it first",
				m.Width, m.Height, p.Resize, w, h, maxPixels/1_000_000)
		}
		m = resize(m, w, h)
	}
	if p.Crop[0] > 0 {
		var err error
		if m, err = centreCrop(m, p.Crop[0], p.Crop[1]); err != nil {
			return nil, nil, err
		}
	}
	return p.normalise(m)
}

// normalise picks channels and computes step 4. A byte has 256 values, so the arithmetic is done
// once per value and channel.
func (p Preprocess) normalise(m *Image) ([]float32, []int, error) {
	m = m.withChannels(p.ChannelCount())
	channels, pixels := m.Channels, m.Width*m.Height
	out := make([]float32, channels*pixels)
	step, plane := 1, pixels // of an output pixel, of an output channel
	shape := []int{channels, m.Height, m.Width}
	if p.Layout == NHWC {
		step, plane = channels, 1
		shape = []int{m.Height, m.Width, channels}
	}
	var table [256]float32
	for c := range channels {
		for v := range table {
			table[v] = float32(float32(float32(v)/p.Divide)-p.Mean[c]) / p.Std[c]
		}
		from := c
		if p.Channels == BGR {
			from = channels - 1 - c
		}
		for i := range pixels {
			out[c*plane+i*step] = table[m.Pix[i*channels+from]]
		}
	}
	return out, shape, nil
}
