package dataset

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// format is a kind of image file.
type format struct {
	name       string
	extensions []string
	magic      []string // of its first bytes one; ? stands for any byte
	config     func(io.Reader) (image.Config, error)
	pixels     func(io.Reader) (image.Image, error)
	check      func(b []byte, pixels int) error // of what size alone does not bound; nil: it does
	perPixel   int                              // bytes that decoding takes at most
}

// formats are the kinds of images that are decoded. A further one is a line here.
func formats() []format {
	return []format{
		{"a JPEG", []string{".jpg", ".jpeg"}, []string{"\xff\xd8\xff"}, jpeg.DecodeConfig, jpeg.Decode, checkScans, 4 * (4 + 1)},
		{"a PNG", []string{".png"}, []string{"\x89PNG\r\n\x1a\n"}, png.DecodeConfig, png.Decode, nil, 8},
		{"a WebP image", []string{".webp"}, []string{"RIFF????WEBP"}, webp.DecodeConfig, decodeWebP, nil, 12},
		{"a BMP image", []string{".bmp"}, []string{"BM"}, bmp.DecodeConfig, bmp.Decode, nil, 4},
		{"a GIF", []string{".gif"}, []string{"GIF87a", "GIF89a"}, gif.DecodeConfig, decodeGIF, nil, 4},
		{"a TIFF image", []string{".tif", ".tiff"}, []string{"II*\x00", "MM\x00*"}, tiff.DecodeConfig, tiff.Decode, nil, 16},
	}
}

// formatOf recognises a file by its first bytes.
func formatOf(b []byte) (format, bool) {
	for _, f := range formats() {
		for _, m := range f.magic {
			if begins(b, m) {
				return f, true
			}
		}
	}
	return format{}, false
}

func formatNames() string {
	var names []string
	for _, f := range formats() {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(f.name, "a "), " image"))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// extensions are those of the files that hold data.
func extensions() string {
	var list []string
	for _, f := range formats() {
		list = append(list, f.extensions[0])
	}
	return strings.Join(slices.Concat(list, soundExtensions(), []string{".npy", ".npz"}), ", ") + " or .zip"
}

// IsData tells by its extension whether a file in a folder of data holds items or their labels.
func IsData(name string) bool {
	extension := File{Name: name}.extension()
	return isImage(extension) || slices.Contains(append(soundExtensions(), ".npy", ".npz", ".zip", ".csv"), extension)
}

// isImage tells by its extension whether a file should be an image.
func isImage(extension string) bool {
	for _, f := range formats() {
		for _, e := range f.extensions {
			if e == extension {
				return true
			}
		}
	}
	return false
}

// begins tells whether b begins with a pattern in which ? stands for any byte.
func begins(b []byte, pattern string) bool {
	if len(b) < len(pattern) {
		return false
	}
	for i := range len(pattern) {
		if pattern[i] != '?' && pattern[i] != b[i] {
			return false
		}
	}
	return true
}

// kind names what bytes are, for a user who dropped the wrong file.
func kind(b []byte) string {
	if len(b) == 0 {
		return "an empty file"
	}
	if f, ok := formatOf(b); ok {
		return f.name
	}
	for _, k := range []struct{ magic, name string }{
		{"%PDF", "a PDF"},
		{"PK\x03\x04", "a zip archive"},
		{"\x93NUMPY", "a NumPy array"},
		{"RIFF????WAVE", "a WAV sound"},
		{"<svg", "an SVG drawing"},
		{"<", "a web page or XML"},
		{"????ftypavi", "an AVIF image"},
		{"????ftyp", "an HEIC image or a video"},
	} {
		if begins(b, k.magic) {
			return k.name
		}
	}
	if len(bytes.TrimLeft(b[:min(len(b), 4096)], "\x00")) == 0 {
		return "a file of zeros"
	}
	return "an unknown kind of file"
}
