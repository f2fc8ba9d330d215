// Package dataset turns a user's images and arrays into the tensors a network takes. Files come in
// unread (File); Open sorts out what they are, finds labels and fixes an order; item i is read,
// decoded, resized and normalised only when Tensor or Batch asks for it, and only so many resized images
// are kept: thousands of photographs cost no more memory than hundreds. JPEG and PNG go through Go's decoders, resizing is integer arithmetic and
// normalising a fixed order of float32 operations: the same files give the same bits in the browser
// and natively. Splits are seeded, digests canonical.
package dataset

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/recipe"
)

// Dataset is a list of images or arrays in a fixed order, with labels where they are known.
type Dataset struct {
	Classes *Classes    // names of the classes; nil if nothing names them
	Source  LabelSource // where the labels came from; FromNone if there are none
	Notes   []string    // what was assumed or left out on the way in, one sentence each

	items  source
	labels []int // one per item, -1 where unknown; nil if there are none at all
}

// source is where items come from: image files, or one array.
type source interface {
	len() int
	name(i int) string
	bytes(i int) ([]byte, error)
	// sum is the SHA-256 of an item's bytes.
	sum(i int) ([sha256.Size]byte, error)
	// of is where an input of that name, one of so many, comes from.
	of(input string, inputs int) (source, error)
	// size is that of image i, on its feet where upright says so; 0×0 if it is none.
	size(i int, upright bool) (width, height int)
	// tensor gives item i without the batch dimension.
	tensor(i int, p recipe.Preprocess) ([]float32, []int, error)
}

// Len is the number of items.
func (d *Dataset) Len() int { return d.items.len() }

// Name is item i's file name, or array name and index.
func (d *Dataset) Name(i int) string { return d.items.name(i) }

// Pictures tells whether items are images, which are preprocessed.
func (d *Dataset) Pictures() bool {
	switch s := d.items.(type) {
	case *fileSource:
		return true
	case *arraySource:
		return s.isImage()
	}
	return false
}

// Labelled tells whether at least one item has a label.
func (d *Dataset) Labelled() bool { return d.labels != nil }

// Label is item i's class index, counted without a network's class offset; -1 if unknown.
func (d *Dataset) Label(i int) int {
	if d.labels == nil {
		return -1
	}
	return d.labels[i]
}

// Bytes are item i's bytes: the file as it was handed over, or the array element.
func (d *Dataset) Bytes(i int) ([]byte, error) { return d.items.bytes(i) }

// Tensor gives item i preprocessed, C order, with its shape: [C,H,W], or [H,W,C] for the layout nhwc.
// Arrays of floats are given as they are, whatever their shape; p does not apply to them.
func (d *Dataset) Tensor(i int, p recipe.Preprocess) ([]float32, []int, error) {
	if i < 0 || i >= d.Len() {
		return nil, nil, fmt.Errorf("no item %d in a dataset of %d", i, d.Len())
	}
	t, shape, err := d.items.tensor(i, p)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", d.Name(i), err)
	}
	return t, shape, nil
}

// Batch gives the items at indices as one tensor, the batch dimension first. All must have one shape.
func (d *Dataset) Batch(indices []int, p recipe.Preprocess) ([]float32, []int, error) {
	var batch []float32
	var shape []int
	for n, i := range indices {
		t, s, err := d.Tensor(i, p)
		if err != nil {
			return nil, nil, err
		}
		if n == 0 {
			shape = append([]int{len(indices)}, s...)
			batch = make([]float32, 0, len(indices)*len(t))
		}
		if !slices.Equal(shape[1:], s) {
			return nil, nil, fmt.Errorf("%s has the shape %v, %s has %v: set resize and crop so that all images get one size",
				d.Name(i), s, d.Name(indices[0]), shape[1:])
		}
		batch = append(batch, t...)
	}
	return batch, shape, nil
}
