package dataset

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// openArrays finds the items and the labels among arrays: labels are the one-dimensional integers, but for one number
// beside arrays of many items, which belongs to every item, as a sampling rate does.
// Of an archive with a training and a test set (x_train, y_train, x_test, y_test) it takes the test set.
func openArrays(files []File, from LabelSource) (*Dataset, error) {
	d := &Dataset{Source: FromNone}
	isTest := func(f File) bool { return strings.Contains(strings.ToLower(f.base()), "test") }
	if len(files) > 2 && slices.ContainsFunc(files, isTest) {
		d.Notes = append(d.Notes, fmt.Sprintf("Of %d arrays those named test were taken.", len(files)))
		files = slices.DeleteFunc(slices.Clone(files), func(f File) bool { return !isTest(f) })
	}
	var items arrays
	var labels *arraySource
	for _, f := range files {
		b, err := f.read(math.MaxInt64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		a, err := DecodeNpy(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		s, err := newArraySource(f.Name, a)
		if err != nil {
			return nil, err
		}
		isLabels := !a.isFloat() && (len(a.Shape) == 1 || len(a.Shape) == 2 && a.Shape[1] == 1)
		switch {
		case !isLabels:
			items = append(items, s)
			if a.isFloat() {
				d.Notes = append(d.Notes, s.file+" holds floats, which are given to the network as they are; preprocessing does not apply.")
			}
		case labels == nil:
			labels = s
		default:
			return nil, fmt.Errorf("%s and %s both look like labels; leave one out", labels.file, s.file)
		}
	}
	if len(items) == 0 {
		return nil, errors.New("the arrays hold labels only; add the array of images")
	}
	most := slices.MaxFunc(items, func(a, b *arraySource) int { return a.len() - b.len() })
	if labels != nil && labels.len() == 1 && most.len() > 1 {
		items, labels = append(items, labels), nil
	}
	for _, s := range items {
		if s.len() == 1 {
			s.times = most.len()
		}
		if s.len() != most.len() {
			return nil, fmt.Errorf("%s has %d items, %s %d; give one of them, or arrays of as many items", most.file, most.len(), s.file, s.len())
		}
	}
	slices.SortFunc(items, func(a, b *arraySource) int { return strings.Compare(a.file, b.file) })
	if d.items = items; len(items) == 1 {
		d.items = items[0]
	}
	if labels != nil && from != FromNone {
		var err error
		if d.labels, err = arrayLabels(labels.file, labels.array, d.Len()); err != nil {
			return nil, err
		}
		d.Source = FromArray
	}
	return d, nil
}

// arrayLabels takes class indices, one per item, from an array [N] or [N,1] of integers.
func arrayLabels(file string, a Array, items int) ([]int, error) {
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
