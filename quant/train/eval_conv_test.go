package train

import "github.com/quantscope/quantscope/quant/graph"

// windows64 calls f for each pair of an output's and an input's place that a convolution connects.
func windows64(in, out, kernel, strides, dilations, pads []int, f func(to, from, tap int)) {
	walk64(out, func(o int, oat []int) {
		walk64(kernel, func(k int, kat []int) {
			from := 0
			for a := range kernel {
				i := oat[a]*strides[a] + kat[a]*dilations[a] - pads[a]
				if i < 0 || i >= in[a] {
					return
				}
				from = from*in[a] + i
			}
			f(o, from, k)
		})
	})
}

func conv64(op graph.Conv, in []tensor64, shape []int) []float64 {
	x, w := in[0], in[1]
	y := make([]float64, graph.Len(shape))
	px, py, taps := graph.Len(x.shape[2:]), graph.Len(shape[2:]), graph.Len(op.Kernel)
	cg, og := w.shape[1], shape[1]/op.Group
	for n := range shape[0] {
		for o := range shape[1] {
			at := (n*shape[1] + o) * py
			if len(in) > 2 {
				for i := range py {
					y[at+i] = in[2].x[o]
				}
			}
			for c := range cg {
				windows64(x.shape[2:], shape[2:], op.Kernel, op.Strides, op.Dilations, op.Pads, func(to, from, tap int) {
					y[at+to] += x.x[(n*x.shape[1]+o/og*cg+c)*px+from] * w.x[(o*cg+c)*taps+tap]
				})
			}
		}
	}
	return y
}

func maxPoolGradient64(op graph.MaxPool, in []tensor64, shape []int) []float64 {
	x, y, dy := in[0], in[1], in[2]
	dx := make([]float64, graph.Len(shape))
	px, py := graph.Len(shape[2:]), graph.Len(y.shape[2:])
	for p := range shape[0] * shape[1] {
		found := make([]bool, py)
		windows64(shape[2:], y.shape[2:], op.Kernel, op.Strides, op.Dilations, op.Pads, func(to, from, _ int) {
			if !found[to] && x.x[p*px+from] == y.x[p*py+to] {
				found[to] = true
				dx[p*px+from] += dy.x[p*py+to]
			}
		})
	}
	return dx
}

func convGradient64(op graph.Conv, in []tensor64, shape []int) []float64 {
	x, dy := in[0], in[1]
	w := make([]float64, graph.Len(shape))
	px, py, taps := graph.Len(x.shape[2:]), graph.Len(dy.shape[2:]), graph.Len(op.Kernel)
	cg, og := shape[1], shape[0]/op.Group
	for n := range x.shape[0] {
		for o := range shape[0] {
			for c := range cg {
				xi, yi, wi := n*x.shape[1]+o/og*cg+c, n*shape[0]+o, o*cg+c
				windows64(x.shape[2:], dy.shape[2:], op.Kernel, op.Strides, op.Dilations, op.Pads, func(to, from, tap int) {
					w[wi*taps+tap] += x.x[xi*px+from] * dy.x[yi*py+to]
				})
			}
		}
	}
	return w
}

func convTranspose64(op graph.ConvTranspose, in []tensor64, shape []int) []float64 {
	x, w := in[0], in[1]
	y := make([]float64, graph.Len(shape))
	px, py, taps := graph.Len(x.shape[2:]), graph.Len(shape[2:]), graph.Len(op.Kernel)
	cg, og := x.shape[1]/op.Group, w.shape[1]
	for n := range shape[0] {
		if len(in) > 2 {
			for i := range shape[1] * py {
				y[n*shape[1]*py+i] = in[2].x[i/py]
			}
		}
		for c := range x.shape[1] {
			for o := range og {
				windows64(shape[2:], x.shape[2:], op.Kernel, op.Strides, op.Dilations, op.Pads, func(from, to, tap int) {
					y[(n*shape[1]+c/cg*og+o)*py+to] += x.x[(n*x.shape[1]+c)*px+from] * w.x[(c*og+o)*taps+tap]
				})
			}
		}
	}
	return y
}

func pool64(x tensor64, shape, kernel, strides, dilations, pads []int, f func(w []float64, inside, padded int) float64) []float64 {
	px, py := graph.Len(x.shape[2:]), graph.Len(shape[2:])
	y := make([]float64, graph.Len(shape))
	for p := range shape[0] * shape[1] {
		seen := make([][]float64, py)
		windows64(x.shape[2:], shape[2:], kernel, strides, dilations, pads, func(to, from, _ int) {
			seen[to] = append(seen[to], x.x[p*px+from])
		})
		walk64(shape[2:], func(i int, at []int) {
			padded := 1
			for a, k := range kernel {
				n := 0
				for j := range k {
					if at[a]*strides[a]+j*dilations[a] < pads[a]+x.shape[2+a]+pads[len(kernel)+a] {
						n++
					}
				}
				padded *= n
			}
			y[p*py+i] = f(seen[i], len(seen[i]), padded)
		})
	}
	return y
}
