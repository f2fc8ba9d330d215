package dataset

import (
	"bytes"
	"image"
	"image/color"
	"io"
	"reflect"
	"testing"

	"github.com/quantscope/quantscope/quant/recipe"
)

// counted is an image file that counts how often it is read.
func counted(t *testing.T, name string, reads *int) File {
	m := image.NewRGBA(image.Rect(0, 0, 9, 7))
	for i := range 63 {
		m.Set(i%9, i/9, color.RGBA{uint8(4 * i), uint8(255 - i), uint8(i * i), 255})
	}
	b := pngOf(t, m)
	return File{Name: name, Size: int64(len(b)), Open: func() (io.ReadCloser, error) {
		*reads++
		return io.NopCloser(bytes.NewReader(b)), nil
	}}
}

// A file is read and decoded once for any number of passes, digests and changes of mean, scale, layout and
// channels, and again for another size; the tensors are those of a dataset that has kept nothing.
func TestImagesAreDecodedOnce(t *testing.T) {
	reads := 0
	d, err := Open([]File{counted(t, "a.png", &reads)}, FromAuto)
	if err != nil {
		t.Fatal(err)
	}
	small := recipe.Preprocess{Resize: 6, Width: 5, Height: 4, Channels: "rgb", Layout: "nchw", Scale: 1, Mean: []float32{1, 2, 3}, Std: []float32{4, 5, 6}}
	other := small
	other.Layout, other.Channels, other.Scale = "nhwc", "bgr", 1./255
	gray := small
	gray.Channels, gray.Mean, gray.Std = "gray", []float32{0}, []float32{1}
	uncropped := small
	uncropped.Width, uncropped.Height = 0, 0
	for i, c := range []struct {
		p     recipe.Preprocess
		reads int
	}{{small, 1}, {small, 1}, {other, 1}, {gray, 1}, {small, 1}, {uncropped, 2}, {small, 3}} {
		got, shape, err := d.Tensor(0, c.p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Digest([]int{0}); err != nil {
			t.Fatal(err)
		}
		if reads != c.reads {
			t.Errorf("pass %d: the file has been read %d times, want %d", i, reads, c.reads)
		}
		fresh, err := Open([]File{counted(t, "a.png", new(int))}, FromAuto)
		if err != nil {
			t.Fatal(err)
		}
		want, wantShape, err := fresh.Tensor(0, c.p)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(shape, wantShape) {
			t.Errorf("pass %d: another tensor than without what was kept", i)
		}
	}
}

// What is kept has a bound: the first images stay, later ones are not taken.
func TestKeptIsBounded(t *testing.T) {
	var k kept
	s := size{256, 224, 224, false}
	for i := range 5 {
		k.keep(i, s, &Image{Pix: make([]uint8, maxKept/4)})
		k.keep(i, s, &Image{Pix: make([]uint8, maxKept/4)})
	}
	if k.bytes != maxKept || k.find(0, s) == nil || k.find(3, s) == nil || k.find(4, s) != nil {
		t.Errorf("%d bytes of at most %d are kept, of %d images", k.bytes, maxKept, len(k.images))
	}
	if k.keep(0, size{1, 2, 3, false}, &Image{Pix: []uint8{7}}); k.bytes != 1 || k.find(0, s) != nil {
		t.Errorf("%d bytes are kept after a change of size", k.bytes)
	}
}
