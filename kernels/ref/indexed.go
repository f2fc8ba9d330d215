package ref

// Indexed says which elements of a tensor the units of Take and Put move: unit u moves Len floats that follow each
// other, from (u/Outer)·OuterStep + (u mod Inner) on, and further by Strides times the indices, of which it has
// len(Dims) in place u mod Tuples.
type Indexed struct {
	Units, Len, Outer, OuterStep, Inner, Tuples int
	Dims, Strides                               []int
}

// At is where the floats of unit u begin. An index is cut to an integer, counts from the end where it is below
// zero, and is limited to its dimension.
func (p Indexed) At(u int, index []float32) int {
	at := u/p.Outer*p.OuterStep + u%p.Inner
	for k, n := range p.Dims {
		i := truncate(index[u%p.Tuples*len(p.Dims)+k])
		if i < 0 {
			i += n
		}
		at += min(max(i, 0), n-1) * p.Strides[k]
	}
	return at
}

// truncate is i32.trunc_sat_f32_s.
func truncate(x float32) int {
	switch {
	case x != x:
		return 0
	case x <= -1<<31:
		return -1 << 31
	case x >= 1<<31:
		return 1<<31 - 1
	}
	return int(x)
}

// Take gives the floats of all units of x, one unit after the other.
func Take(y, x, index []float32, p Indexed) {
	for u := range p.Units {
		copy(y[u*p.Len:][:p.Len], x[p.At(u, index):])
	}
}

// Put writes updates to y, one unit after the other, so that the last one stays.
func Put(y, updates, index []float32, p Indexed) {
	for u := range p.Units {
		copy(y[p.At(u, index):][:p.Len], updates[u*p.Len:])
	}
}
