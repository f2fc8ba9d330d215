package q8_test

import "math/rand/v2"

// layout places a shape in memory: strides in elements for dimensions in a random order, with gaps
// between them if asked, and the number of elements spanned. The first of keep dimensions, counted
// from the last, are innermost in their order.
func layout(r *rand.Rand, shape []int, keep int, gaps bool) (strides []int, size int) {
	order := r.Perm(len(shape) - keep)
	for i := range keep {
		order = append(order, len(shape)-keep+i)
	}
	strides, size = make([]int, len(shape)), 1
	if gaps && r.IntN(4) == 0 && keep == 0 {
		size = 2
	}
	for i := len(order) - 1; i >= 0; i-- {
		d := order[i]
		strides[d] = size
		size *= shape[d]
		if gaps && i > 0 && r.IntN(2) == 0 {
			size += r.IntN(3)
		}
	}
	return strides, size
}

// visit calls f with every index of a shape.
func visit(shape []int, f func(index []int)) {
	index := make([]int, len(shape))
	var walk func(d int)
	walk = func(d int) {
		if d == len(shape) {
			f(index)
			return
		}
		for index[d] = range shape[d] {
			walk(d + 1)
		}
	}
	walk(0)
}

// at is the position of an index.
func at(index, strides []int) int {
	p := 0
	for i := range index {
		p += index[i] * strides[i]
	}
	return p
}

func randomShape(r *rand.Rand, rank, most int) []int {
	shape := make([]int, rank)
	for i := range shape {
		shape[i] = 1 + r.IntN(most)
	}
	return shape
}
