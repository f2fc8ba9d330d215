package dataset

import (
	"bufio"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"io"
)

// decodeGIF gives the first image, on the whole canvas where it does not fill it.
func decodeGIF(r io.Reader) (image.Image, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(10)
	if err != nil {
		return nil, err
	}
	width, height := int(head[6])|int(head[7])<<8, int(head[8])|int(head[9])<<8
	m, err := gif.Decode(b)
	if err != nil || m.Bounds() == image.Rect(0, 0, width, height) {
		return m, err
	}
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(color.Black), image.Point{}, draw.Src)
	draw.Draw(canvas, m.Bounds(), m, m.Bounds().Min, draw.Over)
	return canvas, nil
}
