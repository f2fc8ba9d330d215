package inspect

import (
	"bytes"
	"image/color"
	"testing"

	"golang.org/x/image/bmp"
)

func TestBMPIsRead(t *testing.T) {
	rgba := []byte{1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255, 13, 14, 15, 255, 16, 17, 18, 255}
	m, err := bmp.Decode(bytes.NewReader(BMP(rgba, 3, 2)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		want := color.RGBA{rgba[4*i], rgba[4*i+1], rgba[4*i+2], 255}
		if got := color.RGBAModel.Convert(m.At(i%3, i/3)); got != want {
			t.Errorf("pixel %d is %v, want %v", i, got, want)
		}
	}
}
