package dataset

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
)

// maxPixels bounds an image's declared size; a decoder allocates what the header declares.
const maxPixels = 50_000_000

// Decode reads a JPEG or PNG. Transparency is dropped, palettes and CMYK become RGB, and EXIF
// orientation is not applied, as with PIL's convert("RGB"); 16-bit samples keep their high byte.
// The chroma of a JPEG is interpolated as libjpeg does by default (see fromYCbCr).
func Decode(b []byte) (*Image, error) {
	var config image.Config
	var err error
	isJPEG := bytes.HasPrefix(b, []byte("\xff\xd8\xff"))
	switch {
	case isJPEG:
		config, err = jpeg.DecodeConfig(bytes.NewReader(b))
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		config, err = png.DecodeConfig(bytes.NewReader(b))
	default:
		return nil, fmt.Errorf("this is %s, not a JPEG or PNG; convert it first", kind(b))
	}
	if err != nil {
		return nil, fmt.Errorf("broken image: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return nil, fmt.Errorf("broken image: it declares %d×%d pixels", config.Width, config.Height)
	}
	if config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("the image declares %d×%d pixels, more than the %d million this program decodes; scale it down first",
			config.Width, config.Height, maxPixels/1_000_000)
	}
	var m image.Image
	if isJPEG {
		m, err = jpeg.Decode(bytes.NewReader(b))
	} else {
		m, err = png.Decode(bytes.NewReader(b))
	}
	if err != nil {
		return nil, fmt.Errorf("broken image: %w", err)
	}
	return fromGo(m), nil
}

// fromGo copies what the decoders give into an Image.
func fromGo(m image.Image) *Image {
	size := m.Bounds().Size()
	switch m := m.(type) {
	case *image.YCbCr:
		return fromYCbCr(m)
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

// kind names what bytes are, for a user who dropped the wrong file.
func kind(b []byte) string {
	for _, k := range []struct{ magic, name string }{
		{"GIF8", "a GIF"},
		{"BM", "a BMP image"},
		{"II*\x00", "a TIFF image"},
		{"MM\x00*", "a TIFF image"},
		{"%PDF", "a PDF"},
		{"PK\x03\x04", "a zip archive"},
		{"\x93NUMPY", "a NumPy array"},
		{"<svg", "an SVG drawing"},
		{"<", "a web page or XML"},
	} {
		if bytes.HasPrefix(b, []byte(k.magic)) {
			return k.name
		}
	}
	if len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" {
		return "a WebP image"
	}
	if len(b) >= 12 && string(b[4:8]) == "ftyp" {
		if strings.HasPrefix(string(b[8:12]), "avi") {
			return "an AVIF image"
		}
		return "an HEIC image or a video"
	}
	if len(b) == 0 {
		return "an empty file"
	}
	return "an unknown kind of file"
}
