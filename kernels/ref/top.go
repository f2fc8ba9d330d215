package ref

// Top finds the k greatest of the n numbers of each row, or with least the smallest: values in order and the place
// of each, equal ones in the order of their places or, with last, the last first. Numbers of a row are inner apart,
// and rows lie as in a tensor [rows/inner, n, inner]; so do values and places, with k in the place of n. Where NaN
// leaves nothing to find, the first number is taken.
func Top(values, places, x []float32, rows, n, inner, k int, least, last bool) {
	for u := range rows {
		from, to := u/inner*n*inner+u%inner, u/inner*k*inner+u%inner
		var best float32
		place := -1
		for j := range k {
			before, beforePlace := best, place
			place = -1
			for e := range n {
				v := x[from+e*inner]
				if least {
					v = -v
				}
				late := e
				if last {
					late = -e
				}
				after := j == 0 || v < before || v == before && late > order(beforePlace, last)
				if after && (place < 0 || v > best || v == best && late < order(place, last)) {
					best, place = v, e
				}
			}
			if place < 0 {
				place, best = 0, x[from]
				if least {
					best = -best
				}
			}
			values[to+j*inner], places[to+j*inner] = x[from+place*inner], float32(place)
		}
	}
}

// order is what grows from a place that comes before another of the same number to that.
func order(place int, last bool) int {
	if last {
		return -place
	}
	return place
}
