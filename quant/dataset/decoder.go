package dataset

import (
	"crypto/sha256"

	"github.com/quantscope/quantscope/quant/recipe"
)

// Decoded is an image file as a network takes it.
type Decoded struct {
	Image         *Image            // brought to size
	Width, Height int               // of the image in the file, on its feet where it was to be turned
	Sum           [sha256.Size]byte // of the file
}

// Decoder decodes the bytes of an image file and brings the image to the size and the way up of p. It may run on several
// goroutines at a time.
type Decoder func(b []byte, p recipe.Preprocess) (Decoded, error)

// DecodeTo is the Decoder that others have to equal bit for bit.
func DecodeTo(b []byte, p recipe.Preprocess) (Decoded, error) {
	picture, err := open(b)
	if err != nil {
		return Decoded{}, err
	}
	m, err := picture.decode()
	if err != nil {
		return Decoded{}, err
	}
	if p.Upright {
		m = turned(m, orientation(b))
	}
	d := Decoded{Width: m.Width, Height: m.Height, Sum: sha256.Sum256(b)}
	d.Image, err = fit(p, m)
	return d, err
}

// DecodeBy has a Decoder other than DecodeTo decode images, but for those that take much memory.
func (d *Dataset) DecodeBy(decoder Decoder) {
	if s, ok := d.items.(*fileSource); ok {
		s.decoder = decoder
	}
}
