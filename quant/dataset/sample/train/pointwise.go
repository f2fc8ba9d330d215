package main

// relu6 clips to 0…6.
type relu6 struct{ x *tensor }

func (l *relu6) params() []*param { return nil }

func (l *relu6) forward(x *tensor, _ bool) *tensor {
	l.x = x
	y := newTensor(x.n, x.h, x.w, x.c)
	for i, v := range x.data {
		y.data[i] = min(max(v, 0), 6)
	}
	return y
}

func (l *relu6) backward(dy *tensor) *tensor {
	for i, v := range l.x.data {
		if v <= 0 || v >= 6 {
			dy.data[i] = 0
		}
	}
	return dy
}

// residual adds its input to what its layers make of it.
type residual struct{ chain }

func (l *residual) forward(x *tensor, train bool) *tensor {
	y := l.chain.forward(x, train)
	for i, v := range x.data {
		y.data[i] += v
	}
	return y
}

func (l *residual) backward(dy *tensor) *tensor {
	kept := append([]float32(nil), dy.data...)
	dx := l.chain.backward(dy)
	for i, d := range kept {
		dx.data[i] += d
	}
	return dx
}

// chain is layers one after the other.
type chain []layer

func (c chain) params() []*param {
	var all []*param
	for _, l := range c {
		all = append(all, l.params()...)
	}
	return all
}

func (c chain) forward(x *tensor, train bool) *tensor {
	for _, l := range c {
		x = l.forward(x, train)
	}
	return x
}

func (c chain) backward(dy *tensor) *tensor {
	for i := len(c) - 1; i >= 0; i-- {
		dy = c[i].backward(dy)
	}
	return dy
}
