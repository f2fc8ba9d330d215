package dataset

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A PNG in every pixel format gives the pixels put in; transparency is dropped, not blended.
func TestDecodePNG(t *testing.T) {
	r := image.Rect(0, 0, 3, 2)
	put := func(m interface {
		image.Image
		Set(x, y int, c color.Color)
	}, c color.Color) image.Image {
		m.Set(1, 0, c)
		return m
	}
	red := color.NRGBA{200, 10, 30, 255}
	for _, c := range []struct {
		name  string
		image image.Image
		want  []uint8 // pixel 1, 0
	}{
		{"NRGBA", put(image.NewNRGBA(r), color.NRGBA{200, 10, 30, 7}), []uint8{200, 10, 30}},
		{"RGBA", put(image.NewRGBA(r), red), []uint8{200, 10, 30}},
		{"paletted", put(image.NewPaletted(r, color.Palette{color.Black, red}), red), []uint8{200, 10, 30}},
		{"gray", put(image.NewGray(r), color.Gray{99}), []uint8{99}},
		{"gray 16", put(image.NewGray16(r), color.Gray16{0x63ff}), []uint8{0x63}},
		{"NRGBA 16", put(image.NewNRGBA64(r), color.NRGBA64{0xc8ff, 0x0a00, 0x1e80, 0xffff}), []uint8{200, 10, 30}},
	} {
		m, err := Decode(pngOf(t, c.image))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if m.Width != 3 || m.Height != 2 || m.Channels != len(c.want) || !bytes.Equal(m.Pix[m.Channels:2*m.Channels], c.want) {
			t.Errorf("%s: %+v", c.name, m)
		}
	}
}

// A JPEG of smooth colours comes back near what was put in, whatever its size does to the edges of
// its subsampled chroma.
func TestDecodeJPEG(t *testing.T) {
	for w := 1; w < 20; w++ {
		h := 21 - w
		m := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				m.Set(x, y, color.RGBA{uint8(40 + 5*x), uint8(200 - 4*y), uint8(100 + 3*x + 3*y), 255})
			}
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}); err != nil {
			t.Fatal(err)
		}
		got, err := Decode(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for i := range w * h {
			for c := range 3 {
				if d := int(got.Pix[3*i+c]) - int(m.Pix[4*i+c]); d < -9 || d > 9 {
					t.Fatalf("%d×%d pixel %d channel %d: %d, want %d", w, h, i, c, got.Pix[3*i+c], m.Pix[4*i+c])
				}
			}
		}
	}
}

// Interpolated chroma, by hand from libjpeg's definition.
func TestChroma(t *testing.T) {
	plane := []uint8{0, 100, 200, 40, 80, 120}
	for _, c := range []struct {
		sx, sy, y int
		want      []uint8
	}{
		{1, 1, 1, []uint8{40, 80, 120}},
		{2, 1, 0, []uint8{0, 25, 75, 125, 175, 200}},
		{1, 2, 1, []uint8{10, 95, 180}},              // (3·near + far + 2) / 4
		{1, 2, 2, []uint8{30, 85, 140}},              // (3·near + far + 1) / 4
		{2, 2, 0, []uint8{0, 25, 75, 125, 175, 200}}, // first row: near is far
		{2, 2, 1, []uint8{10, 31, 74, 116, 159, 180}},
	} {
		dst := make([]uint8, 3*c.sx)
		chromaRow(plane, 3, 3*c.sx, 2*c.sy, c.y, c.sx, c.sy, dst, make([]int32, 3))
		if !bytes.Equal(dst, c.want) {
			t.Errorf("%d×%d row %d: %v, want %v", c.sx, c.sy, c.y, dst, c.want)
		}
	}
}

func TestGrayAndBack(t *testing.T) {
	m := &Image{2, 1, 3, []uint8{255, 255, 255, 255, 0, 0}}
	g := m.withChannels(1)
	if g.Pix[0] != 255 || g.Pix[1] != 76 {
		t.Error(g.Pix)
	}
	if c := g.withChannels(3); c.Pix[3] != 76 || c.Pix[5] != 76 {
		t.Error(c.Pix)
	}
}

func TestDecodeRefused(t *testing.T) {
	good := pngOf(t, image.NewGray(image.Rect(0, 0, 40, 40)))
	huge := bytes.Clone(good)
	binary.BigEndian.PutUint32(huge[16:], 1<<20)
	binary.BigEndian.PutUint32(huge[20:], 1<<20)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for _, c := range []struct{ file, want string }{
		{string(huge), "1048576×1048576 pixels"},
		{string(good[:len(good)-20]), "broken image"},
		{string(good[:20]), "broken image"},
		{"\xff\xd8\xff\xe0\x00", "broken image"},
		{"", "an empty file"},
		{"GIF89a", "a GIF"},
		{"RIFF\x00\x00\x00\x00WEBPVP8 ", "a WebP image"},
		{"\x00\x00\x00\x20ftypavif", "an AVIF image"},
		{"\x00\x00\x00\x20ftypheic", "an HEIC image"},
	} {
		if _, err := Decode([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: %v, want %q", c.file, err, c.want)
		}
	}
}
