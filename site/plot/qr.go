package plot

import (
	"errors"
	"fmt"
	"strings"

	"rsc.io/qr/coding"
)

// QRQuiet is how many modules around a QR code stay white.
const QRQuiet = 4

// QR is a text as a QR code with medium error correction: Size modules wide and high, and the black ones
// as the data of an SVG path, a module one unit.
type QR struct {
	Size  int
	Black string
}

// NewQR encodes a text, which fails beyond 2,331 bytes.
func NewQR(text string) (QR, error) {
	content := coding.String(text)
	v := coding.Version(coding.MinVersion)
	for ; content.Bits(v) > 8*v.DataBytes(coding.M); v++ {
		if v == coding.MaxVersion {
			return QR{}, errors.New("the text is too long for a QR code")
		}
	}
	plan, err := coding.NewPlan(v, coding.M, 0)
	if err != nil {
		return QR{}, err
	}
	code, err := plan.Encode(content)
	if err != nil {
		return QR{}, err
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return QR{code.Size, b.String()}, nil
}
