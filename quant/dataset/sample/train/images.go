package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image/png"

	"github.com/quantscope/quantscope/quant/dataset/sample"
)

// shipped is the number of images in the archive.
const shipped = 300

// archive gives the shipped images as a zip of PNG files in a folder for each class, stored: PNG is
// compressed already.
func archive() ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	for i := range shipped {
		m, class := sample.Draw(sample.Shipped, uint64(i))
		e, err := w.CreateHeader(&zip.FileHeader{
			Name: fmt.Sprintf("%s/%03d.png", sample.Classes()[class], i), Method: zip.Store,
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
