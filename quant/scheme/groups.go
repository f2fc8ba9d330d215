package scheme

import "iter"

// Run is a stretch of elements in the order of memory, From until before To.
type Run struct{ From, To int }

// Groups goes over a tensor of n elements and this shape, C order, in runs that share a scale, each with that
// scale's index: the whole tensor, where shape does not matter, or what has one index along Axis.
func (p QParams) Groups(shape []int, n int) iter.Seq2[int, Run] {
	return func(yield func(int, Run) bool) {
		if p.Axis < 0 {
			yield(0, Run{0, n})
			return
		}
		for c, run := range Channels(shape, p.Axis) {
			if !p.parts(shape, c, run, yield) {
				return
			}
		}
	}
}

// parts gives the run of channel c in parts that share a scale: several where Along lies within the run, else the one
// of the index along it.
func (p QParams) parts(shape []int, c int, run Run, yield func(int, Run) bool) bool {
	if p.Block == 0 {
		return yield(c, run)
	}
	stride := 1
	for _, d := range shape[p.Along+1:] {
		stride *= d
	}
	c *= p.Blocks(shape)
	if p.Along < p.Axis {
		return yield(c+run.From/stride%shape[p.Along]/p.Block, run)
	}
	line := shape[p.Along] * stride
	for from := run.From; from < run.To; from += line { // those of axes between the two
		for k := 0; k < shape[p.Along]; k += p.Block {
			to := from + min(k+p.Block, shape[p.Along])*stride
			if !yield(c+k/p.Block, Run{from + k*stride, to}) {
				return false
			}
		}
	}
	return true
}

// Spread is how ONNX lays out the scales of blocks: for a tensor of the shape of x with an element for each block along
// Along, C order, the index of each element's scale.
func (p QParams) Spread(shape []int) []int {
	blocks, inner := p.Blocks(shape), 1
	dims := append([]int(nil), shape...)
	dims[p.Along] = blocks
	stride := make([]int, len(dims))
	for i := len(dims) - 1; i >= 0; i-- {
		stride[i], inner = inner, inner*dims[i]
	}
	at := make([]int, inner)
	for i := range at {
		at[i] = i/stride[p.Axis]%dims[p.Axis]*blocks + i/stride[p.Along]%blocks
	}
	return at
}

// Channels goes over a C-order tensor in runs of elements that have one index along axis, each with that
// index, in the order of memory.
func Channels(shape []int, axis int) iter.Seq2[int, Run] {
	outer, inner := 1, 1
	for i, d := range shape {
		if i < axis {
			outer *= d
		} else if i > axis {
			inner *= d
		}
	}
	return func(yield func(int, Run) bool) {
		for from := 0; from < outer*shape[axis]*inner; from += inner {
			if !yield(from/inner%shape[axis], Run{from, from + inner}) {
				return
			}
		}
	}
}
