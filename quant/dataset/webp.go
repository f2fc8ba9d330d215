package dataset

import (
	"image"
	"io"

	"golang.org/x/image/webp"
)

// studio is an image whose luma goes from 16 to 235 and chroma from 16 to 240, as in lossy WebP.
type studio struct{ *image.YCbCr }

// decodeWebP reads a WebP file. The decoder does not tell the two ranges of YCbCr apart.
func decodeWebP(r io.Reader) (image.Image, error) {
	m, err := webp.Decode(r)
	switch m := m.(type) {
	case *image.YCbCr:
		return studio{m}, err
	case *image.NYCbCrA:
		return studio{&m.YCbCr}, err
	}
	return m, err
}

// toRGBStudio is libwebp's conversion, 14-bit fixed point with ITU-R 601's ranges.
func toRGBStudio(y, cb, cr uint8) (r, g, b uint8) {
	high := func(v uint8, c int32) int32 { return int32(v) * c >> 8 }
	luma := high(y, 19077)
	r = clamp8((luma + high(cr, 26149) - 14234) >> 6)
	g = clamp8((luma - high(cb, 6419) - high(cr, 13320) + 8708) >> 6)
	b = clamp8((luma + high(cb, 33050) - 17685) >> 6)
	return r, g, b
}
