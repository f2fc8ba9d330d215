package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// patience is how long one input may take, on a busy machine too.
const patience = time.Minute

func timed(t *testing.T, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if d := time.Since(start); d > patience {
		t.Errorf("took %v", d)
	}
}

// FuzzImage decodes whatever comes: an image has the pixels that it says it has, or there is an error.
func FuzzImage(f *testing.F) {
	m := image.NewPaletted(image.Rect(0, 0, 9, 7), color.Palette{color.Black, color.White})
	m.SetColorIndex(3, 3, 1)
	for _, encode := range []func(b *bytes.Buffer) error{
		func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) },
		func(b *bytes.Buffer) error { return gif.Encode(b, m, nil) },
		func(b *bytes.Buffer) error { return bmp.Encode(b, m) },
		func(b *bytes.Buffer) error { return tiff.Encode(b, m, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add(pngOf(f, m))
	f.Add(progressive(16, 16, 2))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		timed(t, func() {
			if p, err := open(b); err == nil && p.width*p.height > 1<<22 {
				return // as it should be, but slow
			}
			m, err := Decode(b)
			if err != nil {
				return
			}
			if len(m.Pix) != m.Width*m.Height*m.Channels || m.Channels != 1 && m.Channels != 3 {
				t.Fatalf("%d×%d×%d with %d bytes", m.Width, m.Height, m.Channels, len(m.Pix))
			}
			turned(m, orientation(b))
		})
	})
}

// FuzzOpen opens archives of whatever comes and takes an item.
func FuzzOpen(f *testing.F) {
	array := EncodeNpy(&graph.Tensor{DType: graph.Float32, Shape: []int{2, 3}, F: make([]float32, 6)})
	labels := EncodeNpy(&graph.Tensor{DType: graph.Int64, Shape: []int{2}, I: []int64{1, 0}})
	f.Add("x.npz", zipOf(f, InMemory("x.npy", array), InMemory("y.npy", labels)))
	f.Add("x.zip", zipOf(f, InMemory("a/1.png", pngOf(f, image.NewGray(image.Rect(0, 0, 3, 3)))), InMemory("labels.csv", []byte("1.png,2\n"))))
	f.Add("x.npy", array)
	f.Add("x.csv", []byte("a.png;3"))
	f.Add("classes.txt", []byte("0 n01440764 tench\n"))
	p := recipe.Families()[0].Preprocess
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		timed(t, func() {
			d, err := Open([]File{InMemory(name, b), InMemory("k/1.png", pngOf(t, image.NewGray(image.Rect(0, 0, 3, 3))))}, FromAuto)
			if err != nil {
				return
			}
			for i := range min(d.Len(), 3) {
				d.Tensor(i, p)
				d.Label(i)
			}
			d.Digest([]int{0})
		})
	})
}

// FuzzCSV reads tables of labels.
func FuzzCSV(f *testing.F) {
	f.Add("\ufeffa.png,cat\nb.png,dog\n")
	f.Add("a;1;x\n\"b c\";2\n")
	f.Fuzz(func(t *testing.T, s string) {
		table, err := parseCSV(s)
		if err == nil && len(table) > strings.Count(s, "\n")+1 {
			t.Fatalf("%d labels of %d lines", len(table), strings.Count(s, "\n")+1)
		}
	})
}

// FuzzClasses reads class lists.
func FuzzClasses(f *testing.F) {
	f.Add("0 n01440764 tench\n1 n01443537 goldfish\n")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseClasses(s); err == nil {
			for i := range c.Names {
				c.Name(i)
			}
			c.index(s)
		}
	})
}
