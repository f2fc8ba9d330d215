package dataset

import "image"

// fromYCbCr makes RGB of a decoded JPEG as libjpeg does with its defaults: subsampled chroma is
// interpolated by a triangle filter ("fancy upsampling": 3/4 nearer and 1/4 further sample in each
// subsampled direction), then converted by JFIF's equations in 16-bit fixed point. Go's own
// conversion repeats chroma samples, which networks trained on PIL's images do not expect.
func fromYCbCr(m *image.YCbCr) *Image {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := &Image{w, h, 3, make([]uint8, 3*w*h)}
	sx, sy := 1, 1
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		sx = 2
	case image.YCbCrSubsampleRatio420:
		sx, sy = 2, 2
	case image.YCbCrSubsampleRatio440:
		sy = 2
	case image.YCbCrSubsampleRatio411:
		sx = 4
	case image.YCbCrSubsampleRatio410:
		sx, sy = 4, 2
	}
	cb, cr := make([]uint8, w), make([]uint8, w)
	for y := range h {
		chromaRow(m.Cb, m.CStride, w, h, y, sx, sy, cb)
		chromaRow(m.Cr, m.CStride, w, h, y, sx, sy, cr)
		for x := range w {
			toRGB(m.Y[y*m.YStride+x], cb[x], cr[x], out.Pix[3*(y*w+x):])
		}
	}
	return out
}

// chromaRow interpolates row y of a chroma plane to full width.
func chromaRow(plane []uint8, stride, w, h, y, sx, sy int, dst []uint8) {
	cw, ch := (w+sx-1)/sx, (h+sy-1)/sy
	near := plane[y/sy*stride:][:cw]
	if sx > 2 || sx == 2 && cw <= 2 { // libjpeg, too, only repeats these
		for x := range w {
			dst[x] = near[x/sx]
		}
		return
	}
	far := near
	if sy == 2 {
		other := y/2 - 1
		if y%2 == 1 {
			other = y/2 + 1
		}
		other = min(max(other, 0), ch-1)
		far = plane[other*stride:][:cw]
	}
	for x := range w {
		switch {
		case sx == 1 && sy == 1:
			dst[x] = near[x]
		case sx == 1: // bias 1 above, 2 below, so that the two do not lean one way
			dst[x] = uint8((3*int(near[x]) + int(far[x]) + 1 + y%2) >> 2)
		default:
			side := x/2 - 1
			if x%2 == 1 {
				side = x/2 + 1
			}
			edge := side < 0 || side >= cw
			if sy == 1 {
				if edge {
					dst[x] = near[x/2]
				} else {
					dst[x] = uint8((3*int(near[x/2]) + int(near[side]) + 1 + x%2) >> 2)
				}
				continue
			}
			this := 3*int(near[x/2]) + int(far[x/2])
			next := this
			if !edge {
				next = 3*int(near[side]) + int(far[side])
			}
			dst[x] = uint8((3*this + next + 8 - x%2) >> 4)
		}
	}
}

// toRGB is JFIF's conversion with libjpeg's rounding: red and blue each rounded to 16 fractional
// bits, green's two terms summed before they are.
func toRGB(y, cb, cr uint8, dst []uint8) {
	const half = 1 << 15
	u, v := int32(cb)-128, int32(cr)-128
	dst[0] = clamp8(int32(y) + (91881*v+half)>>16)
	dst[1] = clamp8(int32(y) + (-22554*u-46802*v+half)>>16)
	dst[2] = clamp8(int32(y) + (116130*u+half)>>16)
}

func clamp8(v int32) uint8 { return uint8(min(max(v, 0), 255)) }
