package main

// enlarge doubles width and height: each pixel four times, and to that what its layers make of 4·c channels, which
// become 2×2 pixels of c (depth to space, the block's place before the channel).
type enlarge struct{ chain }

func (l *enlarge) forward(x *tensor, train bool) *tensor {
	depth := l.chain.forward(x, train)
	y := newTensor(x.n, 2*x.h, 2*x.w, x.c)
	l.each(y, func(at, pixel, block int) {
		for c := range x.c {
			y.data[at+c] = x.data[pixel*x.c+c] + depth.data[(pixel*4+block)*x.c+c]
		}
	})
	return y
}

func (l *enlarge) backward(dy *tensor) *tensor {
	depth := newTensor(dy.n, dy.h/2, dy.w/2, 4*dy.c)
	l.each(dy, func(at, pixel, block int) {
		copy(depth.data[(pixel*4+block)*dy.c:][:dy.c], dy.data[at:at+dy.c])
	})
	dx := l.chain.backward(depth)
	l.each(dy, func(at, pixel, _ int) {
		for c := range dy.c {
			dx.data[pixel*dy.c+c] += dy.data[at+c]
		}
	})
	return dx
}

// each visits the pixels of an enlarged image: where one lies, which of the small pixels it comes of, which of its
// four it is.
func (l *enlarge) each(y *tensor, visit func(at, pixel, block int)) {
	for i := range y.pixels() {
		n, row, column := i/(y.h*y.w), i/y.w%y.h, i%y.w
		visit(i*y.c, (n*y.h/2+row/2)*y.w/2+column/2, row%2*2+column%2)
	}
}

// squares is the mean squared error and its gradient.
func squares(y, want *tensor) (loss float64, gradient *tensor) {
	gradient = newTensor(y.n, y.h, y.w, y.c)
	scale := 1 / float64(len(y.data))
	for i, v := range y.data {
		d := v - want.data[i]
		loss += float64(d) * float64(d) * scale
		gradient.data[i] = float32(2 * float64(d) * scale)
	}
	return loss, gradient
}
