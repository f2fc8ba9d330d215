package standalone

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// A digest goes over numbers, h ← (h xor number)·mix, h ← h xor h>>15: both are one to one, so that of two memories that
// differ in one number the digests always do. It is for accidents, not for adversaries.
const (
	mix = 0x9e3779b1
	nan = 0x7fc00000 // stands for every NaN: which of them a float run leaves is the host's choice
)

// region is where numbers lie: bytes, or floats of four.
type region struct {
	at    uint32
	width uint32
	dims  []dim // the outermost first
}

// dim is so many places, stride bytes apart.
type dim struct{ n, stride uint32 }

// list is a region without gaps.
func list(at uint32, n, width int) region {
	return region{at, uint32(width), []dim{{uint32(n), uint32(width)}}}
}

// placed is the region of a value's elements in the order in which they lie in memory, in as few dimensions as they take:
// what lies between them is nobody's.
func placed(at uint32, l plan.Layout) region {
	if graph.Len(l.Shape) == 0 {
		return list(at, 0, l.Width)
	}
	var dims []dim
	for i, n := range l.Shape {
		if n > 1 {
			dims = append(dims, dim{uint32(n), uint32(l.Stride[i])})
		}
	}
	slices.SortFunc(dims, func(a, b dim) int { return cmp.Compare(b.stride, a.stride) })
	r := list(at+uint32(l.Offset), 1, l.Width)
	for _, d := range slices.Backward(dims) {
		switch inner := &r.dims[0]; {
		case inner.n == 1:
			*inner = d
		case inner.n*inner.stride == d.stride:
			inner.n *= d.n
		default:
			r.dims = slices.Insert(r.dims, 0, d)
		}
	}
	return r
}

// extent is how many bytes there are from the first number to the end of the last.
func (r region) extent() uint32 {
	end := r.width
	for _, d := range r.dims {
		if d.n == 0 {
			return 0
		}
		end += (d.n - 1) * d.stride
	}
	return end
}

// digest goes on from h over the region, whose extent is in memory.
func (r region) digest(h uint32, memory []byte) uint32 {
	d := r.dims[0]
	inner := region{width: r.width, dims: r.dims[1:]}
	for ; d.n > 0; d.n-- {
		switch {
		case len(r.dims) > 1:
			h = inner.digest(h, memory)
		case r.width == 1:
			h = add(h, uint32(memory[0]))
		default:
			h = add(h, float(binary.LittleEndian.Uint32(memory)))
		}
		memory = memory[min(int(d.stride), len(memory)):] // behind the last number there may be less
	}
	return h
}

func add(h, number uint32) uint32 {
	h = (h ^ number) * mix
	return h ^ h>>15
}

func float(bits uint32) uint32 {
	if x := math.Float32frombits(bits); x != x {
		return nan
	}
	return bits
}

// words are the region in the memory of a module: address, width, dimensions, and these.
func (r region) words() []uint32 {
	w := []uint32{r.at, r.width, uint32(len(r.dims))}
	for _, d := range r.dims {
		w = append(w, d.n, d.stride)
	}
	return w
}

// fixed is the bytes of a region without its dimensions, and each the bytes of one.
const fixed, each = 12, 8

// emitDigest emits a function of h, address, dimensions, how many there are, and width that gives the digest.
func emitDigest(m *asm.Module) *asm.Func {
	i32 := asm.TypeI32
	f := m.Func("digest", asm.Signature{Params: []asm.Type{i32, i32, i32, i32, i32}, Results: []asm.Type{i32}})
	h, at, dims, rank, width := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.ParamI32(4)
	i, n, stride, x := f.I32(), f.I32(), f.I32(), f.F32()
	n.Set(dims.LoadI32(0))
	stride.Set(dims.LoadI32(4))
	loop := func(each func()) {
		f.For(i, asm.ConstI32(0), n.I32, 1, func() {
			each()
			at.Set(at.Add(stride.I32))
		})
	}
	add := func(number asm.I32) {
		h.Set(h.Xor(number).Mul(asm.ConstU32(mix)))
		h.Set(h.Xor(h.ShrUC(15)))
	}
	f.If(rank.GtU(asm.ConstI32(1)), func() {
		loop(func() { h.Set(asm.CallI32(f, h, at, dims.AddC(each), rank.SubC(1), width)) })
	}, func() {
		f.If(width.Eq(asm.ConstI32(1)), func() {
			loop(func() { add(at.LoadI8U(0)) })
		}, func() {
			loop(func() {
				x.Set(at.LoadF32(0))
				add(x.I32Bits().Select(asm.ConstU32(nan), x.Eq(x.F32)))
			})
		})
	})
	f.Push(h.I32)
	return f
}
