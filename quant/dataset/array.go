package dataset

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/recipe"
)

// arraySource serves the elements of one array along its first dimension. Bytes are images, to be
// preprocessed; floats are tensors, given as they are.
type arraySource struct {
	file   string
	array  Array
	height int // of an image of bytes
	width  int
	colour int // channels of an image of bytes
	planar bool
}

// newArraySource takes floats of any shape [N, …], and bytes as [N,H,W], [N,H,W,C] or [N,C,H,W]
// with C 1 or 3; where both fit, the last dimension is the channel.
func newArraySource(file string, a Array) (*arraySource, error) {
	if len(a.Shape) < 2 || a.Shape[0] == 0 || len(a.data) == 0 {
		return nil, fmt.Errorf("%s: the shape %v holds no items; the first dimension counts them", file, a.Shape)
	}
	s := &arraySource{file: file, array: a}
	if a.isFloat() {
		return s, nil
	}
	if a.DType != "u1" {
		return nil, fmt.Errorf("%s: elements of type %s; images are uint8, tensors float32", file, a.DType)
	}
	d := a.Shape
	switch {
	case len(d) == 3:
		s.height, s.width, s.colour = d[1], d[2], 1
	case len(d) == 4 && (d[3] == 1 || d[3] == 3):
		s.height, s.width, s.colour = d[1], d[2], d[3]
	case len(d) == 4 && (d[1] == 1 || d[1] == 3):
		s.height, s.width, s.colour, s.planar = d[2], d[3], d[1], true
	default:
		return nil, fmt.Errorf("%s: the shape %v of uint8 is not one of images: [N,H,W], [N,H,W,C] or [N,C,H,W] with 1 or 3 channels", file, d)
	}
	if s.width > maxPixels/s.height {
		return nil, fmt.Errorf("%s: images of %d×%d are larger than the %d million pixels handled", file, s.width, s.height, maxPixels/1_000_000)
	}
	return s, nil
}

func (s *arraySource) len() int { return s.array.Shape[0] }

func (s *arraySource) name(i int) string { return s.file + "[" + strconv.Itoa(i) + "]" }

func (s *arraySource) bytes(i int) ([]byte, error) { return s.array.row(i), nil }

func (s *arraySource) sum(i int) ([sha256.Size]byte, error) {
	return sha256.Sum256(s.array.row(i)), nil
}

func (s *arraySource) tensor(i int, p recipe.Preprocess) ([]float32, []int, error) {
	if s.array.isFloat() {
		return s.array.floats(s.array.row(i)), s.array.Shape[1:], nil
	}
	m := &Image{s.width, s.height, s.colour, s.array.row(i)}
	if s.planar && s.colour > 1 {
		plane := s.width * s.height
		m.Pix = make([]uint8, 0, s.colour*plane)
		for j := range plane {
			for c := range s.colour {
				m.Pix = append(m.Pix, s.array.row(i)[c*plane+j])
			}
		}
	}
	return apply(p, m)
}

// arrayLabels takes class indices, one per item, from an array [N] or [N,1] of integers.
func arrayLabels(file string, a Array, items int) ([]int, error) {
	if a.isFloat() {
		return nil, fmt.Errorf("%s: labels are of type %s; they must be integers", file, a.DType)
	}
	size := itemSize(a.DType)
	if n := len(a.data) / size; n != items || a.Shape[0] != items {
		return nil, fmt.Errorf("%s: labels of shape %v for %d items", file, a.Shape, items)
	}
	labels := make([]int, items)
	for i := range labels {
		v := a.integer(a.data[i*size:])
		if v < -1 || v > maxClass {
			return nil, fmt.Errorf("%s: label %d of item %d is not a class index", file, v, i)
		}
		labels[i] = int(v)
	}
	return labels, nil
}

// openArrays finds the items and the labels among arrays: labels are the one-dimensional integers.
// Of an archive with a training and a test set (x_train, y_train, x_test, y_test) it takes the test set.
func openArrays(files []File, from LabelSource) (*Dataset, error) {
	var items *arraySource
	var labelFile string
	var labelArray Array
	var notes []string
	isTest := func(f File) bool { return strings.Contains(strings.ToLower(f.base()), "test") }
	if len(files) > 2 && slices.ContainsFunc(files, isTest) {
		notes = append(notes, fmt.Sprintf("Of %d arrays those named test were taken.", len(files)))
		files = slices.DeleteFunc(slices.Clone(files), func(f File) bool { return !isTest(f) })
	}
	for _, f := range files {
		b, err := f.read(math.MaxInt64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		a, err := DecodeNpy(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		isLabels := !a.isFloat() && (len(a.Shape) == 1 || len(a.Shape) == 2 && a.Shape[1] == 1)
		switch {
		case isLabels && labelFile == "":
			labelFile, labelArray = f.Name, a
		case isLabels:
			return nil, fmt.Errorf("%s and %s both look like labels; leave one out", labelFile, f.Name)
		case items != nil:
			return nil, fmt.Errorf("%s and %s both look like data; leave one out", items.file, f.Name)
		default:
			if items, err = newArraySource(f.Name, a); err != nil {
				return nil, err
			}
		}
	}
	if items == nil {
		return nil, errors.New("the arrays hold labels only; add the array of images")
	}
	d := &Dataset{items: items, Notes: notes, Source: FromNone}
	if items.array.isFloat() {
		d.Notes = append(d.Notes, items.file+" holds floats, which are given to the network as they are; preprocessing does not apply.")
	}
	if labelFile != "" && from != FromNone {
		var err error
		if d.labels, err = arrayLabels(labelFile, labelArray, items.len()); err != nil {
			return nil, err
		}
		d.Source = FromArray
	}
	return d, nil
}
