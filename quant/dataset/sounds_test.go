package dataset_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// wav is a file of samples in the bytes of their coding, with a chunk before them that nobody needs.
func wav(coding, channels, rate, bits int, samples any) []byte {
	var data bytes.Buffer
	binary.Write(&data, binary.LittleEndian, samples)
	b := []byte("RIFF\x00\x00\x00\x00WAVELIST\x03\x00\x00\x00abc\x00fmt \x10\x00\x00\x00")
	for _, x := range []uint16{uint16(coding), uint16(channels)} {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*channels*bits/8))
	b = binary.LittleEndian.AppendUint16(b, uint16(channels*bits/8))
	b = binary.LittleEndian.AppendUint16(b, uint16(bits))
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), uint32(data.Len()))
	return append(b, data.Bytes()...)
}

// sound gives the first item of files as an input of this shape takes it.
func sound(t *testing.T, shape []int, files ...dataset.File) ([]float32, []string, error) {
	t.Helper()
	d, err := dataset.Open(files, dataset.FromAuto)
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.Feed([]dataset.Input{{Name: "x", DType: graph.Float32, Shape: shape}}, recipe.Preprocess{})
	if err != nil {
		return nil, nil, err
	}
	x, err := f.Tensors(d.Len() - 1)
	if err != nil {
		return nil, nil, err
	}
	return x[0], f.Notes, nil
}

func TestSamplesOfEveryCoding(t *testing.T) {
	want := []float32{0, 0.5, -0.5, -1}
	for name, file := range map[string][]byte{
		"8.wav":   wav(1, 1, 16000, 8, []uint8{128, 192, 64, 0}),
		"16.wav":  wav(1, 1, 16000, 16, []int16{0, 1 << 14, -1 << 14, -1 << 15}),
		"24.wav":  wav(1, 1, 16000, 24, []uint8{0, 0, 0, 0, 0, 0x40, 0, 0, 0xc0, 0, 0, 0x80}),
		"32.wav":  wav(1, 1, 16000, 32, []int32{0, 1 << 30, -1 << 30, math.MinInt32}),
		"f32.wav": wav(3, 1, 16000, 32, want),
		"f64.wav": wav(3, 1, 16000, 64, []float64{0, 0.5, -0.5, -1}),
		"raw.pcm": {0, 0, 0, 0x40, 0, 0xc0, 0, 0x80},
	} {
		x, notes, err := sound(t, []int{1, 4}, dataset.InMemory(name, file))
		if err != nil || !slices.Equal(x, want) || len(notes) != 1 {
			t.Errorf("%s: %v, %q (%v)", name, x, notes, err)
		}
	}
}

func TestSoundsFitTheInput(t *testing.T) {
	stereo := wav(1, 2, 8000, 16, []int16{1 << 14, 0, 1 << 13, 1 << 14, 0, 1 << 14, -1 << 15, 0})
	for _, c := range []struct {
		shape []int
		want  []float32
	}{
		{[]int{1, 4}, []float32{.25, .375, .25, -.5}},                                              // the mean of both
		{[]int{1, 1, 2}, []float32{.375, .25}},                                                     // the middle
		{[]int{1, 6}, []float32{.25, .375, .25, -.5, 0, 0}},                                        // zeros behind it
		{[]int{1, 2, 4}, []float32{.5, .25, 0, -1, 0, .5, .5, 0}},                                  // channel by channel
		{[]int{1, 12, 2}, append([]float32{.5, 0, .25, .5, 0, .5, -1, 0}, make([]float32, 16)...)}, // sample by sample
	} {
		x, notes, err := sound(t, c.shape, dataset.InMemory("a.wav", stereo))
		if err != nil || !slices.Equal(x, c.want) || !strings.Contains(notes[0], "8000 samples a second") {
			t.Errorf("%v: %v, %q (%v)", c.shape, x, notes, err)
		}
	}
	for want, c := range map[string]struct {
		shape []int
		file  []byte
	}{
		"no samples of a sound":   {[]int{1, 3, 32, 32}, stereo},
		"has 2 channels":          {[]int{1, 3, 16}, stereo},
		"A-law or µ-law":          {[]int{1, 4}, wav(7, 1, 8000, 8, []uint8{0})},
		"coding 2 with 4 bits":    {[]int{1, 4}, wav(2, 1, 8000, 4, []uint8{0})},
		"no WAV file but a PNG":   {[]int{1, 4}, []byte("\x89PNG\r\n\x1a\n0000")},
		"cut off or broken":       {[]int{1, 4}, stereo[:30]},
		"it holds no sound":       {[]int{1, 4}, wav(1, 1, 8000, 16, []int16{})},
		"no samples of a sound: ": {[]int{1, 9, 9}, stereo},
	} {
		if _, _, err := sound(t, c.shape, dataset.InMemory("a.wav", c.file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	_, _, err := sound(t, []int{1, 4}, dataset.InMemory("a.wav", stereo), dataset.InMemory("b.wav", wav(1, 1, 16000, 16, []int16{1})))
	if err == nil || !strings.Contains(err.Error(), "b.wav: it has 16000 samples a second, a.wav has 8000") {
		t.Errorf("two rates: %v", err)
	}
}

func TestSoundsHaveLabels(t *testing.T) {
	file := wav(1, 1, 8000, 16, []int16{1, 2})
	d, err := dataset.Open([]dataset.File{dataset.InMemory("all/yes/1.wav", file), dataset.InMemory("all/no/2.wav", file)}, dataset.FromAuto)
	if err != nil || d.Len() != 2 || !d.Labelled() || d.Label(0) != 0 || d.Label(1) != 1 || d.Pictures() {
		t.Fatalf("%+v (%v)", d, err)
	}
}

func FuzzWAV(f *testing.F) {
	f.Add(wav(1, 2, 8000, 16, []int16{1, 2, 3, 4}))
	f.Add(wav(0xfffe, 1, 8000, 24, []uint8{1, 2, 3}))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, _, err := sound(t, []int{1, 16}, dataset.InMemory("a.wav", b))
		if err == nil && len(x) != 16 {
			t.Error(len(x))
		}
	})
}
