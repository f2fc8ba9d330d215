package exec_test

import (
	"math"

	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/scheme"
)

// layer gives the sums of a convolution or product that runs on integers, nil for other nodes: quantized
// input, constant weights of at most 8 bits, one group or one for each channel, one zero point of weights
// unless each channel has its own group.
func (r *reference) layer(n graph.Node) *sums {
	if len(n.Inputs) < 2 || r.of[n.Inputs[0]] == nil || r.g.Values[n.Inputs[1]].Const == nil {
		return nil
	}
	p := r.weightQuant(n.Inputs[1])
	if p == nil || p.QMax-p.QMin > 255 || len(n.Inputs) > 2 && r.g.Values[n.Inputs[2]].Const == nil {
		return nil
	}
	in, out := r.g.Values[n.Inputs[0]].Shape, r.g.Values[n.Outputs[0]].Shape
	oneZero := true
	for _, z := range p.ZeroPoint {
		oneZero = oneZero && z == p.ZeroPoint[0]
	}
	s := &sums{lo: float32(math.Inf(-1)), hi: float32(math.Inf(1)), per: 1}
	w := r.weightCodes(n.Inputs[1], p)
	x, zx := r.values[n.Inputs[0]].codes, r.of[n.Inputs[0]].Params.ZeroPoint[0]
	channels := out[len(out)-1]
	switch op := n.Op.(type) {
	case graph.Conv:
		depthwise := op.Group > 1 && op.Group == in[1] && op.Group == out[1]
		if op.Group > 1 && !depthwise || op.Group == 1 && !oneZero {
			return nil
		}
		s.per, channels = out[2]*out[3], out[1]
		s.fresh = true
		s.acc = convolve(op, x, zx, in, w, out)
	case graph.Gemm:
		if op.TransA || op.Alpha != 1 || op.Beta != 1 || !oneZero {
			return nil
		}
		s.acc = multiply(x, zx, w, in[1], out[1], op.TransB)
	case graph.MatMul:
		shape := r.g.Values[n.Inputs[1]].Shape
		if len(shape) != 2 || r.plan.Order(n.Inputs[0]) == plan.ChannelsLast || r.plan.Order(n.Outputs[0]) == plan.ChannelsLast || !oneZero {
			return nil
		}
		s.acc = multiply(x, zx, w, shape[0], shape[1], false)
	default:
		return nil
	}
	for c := range channels {
		s.m = append(s.m, r.of[n.Inputs[0]].Params.Scale[0]*p.Scale[c%len(p.Scale)])
		if len(n.Inputs) > 2 && n.Inputs[2] != graph.None {
			b := r.g.Values[n.Inputs[2]].Const.F
			s.bias = append(s.bias, b[c%len(b)])
		}
		s.zeros = append(s.zeros, r.zeros(n.Inputs[1], w, channels, c))
	}
	return s
}

// weightCodes are the codes of a constant, less their zero points.
func (r *reference) weightCodes(v graph.ValueID, p *scheme.QParams) []int32 {
	c := r.g.Values[v].Const
	w := make([]int32, len(c.F))
	for _, q := range r.quants {
		if q.Value == v {
			p.Quantize(w, c.F, c.Shape, q.Rule)
		}
	}
	if p.Axis < 0 {
		for i := range w {
			w[i] -= p.ZeroPoint[0]
		}
		return w
	}
	for c, run := range scheme.Channels(c.Shape, p.Axis) {
		for i := run.From; i < run.To; i++ {
			w[i] -= p.ZeroPoint[c]
		}
	}
	return w
}

// zeros tells whether all the weights of a channel are zero; channels are rows, or columns of a matrix.
func (r *reference) zeros(v graph.ValueID, w []int32, channels, c int) bool {
	rows := r.g.Values[v].Shape[0] == channels
	for i := range w {
		if at := i % channels; rows && i/(len(w)/channels) == c && w[i] != 0 || !rows && at == c && w[i] != 0 {
			return false
		}
	}
	return true
}

// convolve is Σ (x-zx)·w over the taps inside the image: padding is the zero point.
func convolve(op graph.Conv, x []int32, zx int32, in []int, w []int32, out []int) []int32 {
	perIn, perOut := in[1]/op.Group, out[1]/op.Group
	var acc []int32
	for i := range out[0] {
		for o := range out[1] {
			for oy := range out[2] {
				for ox := range out[3] {
					sum := int32(0)
					for c := range perIn {
						for ky := range op.Kernel[0] {
							for kx := range op.Kernel[1] {
								y, x0 := oy*op.Strides[0]+ky*op.Dilations[0]-op.Pads[0], ox*op.Strides[1]+kx*op.Dilations[1]-op.Pads[1]
								if y < 0 || y >= in[2] || x0 < 0 || x0 >= in[3] {
									continue
								}
								ch := o/perOut*perIn + c
								sum += (x[((i*in[1]+ch)*in[2]+y)*in[3]+x0] - zx) * w[((o*perIn+c)*op.Kernel[0]+ky)*op.Kernel[1]+kx]
							}
						}
					}
					acc = append(acc, sum)
				}
			}
		}
	}
	return acc
}

