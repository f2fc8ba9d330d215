package dataset

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/recipe"
)

// declared is an archive whose one entry declares sizes of its own and a method and flags.
func declared(t *testing.T, h zip.FileHeader, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&h)
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What an archive declares is checked before anything is taken for it; what it does not keep to is an error.
func TestZipRefused(t *testing.T) {
	for _, c := range []struct {
		want    string
		header  zip.FileHeader
		content string
	}{
		{"more than 100 times", zip.FileHeader{Name: "x.npy", Method: zip.Deflate, CompressedSize64: 900_000, UncompressedSize64: 900_000_000}, "...."},
		{"more than 100 times", zip.FileHeader{Name: "x.npy", Method: zip.Deflate, CompressedSize64: 4, UncompressedSize64: 1 << 62}, "...."},
		{"more than 100 times", zip.FileHeader{Name: "x.npy", Method: zip.Deflate, CompressedSize64: 1 << 60, UncompressedSize64: 1 << 62}, "...."},
		{"cannot be unpacked", zip.FileHeader{Name: "x.npy", Method: zip.Store, CompressedSize64: 4, UncompressedSize64: 5}, "...."},
		{"cannot be unpacked", zip.FileHeader{Name: "x.npy", Method: zip.Store, CompressedSize64: 4, UncompressedSize64: 3}, "...."},
		{"encrypted", zip.FileHeader{Name: "x.npy", Flags: 1, CompressedSize64: 4, UncompressedSize64: 4}, "...."},
		{"method 9", zip.FileHeader{Name: "x.npy", Method: 9, CompressedSize64: 4, UncompressedSize64: 4}, "...."},
	} {
		if _, err := Open([]File{InMemory("s.npz", declared(t, c.header, c.content))}, FromAuto); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.header, err, c.want)
		}
	}
}

// An archive that is an io.ReaderAt is not read whole.
func TestArchiveIsNotReadWhole(t *testing.T) {
	z := zipOf(t, flat(t, "a/1.png", 1), flat(t, "b/1.png", 2), File{Name: "big.bin", Size: 1 << 20, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(noise{}, 1<<20)), nil
	}})
	r := &reading{r: bytes.NewReader(z)}
	d, err := Open([]File{{Name: "s.zip", Size: int64(len(z)), Open: func() (io.ReadCloser, error) { return r, nil }}}, FromAuto)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Tensor(1, recipe.Preprocess{Channels: "gray", Layout: "nchw", Scale: 1, Mean: []float32{0}, Std: []float32{1}}); err != nil {
		t.Fatal(err)
	}
	if r.bytes > 64<<10 {
		t.Errorf("%d bytes of %d were read", r.bytes, len(z))
	}
}

// noise is what does not pack.
type noise struct{}

func (noise) Read(p []byte) (int, error) {
	x := uint32(len(p))
	for i := range p {
		x = x*1664525 + 1013904223
		p[i] = byte(x >> 24)
	}
	return len(p), nil
}

// reading counts what is read.
type reading struct {
	r     *bytes.Reader
	bytes int
}

func (r *reading) Read(p []byte) (int, error) { n, err := r.r.Read(p); r.bytes += n; return n, err }
func (r *reading) ReadAt(p []byte, at int64) (int, error) {
	n, err := r.r.ReadAt(p, at)
	r.bytes += n
	return n, err
}
func (r *reading) Close() error { return nil }

// progressive is a JPEG of one component with so many scans, each an end-of-band run over all blocks.
func progressive(width, height, passes int) []byte {
	b := []byte("\xff\xd8\xff\xdb\x00\x43\x00")
	b = append(b, bytes.Repeat([]byte{1}, 64)...)
	b = append(b, 0xff, 0xc2, 0, 11, 8)
	b = binary.BigEndian.AppendUint16(b, uint16(height))
	b = binary.BigEndian.AppendUint16(b, uint16(width))
	b = append(b, 1, 1, 0x11, 0)
	// One code of one bit, 0: in table 0 of DC no difference, in that of AC an end of 2^14 blocks and up.
	for _, table := range []byte{0x00, 0x10} {
		b = append(b, 0xff, 0xc4, 0, 20, table, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		if b = append(b, 0); table == 0x10 {
			b[len(b)-1] = 0xe0
		}
	}
	b = append(b, "\xff\xda\x00\x08\x01\x01\x00\x00\x00\x00"...)
	b = append(b, make([]byte, (width+7)/8*((height+7)/8)/8+1)...)
	for range passes {
		b = append(b, "\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00"...)
		b = append(b, make([]byte, 2+width*height/64/16384*2)...)
	}
	return append(b, 0xff, 0xd9)
}

// Scans are counted before they are decoded, however they are spelled.
func TestScans(t *testing.T) {
	few := progressive(64, 64, 3)
	if n := scans(few); n != 4 {
		t.Errorf("%d scans, want 4", n)
	}
	if _, err := Decode(few); err != nil {
		t.Errorf("four scans: %v", err)
	}
	if n := scans(bytes.ReplaceAll(few, []byte("\xff\xda"), []byte("\xff\xff\xff\xda"))); n != 4 {
		t.Errorf("%d scans behind fill bytes, want 4", n)
	}
	for _, c := range []struct {
		b    []byte
		want string
	}{
		{progressive(64, 64, maxScans+1), "scans, more than the"},
		{progressive(7000, 7000, 25), "scans over 49000000 pixels"},
	} {
		if _, err := Decode(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// A file that is no image is refused by its first bytes, whatever its name and size.
func TestZerosAreNoImage(t *testing.T) {
	if _, err := Decode(make([]byte, 1000)); err == nil || !strings.Contains(err.Error(), "a file of zeros") {
		t.Error(err)
	}
}

// A heavy image waits for the other heavy ones, a light one does not.
func TestHeavyImagesWait(t *testing.T) {
	s := newFileSource([]File{
		InMemory("heavy.png", pngOf(t, image.NewGray(image.Rect(0, 0, 2600, 2600)))),
		flat(t, "light.png", 1),
	})
	p := recipe.Preprocess{Resize: 4, Width: 4, Height: 4, Channels: "gray", Layout: "nchw", Scale: 1, Mean: []float32{0}, Std: []float32{1}}
	s.alone.Lock()
	if _, _, err := s.tensor(1, p); err != nil {
		t.Error(err)
	}
	done := make(chan error)
	go func() {
		_, _, err := s.tensor(0, p)
		done <- err
	}()
	select {
	case <-done:
		t.Error("a heavy image was decoded beside another")
	case <-time.After(200 * time.Millisecond):
		s.alone.Unlock()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// A JPEG that is whole but coded in a way that few have is called that, not broken.
func TestForeignJPEG(t *testing.T) {
	good := progressive(16, 16, 1)
	for marker, want := range map[string]string{"\xff\xc9": "arithmetic", "\xff\xca": "arithmetic", "\xff\xc3": "lossless", "\xff\xc5": "hierarchical"} {
		b := bytes.Replace(good, []byte("\xff\xc2"), []byte(marker), 1)
		if _, err := Decode(b); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "broken") {
			t.Errorf("%x: %v, want %q", marker, err, want)
		}
		for n := range b {
			foreignCoding(b[:n])
		}
	}
	odd, err := Decode(read(t, shared.Path(t, "cases", "55-jpeg-subsampling-2x2-1x1-1x2", "zd-2x2-1x1-1x2.jpg")))
	if err == nil || strings.Contains(err.Error(), "broken") || !strings.Contains(err.Error(), "subsampling") {
		t.Errorf("%v %v", odd, err)
	}
}
