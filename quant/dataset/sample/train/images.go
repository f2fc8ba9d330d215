package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"

	"github.com/quantscope/quantscope/quant/dataset/sample"
)

// shipped is the number of images in the first sample's archive.
const shipped = 300

// archive gives the shipped images of a task as a zip of PNG files in a folder for each class, stored: PNG is
// compressed already.
func archive(of task) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	for i := range of.shipped {
		m, class := of.picture(sample.Shipped, uint64(i))
		e, err := w.CreateHeader(&zip.FileHeader{
			Name: fmt.Sprintf("%s%03d.png", of.folders(class), i), Method: zip.Store,
		})
		if err != nil {
			return nil, err
		}
		if err := encoder.Encode(e, m); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// thumbnail is a strip of six pictures of the archive's first items.
func thumbnail(of task) ([]byte, error) {
	var shown []image.Image
	for i := uint64(0); len(shown) < 6; i++ {
		shown = append(shown, of.show(i)...)
	}
	side := shown[0].Bounds().Dx()
	strip := image.NewRGBA(image.Rect(0, 0, 6*side, side))
	for i, m := range shown[:6] {
		draw.Draw(strip, image.Rect(i*side, 0, (i+1)*side, side), m, image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err := encoder.Encode(&b, strip)
	return b.Bytes(), err
}

// doubled is an image with each pixel four times.
func doubled(m *image.RGBA) image.Image {
	size := m.Bounds().Size()
	out := image.NewRGBA(image.Rect(0, 0, 2*size.X, 2*size.Y))
	for y := range 2 * size.Y {
		for x := range 2 * size.X {
			out.SetRGBA(x, y, m.RGBAAt(x/2, y/2))
		}
	}
	return out
}
