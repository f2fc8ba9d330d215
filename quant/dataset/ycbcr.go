package dataset

import "image"

// fromYCbCr makes RGB of a decoded JPEG as libjpeg does with its defaults: subsampled chroma is
// interpolated by a triangle filter ("fancy upsampling": 3/4 nearer and 1/4 further sample in each
// subsampled direction), then converted by rgb, for a JPEG by JFIF's equations in 16-bit fixed point. Go's own
// conversion repeats chroma samples, which networks trained on PIL's images do not expect.
func fromYCbCr(m *image.YCbCr, rgb func(y, cb, cr uint8) (r, g, b uint8)) *Image {
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
	cb, cr, sums := make([]uint8, w+sx), make([]uint8, w+sx), make([]int32, (w+sx-1)/sx)
	for y := range h {
		chromaRow(m.Cb, m.CStride, w, h, y, sx, sy, cb, sums)
		chromaRow(m.Cr, m.CStride, w, h, y, sx, sy, cr, sums)
		to := out.Pix[3*y*w:][:3*w]
		for x, luma := range m.Y[y*m.YStride:][:w] {
			r, g, b := rgb(luma, cb[x], cr[x])
			to[0], to[1], to[2] = r, g, b
			to = to[3:]
		}
	}
	return out
}

// chromaRow interpolates row y of a chroma plane to full width. dst has room for whole pairs, sums for
// a row of the plane.
func chromaRow(plane []uint8, stride, w, h, y, sx, sy int, dst []uint8, sums []int32) {
	cw, ch := (w+sx-1)/sx, (h+sy-1)/sy
	near := plane[y/sy*stride:][:cw]
	if sx > 2 || sx == 2 && cw <= 2 { // libjpeg, too, only repeats these
		for x := range w {
			dst[x] = near[x/sx]
		}
		return
	}
	if sx == 1 && sy == 1 {
		copy(dst, near)
		return
	}
	for i, v := range near {
		sums[i] = int32(v)
	}
	if sy == 2 {
		other := y/2 - 1
		if y%2 == 1 {
			other = y/2 + 1
		}
		far := plane[min(max(other, 0), ch-1)*stride:][:cw]
		for i, v := range far {
			sums[i] = 3*sums[i] + int32(v)
		}
	}
	switch {
	case sx == 1: // bias 1 above, 2 below, so that the two do not lean one way
		for i, v := range sums {
			dst[i] = uint8((v + 1 + int32(y%2)) >> 2)
		}
	case sy == 1:
		pairs(dst, sums, 1, 2, 2)
	default:
		pairs(dst, sums, 8, 7, 4)
	}
}

// pairs writes two samples for each of sums, the first nearer to the one before it, the second to the
// one behind: three quarters of its own. At the ends its own is all of it.
func pairs(dst []uint8, sums []int32, first, second int32, shift uint) {
	before := sums[0]
	for i, v := range sums {
		behind := v
		if i+1 < len(sums) {
			behind = sums[i+1]
		}
		to := dst[2*i:][:2]
		to[0], to[1] = uint8((3*v+before+first)>>shift), uint8((3*v+behind+second)>>shift)
		before = v
	}
}

// toRGB is JFIF's conversion with libjpeg's rounding: red and blue each rounded to 16 fractional
// bits, green's two terms summed before they are.
func toRGB(y, cb, cr uint8) (r, g, b uint8) {
	const half = 1 << 15
	u, v := int32(cb)-128, int32(cr)-128
	r = clamp8(int32(y) + (91881*v+half)>>16)
	g = clamp8(int32(y) + (-22554*u-46802*v+half)>>16)
	b = clamp8(int32(y) + (116130*u+half)>>16)
	return r, g, b
}

func clamp8(v int32) uint8 { return uint8(min(max(v, 0), 255)) }
