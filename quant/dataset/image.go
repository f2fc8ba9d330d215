package dataset

import "fmt"

// Image is 8-bit: rows top to bottom, Channels interleaved, 1 (gray) or 3 (red, green, blue).
type Image struct {
	Width, Height, Channels int
	Pix                     []uint8
}

// withChannels converts between gray and colour. Luma is ITU-R 601 in 16-bit fixed point, rounded,
// as PIL's convert("L") computes it.
func (m *Image) withChannels(channels int) *Image {
	if m.Channels == channels {
		return m
	}
	n := m.Width * m.Height
	out := &Image{m.Width, m.Height, channels, make([]uint8, n*channels)}
	for i := range n {
		if channels == 1 {
			r, g, b := uint32(m.Pix[3*i]), uint32(m.Pix[3*i+1]), uint32(m.Pix[3*i+2])
			out.Pix[i] = uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
		} else {
			v := m.Pix[i]
			out.Pix[3*i], out.Pix[3*i+1], out.Pix[3*i+2] = v, v, v
		}
	}
	return out
}

// centreCrop cuts height×width out of the middle. Half an odd margin is rounded to even, as in
// torchvision.
func centreCrop(m *Image, height, width int) (*Image, error) {
	if m.Width < width || m.Height < height {
		return nil, fmt.Errorf("the image is %d×%d (width × height) after resizing, too small for a crop of %d×%d: set resize to at least %d",
			m.Width, m.Height, width, height, max(width, height))
	}
	top, left := halfToEven(m.Height-height), halfToEven(m.Width-width)
	out := &Image{width, height, m.Channels, make([]uint8, 0, width*height*m.Channels)}
	for y := range height {
		row := ((top+y)*m.Width + left) * m.Channels
		out.Pix = append(out.Pix, m.Pix[row:row+width*m.Channels]...)
	}
	return out, nil
}

// halfToEven halves n ≥ 0, rounding halves to even.
func halfToEven(n int) int { return n/2 + n&1&(n/2) }
