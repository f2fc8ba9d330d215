package dataset

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Input is an input of a network. The first dimension of its shape is the batch, 1.
type Input struct {
	Name  string
	DType graph.DType
	Shape []int
}

// Feed gives the items of a dataset as a network takes them.
type Feed struct {
	Notes []string // what was assumed, one sentence each
	data  *Dataset
	parts []part // of each input
}

// part is where one input comes from.
type part struct {
	from  source
	pre   recipe.Preprocess
	shape []int // of an item
}

// ItemError tells of an item that cannot be used, where others may be.
type ItemError struct {
	Name string
	Err  error
}

func (e *ItemError) Error() string { return e.Name + ": " + e.Err.Error() }

// Unwrap gives what is wrong with the item.
func (e *ItemError) Unwrap() error { return e.Err }

// Feed fits the dataset to the inputs of a network. Images, and arrays of bytes that hold images, go
// through the preprocessing p, completed by Fit; other arrays are given as they are and must have the
// shape of the input, but for dimensions of 1: with its first dimension where that is not 1, and so no batch of items. Where there are several inputs, or several arrays, an
// input takes the array of its name.
func (d *Dataset) Feed(inputs []Input, p recipe.Preprocess) (*Feed, error) {
	f := &Feed{data: d}
	for _, in := range inputs {
		from, err := d.items.of(in.Name, len(inputs))
		if err != nil {
			return nil, err
		}
		if len(in.Shape) > 0 && in.Shape[0] != 1 {
			if whole, ok := wholeInput(in, from); ok {
				f.parts = append(f.parts, whole)
				continue
			}
			one := strings.Trim(strings.ReplaceAll(fmt.Sprint(in.Shape[1:]), " ", ","), "[]")
			return nil, fmt.Errorf("input %q has a fixed batch of %d (%v): take it one at a time with --shape %s=1,%s, export the network with batch 1 or a free batch, or give an array of items that have the whole shape",
				in.Name, in.Shape[0], in.Shape, in.Name, one)
		}
		part, err := f.part(in, from, p)
		if err != nil {
			return nil, err
		}
		f.parts = append(f.parts, part)
	}
	return f, nil
}

// wholeInput tells whether an item of an array is all that the input takes, its first dimension being steps, or whatever
// the network means by it, and no batch.
func wholeInput(in Input, from source) (part, bool) {
	a, ok := from.(*arraySource)
	if !ok || a.isImage() || !slices.Equal(withoutOnes(a.array.Shape[1:]), withoutOnes(in.Shape)) {
		return part{}, false
	}
	return part{from: raw{a}, shape: in.Shape}, true
}

func (f *Feed) part(in Input, from source, p recipe.Preprocess) (part, error) {
	out := part{from: from, pre: p}
	if len(in.Shape) > 0 {
		out.shape = in.Shape[1:]
	}
	if a, ok := from.(*arraySource); ok && a.asItIs(in) {
		if shape := a.array.Shape[1:]; !slices.Equal(withoutOnes(shape), withoutOnes(out.shape)) {
			return out, fmt.Errorf("an item of %s has the shape %v, input %q takes %v: arrays that are no images are given as they are%s", a.file, shape, in.Name, out.shape, transposing(shape, out.shape))
		}
		out.from = raw{a}
		return out, nil
	}
	if sounds, ok := from.(*sounds); ok {
		clips, err := sounds.clips(in, out.shape)
		if err != nil {
			return out, err
		}
		out.from = clips
		f.Notes = append(f.Notes, clips.told()...)
		return out, nil
	}
	if in.DType == graph.Uint8 {
		identity(&out.pre)
		f.Notes = append(f.Notes, fmt.Sprintf("Input %q takes bytes: scale, mean and std do not apply.", in.Name))
	}
	var err error
	out.pre, err = Fit(out.pre, in.Shape)
	return out, err
}

// transposing says what to do with an image whose channels are on the other side; "" where that would not help.
func transposing(have, want []int) string {
	if len(have) != 3 || len(want) != 3 {
		return ""
	}
	switch {
	case slices.Equal(want, []int{have[1], have[2], have[0]}):
		return "; transpose them, as numpy's x.transpose(0, 2, 3, 1) does"
	case slices.Equal(want, []int{have[2], have[0], have[1]}):
		return "; transpose them, as numpy's x.transpose(0, 3, 1, 2) does"
	}
	return ""
}

// identity keeps the values of the bytes.
func identity(p *recipe.Preprocess) {
	n := channelCount(*p)
	p.Scale, p.Mean, p.Std = 1, make([]float32, n), slices.Repeat([]float32{1}, n)
}

func withoutOnes(shape []int) []int {
	return slices.DeleteFunc(slices.Clone(shape), func(d int) bool { return d == 1 })
}

// Preprocessed tells whether items are images that go through the preprocessing.
func (f *Feed) Preprocessed() bool {
	return slices.ContainsFunc(f.parts, func(p part) bool {
		switch p.from.(type) {
		case raw, *clips:
			return false
		}
		return true
	})
}

// Tensors gives item i, one tensor for each input, without the batch dimension. An item that cannot be
// used is an *ItemError.
func (f *Feed) Tensors(i int) ([][]float32, error) {
	out := make([][]float32, len(f.parts))
	for k, p := range f.parts {
		x, shape, err := p.from.tensor(i, p.pre)
		if err == nil && !slices.Equal(withoutOnes(shape), withoutOnes(p.shape)) {
			err = fmt.Errorf("it gives a tensor %v, the network takes %v: set size, channels and layout of the preprocessing", shape, p.shape)
		}
		if err != nil {
			return nil, &ItemError{p.from.name(i), err}
		}
		out[k] = x
	}
	return out, nil
}

// Done tells, once items have been given, what was done with them beyond what the preprocessing says.
func (f *Feed) Done(items []int) []string {
	var notes []string
	for _, p := range f.parts {
		if _, sound := p.from.(*clips); sound || p.pre.Resize == 0 {
			continue
		}
		n := 0
		for _, i := range items {
			if w, h := p.from.size(i, p.pre.Upright); isReady(p.pre, w, h) {
				n++
			}
		}
		if n > 0 {
			notes = append(notes, fmt.Sprintf("%d of %d images have %d×%d pixels already and are taken as they are.",
				n, len(items), p.pre.Width, p.pre.Height))
		}
	}
	return notes
}

// Left says which items were left out, and why.
func Left(left []*ItemError, of int) string {
	const few = 4
	var names []string
	for _, e := range left[:min(few, len(left))] {
		names = append(names, fmt.Sprintf("%s (%v)", e.Name, e.Err))
	}
	s := fmt.Sprintf("%d of %d items cannot be used and are left out: %s", len(left), of, strings.Join(names, ", "))
	if n := len(left) - few; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s + "."
}