// multiply is Σ (x-zx)·w of rows of k by a matrix of k×n, or n×k.
func multiply(x []int32, zx int32, w []int32, k, n int, transposed bool) []int32 {
	var acc []int32
	for row := 0; row < len(x); row += k {
		for j := range n {
			sum := int32(0)
			for i := range k {
				at := i*n + j
				if transposed {
					at = j*k + i
				}
				sum += (x[row+i] - zx) * w[at]
			}
			acc = append(acc, sum)
		}
	}
	return acc
}

// integers computes sum, product or mean of quantized values into a quantized value, clamps between them
// or not, nil for other nodes.
func (r *reference) integers(n graph.Node, in []tensor) []int32 {
	y, lo, hi := r.target(n.Outputs[0])
	if y == nil {
		return nil
	}
	var a, b *scheme.QParams
	for i, v := range n.Inputs {
		if v == graph.None || r.of[v] == nil || r.g.Values[v].Const != nil {
			return nil
		}
		if i == 0 {
			a = &r.of[v].Params
		} else {
			b = &r.of[v].Params
		}
	}
	switch op := n.Op.(type) {
	case graph.Add:
		return r.each(n, func(i, j int) int32 {
			sum := float32(float32(in[0].codes[i]-a.ZeroPoint[0])*a.Scale[0]) + float32(float32(in[1].codes[j]-b.ZeroPoint[0])*b.Scale[0])
			return round(sum/y.Params.Scale[0], y.Params.ZeroPoint[0], lo, hi)
		})
	case graph.Mul:
		m := a.Scale[0] * b.Scale[0] / y.Params.Scale[0]
		return r.each(n, func(i, j int) int32 {
			product := (in[0].codes[i] - a.ZeroPoint[0]) * (in[1].codes[j] - b.ZeroPoint[0])
			return round(float32(product)*m, y.Params.ZeroPoint[0], lo, hi)
		})
	case graph.AveragePool:
		return r.mean(n, in[0].codes, y.Params, lo, hi, op)
	case graph.GlobalAveragePool:
		shape := r.g.Values[n.Inputs[0]].Shape
		return r.mean(n, in[0].codes, y.Params, lo, hi, graph.AveragePool{Kernel: []int{shape[2], shape[3]}, Strides: []int{1, 1}, Dilations: []int{1, 1}, Pads: make([]int, 4)})
	}
	return nil
}

// each calls f with the index of the two operands of every element of n's output.
func (r *reference) each(n graph.Node, f func(i, j int) int32) []int32 {
	shape := r.g.Values[n.Outputs[0]].Shape
	operand := func(v graph.ValueID, at int) int {
		own := r.g.Values[v].Shape
		i, unit := 0, 1
		for d := len(shape) - 1; d >= 0; d-- {
			if k := d - (len(shape) - len(own)); k >= 0 {
				if own[k] > 1 {
					i += at % shape[d] * unit
				}
				unit *= own[k]
			}
			at /= shape[d]
		}
		return i
	}
	codes := make([]int32, graph.Len(shape))
	for at := range codes {
		codes[at] = f(operand(n.Inputs[0], at), operand(n.Inputs[1], at))
	}
	return codes
}

// mean is the int32 sum of each window, times sx/(sy·count).
func (r *reference) mean(n graph.Node, x []int32, y scheme.QParams, lo, hi int32, op graph.AveragePool) []int32 {
	in, out := r.g.Values[n.Inputs[0]].Shape, r.g.Values[n.Outputs[0]].Shape
	a := r.of[n.Inputs[0]].Params
	var codes []int32
	for i := range out[0] * out[1] {
		for oy := range out[2] {
			for ox := range out[3] {
				sum, inside, padded := int32(0), 0, 0
				for ky := range op.Kernel[0] {
					for kx := range op.Kernel[1] {
						py, px := oy*op.Strides[0]+ky*op.Dilations[0]-op.Pads[0], ox*op.Strides[1]+kx*op.Dilations[1]-op.Pads[1]
						if py < in[2]+op.Pads[2] && px < in[3]+op.Pads[3] {
							padded++
						}
						if py >= 0 && py < in[2] && px >= 0 && px < in[3] {
							inside++
							sum += x[(i*in[2]+py)*in[3]+px] - a.ZeroPoint[0]
						}
					}
				}
				count := inside
				if op.IncludePad {
					count = padded
				}
				m := a.Scale[0] / float32(y.Scale[0]*float32(count))
				codes = append(codes, round(float32(sum)*m, y.ZeroPoint[0], lo, hi))
			}
		}
	}
	return codes
}
