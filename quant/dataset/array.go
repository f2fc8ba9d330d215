package dataset

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// arraySource serves the elements of one array along its first dimension. Bytes in the shape of images
// are images, to be preprocessed; all else are tensors, given as they are.
type arraySource struct {
	file   string
	array  Array
	times  int // of an array of one item that is every item's: how many those are
	height int // of an image of bytes
	width  int
	colour int // channels of an image of bytes; 0: these are no images
	planar bool
}

// newArraySource takes an array of any shape [N, …], or one number, which is an item. Bytes [N,H,W], [N,H,W,C] or [N,C,H,W] with C 1 or 3
// are images; where both fit, the last dimension is the channel.
func newArraySource(file string, a Array) (*arraySource, error) {
	if len(a.Shape) == 0 {
		a.Shape = []int{1}
	}
	if a.Shape[0] == 0 || len(a.data) == 0 {
		return nil, fmt.Errorf("%s: the shape %v holds no items; the first dimension counts them", file, a.Shape)
	}
	s := &arraySource{file: file, array: a}
	if a.DType != "u1" {
		return s, nil
	}
	d := a.Shape
	switch {
	case len(d) == 3:
		s.height, s.width, s.colour = d[1], d[2], 1
	case len(d) == 4 && (d[3] == 1 || d[3] == 3):
		s.height, s.width, s.colour = d[1], d[2], d[3]
	case len(d) == 4 && (d[1] == 1 || d[1] == 3):
		s.height, s.width, s.colour, s.planar = d[2], d[3], d[1], true
	}
	if s.colour > 0 && s.width > maxPixels/s.height {
		return nil, fmt.Errorf("%s: images of %d×%d are larger than the %d million pixels handled", file, s.width, s.height, maxPixels/1_000_000)
	}
	return s, nil
}

// isImage tells whether items are images of bytes.
func (s *arraySource) isImage() bool { return s.colour > 0 }

// asItIs tells whether an input takes the array's numbers as they are: what is no image, and bytes that
// have the input's type and shape.
func (s *arraySource) asItIs(in Input) bool {
	return !s.isImage() || in.DType == graph.Uint8 && len(in.Shape) > 0 && slices.Equal(withoutOnes(s.array.Shape[1:]), withoutOnes(in.Shape[1:])) || len(in.Shape) != 4
}

func (s *arraySource) len() int { return max(s.array.Shape[0], s.times) }

// row is item i.
func (s *arraySource) row(i int) []byte { return s.array.row(min(i, s.array.Shape[0]-1)) }

func (s *arraySource) name(i int) string { return s.file + "[" + strconv.Itoa(i) + "]" }

func (s *arraySource) bytes(i int) ([]byte, error) { return s.row(i), nil }

func (s *arraySource) sum(i int) ([sha256.Size]byte, error) {
	return sha256.Sum256(s.row(i)), nil
}

func (s *arraySource) of(string, int) (source, error) { return s, nil }

func (s *arraySource) size(int, bool) (width, height int) { return s.width, s.height }

// base is the name that an array has in its archive, or its file.
func (s *arraySource) base() string { return File{Name: s.file}.base() }

func (s *arraySource) tensor(i int, p recipe.Preprocess) ([]float32, []int, error) {
	if !s.isImage() {
		return s.array.floats(s.row(i)), s.array.Shape[1:], nil
	}
	return apply(p, s.image(i))
}

// image is item i.
func (s *arraySource) image(i int) *Image {
	m := &Image{s.width, s.height, s.colour, s.row(i)}
	if s.planar && s.colour > 1 {
		plane := s.width * s.height
		m.Pix = make([]uint8, 0, s.colour*plane)
		for j := range plane {
			for c := range s.colour {
				m.Pix = append(m.Pix, s.row(i)[c*plane+j])
			}
		}
	}
	return m
}

// raw serves an array's numbers as they are, be they pixels or not.
type raw struct{ *arraySource }

func (s raw) size(int, bool) (width, height int) { return 0, 0 }

func (s raw) tensor(i int, _ recipe.Preprocess) ([]float32, []int, error) {
	return s.array.floats(s.row(i)), s.array.Shape[1:], nil
}

// arrays serve items of several tensors: element i of each, or the only one.
type arrays []*arraySource

func (s arrays) len() int { return s[0].len() }

func (s arrays) name(i int) string { return s[0].name(i) }

// bytes are those of all tensors, in the order of the arrays' names.
func (s arrays) bytes(i int) ([]byte, error) {
	var b []byte
	for _, a := range s {
		b = append(b, a.row(i)...)
	}
	return b, nil
}

func (s arrays) sum(i int) ([sha256.Size]byte, error) {
	b, err := s.bytes(i)
	return sha256.Sum256(b), err
}

func (s arrays) size(i int, upright bool) (width, height int) { return s[0].size(i, upright) }

func (s arrays) tensor(i int, p recipe.Preprocess) ([]float32, []int, error) {
	return s[0].tensor(i, p)
}

// of finds the array for an input by its name.
func (s arrays) of(input string, _ int) (source, error) {
	var names []string
	for _, a := range s {
		if a.base() == input {
			return a, nil
		}
		names = append(names, a.base())
	}
	return nil, fmt.Errorf("there is no array %q for the input of that name, only %s: name each array like the input that takes it, as numpy.savez(file, %s=…) does",
		input, strings.Join(names, ", "), input)
}
