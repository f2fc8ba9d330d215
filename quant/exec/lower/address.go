package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// lay is how v lies.
func (l *lowerer) lay(v graph.ValueID) plan.Layout {
	if i, ok := l.images[v]; ok {
		return i.layout
	}
	return l.plan.Layouts[v]
}

// at is the address of element (0, …, 0) of v. A constant, and what holds a parameter, is laid out among the
// constants when first asked for.
func (l *lowerer) at(v graph.ValueID) uint32 {
	if i, ok := l.images[v]; ok {
		return i.at
	}
	lay := l.lay(v)
	resident := l.plan.Resident(v)
	if l.g.Values[v].Const == nil && !resident {
		return l.base + uint32(l.plan.Buffers[lay.Buffer].Addr+lay.Offset)
	}
	a, ok := l.values[v]
	if !ok {
		a = l.constant(lay.Size()/elem, func(dst []float32) {
			if !resident {
				Scatter(dst, lay, l.plan.Numbers(v))
			} else if c := l.plan.Initial[v]; c != nil {
				Scatter(dst, lay, plan.Floats(c))
			}
		})
		l.values[v] = a
	}
	return a + uint32(lay.Offset)
}

// strides are the byte strides of v broadcast to shape: 0 along dimensions it does not have.
func (l *lowerer) strides(v graph.ValueID, shape []int) []int {
	lay := l.lay(v)
	strides := make([]int, len(shape))
	for i := 1; i <= len(lay.Shape); i++ {
		if lay.Shape[len(lay.Shape)-i] > 1 {
			strides[len(shape)-i] = lay.Stride[len(lay.Shape)-i]
		}
	}
	return strides
}

// operand is where the elements of one side of a binary operation lie, broadcast to the result.
type operand struct {
	at      uint32
	strides []int // bytes
}

// of is v as it lies.
func (l *lowerer) of(v graph.ValueID) operand { return operand{l.at(v), l.lay(v).Stride} }

// broadcast is v, broadcast to shape.
func (l *lowerer) broadcast(v graph.ValueID, shape []int) operand {
	return operand{l.at(v), l.strides(v, shape)}
}

// scalar is one number, repeated to a tensor of any shape of this rank.
func (l *lowerer) scalar(x float32, rank int) operand {
	return operand{l.constant(1, func(dst []float32) { dst[0] = x }), make([]int, rank)}
}

// along is a vector (or a single number) that runs along one axis of a tensor of this rank.
func (l *lowerer) along(v graph.ValueID, axis, rank int) operand {
	o := operand{l.at(v), make([]int, rank)}
	if graph.Len(l.lay(v).Shape) > 1 {
		o.strides[axis] = elem
	}
	return o
}

// clearHalo sets the pixels around v, which may lie where another value was, to zero: for codes that is
// the zero point.
func (l *lowerer) clearHalo(v graph.ValueID) {
	lay := l.lay(v)
	if !lay.Haloed() || !lay.Whole() { // around a part of a concatenation, the concatenation does it
		return
	}
	start := l.at(v) - uint32(lay.Offset)
	n, h := lay.Shape[0], lay.Shape[2]
	image, row, pixel := lay.Stride[0], lay.Stride[2], lay.Stride[3]
	fill := func(at, rows, bytes int) { // of every image
		if rows > 0 && bytes > 0 {
			c := l.zeros(v, start+uint32(at), []int{n, rows, bytes / lay.Width}, []int{image, row, lay.Width})
			c.Along = len(l.calls) > l.first // what the step computes and the zeros around it do not meet
			l.emit(c)
		}
	}
	fill(0, 1, lay.Halo[0]*row)
	fill((lay.Halo[0]+h)*row, 1, lay.Halo[2]*row)
	// The right edge of a row and the left edge of the next are one stretch.
	fill(lay.Halo[0]*row, 1, lay.Halo[1]*pixel)
	fill(lay.Halo[0]*row+row-lay.Halo[3]*pixel, h-1, (lay.Halo[3]+lay.Halo[1])*pixel)
	fill((lay.Halo[0]+h)*row-lay.Halo[3]*pixel, 1, lay.Halo[3]*pixel)
}

// zeros sets a block of v's elements to what stands for zero.
func (l *lowerer) zeros(v graph.ValueID, at uint32, shape, strides []int) call.Call {
	if l.lay(v).Width == elem {
		return f32.Fill{Y: at, Shape: shape, YStrides: strides}.Call()
	}
	zero, _, _ := Stored(l.plan.Codes[v].Params, l.cfg.Dot)
	return q8.Fill{Y: at, Shape: shape, YStrides: strides, Value: byte(zero)}.Call()
}
