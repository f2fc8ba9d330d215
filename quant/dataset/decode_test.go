package dataset

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/quantscope/quantscope/quant/internal/shared"
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
		{"GIF89a", "broken image"},
		{"BM", "broken image"},
		{"II*\x00", "broken image"},
		{"RIFF\x00\x00\x00\x00WEBPVP8 ", "broken image"},
		{"\x00\x00\x00\x20ftypavif", "an AVIF image"},
		{"\x00\x00\x00\x20ftypheic", "an HEIC image"},
	} {
		if _, err := Decode([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: %v, want %q", c.file, err, c.want)
		}
	}
}

// BMP, GIF and TIFF give the pixels put in; a GIF's image lies where it belongs on the canvas.
func TestDecodeOtherFormats(t *testing.T) {
	m := image.NewPaletted(image.Rect(0, 0, 5, 3), color.Palette{color.RGBA{10, 20, 30, 255}, color.RGBA{200, 100, 50, 255}})
	m.SetColorIndex(4, 2, 1)
	encoders := map[string]func(io.Writer) error{
		"BMP":  func(w io.Writer) error { return bmp.Encode(w, m) },
		"GIF":  func(w io.Writer) error { return gif.Encode(w, m, nil) },
		"TIFF": func(w io.Writer) error { return tiff.Encode(w, m, nil) },
	}
	for name, encode := range encoders {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		got, err := Decode(b.Bytes())
		if err != nil || got.Width != 5 || got.Height != 3 || !bytes.Equal(got.Pix[:3], []uint8{10, 20, 30}) || !bytes.Equal(got.Pix[42:], []uint8{200, 100, 50}) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	part := image.NewPaletted(image.Rect(2, 1, 4, 3), m.Palette)
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{part}, Delay: []int{0}, Config: image.Config{Width: 5, Height: 3, ColorModel: m.Palette}}); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(b.Bytes())
	if err != nil || got.Width != 5 || !bytes.Equal(got.Pix[:3], []uint8{0, 0, 0}) || !bytes.Equal(got.Pix[3*(5+2):][:3], []uint8{10, 20, 30}) {
		t.Errorf("%v %v", got, err)
	}
}

// WebP and BMP of ../shared/cases/58 are one image: the loss of WebP lies between them.
func TestDecodeWebP(t *testing.T) {
	a, err := Decode(read(t, shared.Path(t, "cases", "58-webp-bmp-left-out", "z6.webp")))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Decode(read(t, shared.Path(t, "cases", "58-webp-bmp-left-out", "z7.bmp")))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for i, v := range a.Pix {
		sum += max(int(v)-int(b.Pix[i]), int(b.Pix[i])-int(v))
	}
	if mean := float64(sum) / float64(len(a.Pix)); mean > 4 {
		t.Errorf("mean |difference| %.2f", mean)
	}
	if r, g, bl := toRGBStudio(16, 128, 128); r > 1 || g > 1 || bl > 1 {
		t.Errorf("black is %d %d %d", r, g, bl)
	}
	if r, g, bl := toRGBStudio(235, 128, 128); r < 254 || g < 254 || bl < 254 {
		t.Errorf("white is %d %d %d", r, g, bl)
	}
}

// A picture of three pixels by two, turned in all the ways that EXIF knows; where pixel 0 goes and where
// pixel 1 lies from it, by hand from TIFF 6.0.
func TestUpright(t *testing.T) {
	m := &Image{3, 2, 1, []uint8{1, 2, 3, 4, 5, 6}}
	for o, want := range map[int][]uint8{
		1: {1, 2, 3, 4, 5, 6}, 2: {3, 2, 1, 6, 5, 4}, 3: {6, 5, 4, 3, 2, 1}, 4: {4, 5, 6, 1, 2, 3},
		5: {1, 4, 2, 5, 3, 6}, 6: {4, 1, 5, 2, 6, 3}, 7: {6, 3, 5, 2, 4, 1}, 8: {3, 6, 2, 5, 1, 4},
	} {
		got := turned(m, o)
		if w := map[bool]int{true: 3, false: 2}[o < 5]; got.Width != w || !bytes.Equal(got.Pix, want) {
			t.Errorf("orientation %d: %v, want %v", o, got, want)
		}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			exif := []byte("Exif\x00\x00II*\x00")
			if order == binary.AppendByteOrder(binary.BigEndian) {
				exif = []byte("Exif\x00\x00MM\x00*")
			}
			exif = order.AppendUint32(exif, 8)
			exif = order.AppendUint16(exif, 1)
			exif = order.AppendUint16(exif, 0x112)
			exif = order.AppendUint16(exif, 3)
			exif = order.AppendUint32(exif, 1)
			exif = order.AppendUint16(exif, uint16(o))
			exif = append(exif, 0, 0)
			file := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(2 + len(exif))}, exif...)
			if got := orientation(file); got != o {
				t.Errorf("orientation %d is read as %d", o, got)
			}
			for n := range file {
				orientation(file[:n])
			}
		}
	}
}
