package lower

import (
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// Weights that another node computes, as those of a network in training, are packed while running, by copies.

// axis is one dimension of the rows of a matrix to pack: its length and its byte stride in the source.
type axis struct{ n, stride int }

// packAtRunTime emits the copies that bring a matrix [K,N] and its bias into the layout of f32.PackB.
// columns says where element (0, 0) is and how far apart columns are; rows are the dimensions that
// make up K, outermost first. bias is the address of N floats, or 0.
func (l *lowerer) packAtRunTime(k, n int, bias uint32, columns operand, rows ...axis) uint32 {
	to := l.temp(elem * f32.PackedLen(k, n))
	l.pack(to, k, n, bias, columns, rows...)
	return to
}

// pack is packAtRunTime to an address.
func (l *lowerer) pack(to uint32, k, n int, bias uint32, columns operand, rows ...axis) {
	const width = 8 // columns of a panel, see f32.PackB
	const row = elem * width
	panel := row * (k + 1)
	if panels := f32.PackedLen(k, n) * elem / panel; n%width == 0 && bias == 0 { // all but the biases is written
		l.emit(f32.Fill{Y: to, Shape: []int{panels, width}, YStrides: []int{panel, elem}}.Call())
	} else if n%width != 0 || bias == 0 {
		l.emit(f32.Fill{Y: to, Shape: []int{f32.PackedLen(k, n)}, YStrides: []int{elem}}.Call())
	}
	step := columns.strides[0]
	pack := func(dst, src, bias uint32, panels, cols int) {
		if panels == 0 || cols == 0 {
			return
		}
		if bias != 0 {
			l.copy(dst, []int{panel, elem}, bias, []int{row, elem}, []int{panels, cols})
		}
		if k == 0 {
			return
		}
		shape, from, at := []int{panels}, []int{width * step}, []int{panel}
		stride := row * k
		for _, r := range rows {
			stride /= r.n
			shape, from, at = append(shape, r.n), append(from, r.stride), append(at, stride)
		}
		l.copy(dst+row, append(at, elem), src, append(from, step), append(shape, cols))
	}
	full := n / width
	pack(to, columns.at, bias, full, width)
	if bias != 0 {
		bias += uint32(row * full)
	}
	pack(to+uint32(full*panel), columns.at+uint32(full*width*step), bias, 1, n%width)
}

// biasAt is the address of part of the bias of step s, 0 if it has none.
func (l *lowerer) biasAt(s *plan.Step, at int) uint32 {
	if len(s.Inputs) < 3 || s.Inputs[2] == graph.None {
		return 0
	}
	return l.at(s.Inputs[2]) + uint32(elem*at)
}

// packConv is the packed weights of group g of a convolution: constants that fill writes, or copies.
func (l *lowerer) packConv(s *plan.Step, k, g, og, cg int, fill func(dst []float32)) uint32 {
	if !l.weightsRun(s) {
		return l.shared(l.packing(s, "windows", g), f32.PackedLen(k, og), fill)
	}
	w := l.lay(s.Inputs[1]) // [O][C/group][kH][kW], channels last
	return l.packAtRunTime(k, og, l.biasAt(s, g*og), operand{l.at(s.Inputs[1]) + uint32(g*og*w.Stride[0]), w.Stride[:1]},
		axis{w.Shape[2], w.Stride[2]}, axis{w.Shape[3], w.Stride[3]}, axis{cg, w.Stride[1]})
}

// packDepthwise emits the copies that bring weights of one kernel a channel into the layout of f32.PackDW: strides are
// those of rows, columns and channels of the [kh][kw][c] at from.
func (l *lowerer) packDepthwise(s *plan.Step, from uint32, strides []int, kh, kw, c int) uint32 {
	to := l.temp(elem * f32.PackedDWLen(kh, kw, c))
	if bias := l.biasAt(s, 0); bias != 0 {
		l.copy(to, []int{elem}, bias, []int{elem}, []int{c})
	} else {
		l.emit(f32.Fill{Y: to, Shape: []int{c}, YStrides: []int{elem}}.Call())
	}
	l.copy(to+uint32(elem*c), []int{elem * c * kw, elem * c, elem}, from, strides, []int{kh, kw, c})
	return to
}
