package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/quantscope/quantscope/quant/room"
)

const (
	// maxPixels bounds an image's declared size; a decoder allocates what the header declares.
	maxPixels = 50_000_000
	// maxImageFile is above what as many pixels take unpacked.
	maxImageFile = 256 << 20
)

// Decode reads an image of any of formats, of an animation the first. Transparency is dropped, palettes and CMYK become RGB, and EXIF
// orientation is not applied, as with PIL's convert("RGB"); 16-bit samples keep their high byte.
// The chroma of a JPEG is interpolated as libjpeg does by default (see fromYCbCr).
func Decode(b []byte) (*Image, error) {
	p, err := open(b)
	if err != nil {
		return nil, err
	}
	return p.decode()
}

// picture is an image file of a known kind and size, not yet decoded.
type picture struct {
	format
	file          []byte
	width, height int
}

// open finds out what an image file holds, from its first bytes and headers, and refuses what would take
// more memory or time to decode than an image should.
func open(b []byte) (*picture, error) {
	f, err := recognise(b)
	if err != nil {
		return nil, err
	}
	c, err := f.config(bytes.NewReader(b))
	if err != nil {
		if coding := foreignCoding(b); coding != "" {
			return nil, fmt.Errorf("the JPEG has %s, which this program does not decode: save it anew, as a usual JPEG or as PNG", coding)
		}
		return nil, broken(err)
	}
	p := &picture{f, b, c.Width, c.Height}
	if p.width <= 0 || p.height <= 0 {
		return nil, fmt.Errorf("broken image: it declares %d×%d pixels", p.width, p.height)
	}
	if p.width > maxPixels/p.height {
		return nil, fmt.Errorf("the image declares %d×%d pixels, more than the %d million this program decodes; scale it down first",
			p.width, p.height, maxPixels/1_000_000)
	}
	if f.check != nil {
		if err := f.check(b, p.width*p.height); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// recognise finds an image's format by its first bytes.
func recognise(b []byte) (format, error) {
	f, ok := formatOf(b)
	if !ok {
		return f, fmt.Errorf("this is %s, not %s; convert it first", kind(b), formatNames())
	}
	return f, nil
}

// memory is about what decoding takes at most: what a decoder keeps of a pixel, and our own three bytes.
func (p *picture) memory() int64 { return int64(p.width) * int64(p.height) * int64(p.perPixel+3) }

func (p *picture) decode() (*Image, error) {
	if need := p.memory(); need > heavy && need > room.Left()/2 {
		return nil, fmt.Errorf("the image declares %d×%d pixels: decoding them takes %s, and of memory %s are left; scale it down first",
			p.width, p.height, room.Size(need), room.Size(room.Left()))
	}
	m, err := p.pixels(bytes.NewReader(p.file))
	if err != nil {
		return nil, broken(err)
	}
	return fromGo(m), nil
}

// broken tells a file that is damaged from one that this program cannot decode.
func broken(err error) error {
	var j jpeg.UnsupportedError
	var t tiff.UnsupportedError
	switch {
	case errors.As(err, &j), errors.As(err, &t), errors.Is(err, bmp.ErrUnsupported):
		return fmt.Errorf("the image is of a kind that this program does not decode (%w): save it as PNG", err)
	}
	return fmt.Errorf("broken image: %w", err)
}

// fromGo copies what the decoders give into an Image.
func fromGo(m image.Image) *Image {
	size := m.Bounds().Size()
	switch m := m.(type) {
	case *image.YCbCr:
		return fromYCbCr(m, toRGB)
	case studio:
		return fromYCbCr(m.YCbCr, toRGBStudio)
	case *image.Gray:
		out := &Image{size.X, size.Y, 1, make([]uint8, 0, size.X*size.Y)}
		for y := range size.Y {
			out.Pix = append(out.Pix, m.Pix[y*m.Stride:y*m.Stride+size.X]...)
		}
		return out
	case *image.Gray16:
		out := &Image{size.X, size.Y, 1, make([]uint8, 0, size.X*size.Y)}
		for y := range size.Y {
			for x := range size.X {
				out.Pix = append(out.Pix, m.Pix[y*m.Stride+2*x])
			}
		}
		return out
	}
	out := &Image{size.X, size.Y, 3, make([]uint8, 0, 3*size.X*size.Y)}
	if rgba, ok := m.(*image.RGBA); ok { // png gives it for opaque images only
		m = &image.NRGBA{Pix: rgba.Pix, Stride: rgba.Stride, Rect: rgba.Rect}
	}
	if m, ok := m.(*image.NRGBA64); ok {
		for y := range size.Y {
			for row := m.Pix[y*m.Stride:][:8*size.X]; len(row) > 0; row = row[8:] {
				out.Pix = append(out.Pix, row[0], row[2], row[4])
			}
		}
		return out
	}
	if m, ok := m.(*image.NRGBA); ok {
		for y := range size.Y {
			for row := m.Pix[y*m.Stride:][:4*size.X]; len(row) > 0; row = row[4:] {
				out.Pix = append(out.Pix, row[0], row[1], row[2])
			}
		}
		return out
	}
	for y := range size.Y {
		for x := range size.X {
			c := color.NRGBAModel.Convert(m.At(m.Bounds().Min.X+x, m.Bounds().Min.Y+y)).(color.NRGBA)
			out.Pix = append(out.Pix, c.R, c.G, c.B)
		}
	}
	return out
}
