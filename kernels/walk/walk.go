// Package walk is the loop nest that element-wise kernels of every family share: it merges dimensions,
// lays them out as words of a call, and emits the loop over its units.
package walk

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/asm"
)

// Dims is the number of nested loops of a walk; those that a call does not need run once.
const Dims = 6

// Bytes of the words of a walk with one, two and three operands; a kernel's own words follow them.
const (
	Bytes1 = 4 * (Dims + 1 + Dims)
	Bytes2 = Bytes1 + 4*(1+Dims)
	Bytes3 = Bytes2 + 4*(1+Dims)
)

// Walk is a loop nest over operands with byte strides, dimensions outermost first. Its units are the
// iterations of the nest: rows, whatever a kernel does at each.
type Walk struct {
	Shape   []int
	Strides [][]int // per operand, as long as shape
}

// New orders the dimensions by the stride of the first operand, greatest first, drops those of
// size 1 and merges neighbours that are evenly spaced in every operand. The order of dimensions does
// not matter to an element-wise kernel.
func New(shape []int, strides ...[]int) Walk {
	var order []int
	for i, n := range shape {
		if n != 1 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return Abs(strides[0][j]) - Abs(strides[0][i]) })
	w := Walk{Strides: make([][]int, len(strides))}
	for _, i := range order {
		last := len(w.Shape) - 1
		merge := last >= 0
		for k := range strides {
			merge = merge && w.Strides[k][last] == shape[i]*strides[k][i]
		}
		if merge {
			w.Shape[last] *= shape[i]
		} else {
			w.Shape = append(w.Shape, shape[i])
		}
		for k := range strides {
			if merge {
				w.Strides[k][last] = strides[k][i]
			} else {
				w.Strides[k] = append(w.Strides[k], strides[k][i])
			}
		}
	}
	return w
}

// Inner takes the innermost dimension off the walk, if ok says that its strides will do; otherwise
// it is one element, at every stride.
func (w *Walk) Inner(ok func(strides []int) bool) (n int, strides []int) {
	last := len(w.Shape) - 1
	strides = make([]int, len(w.Strides))
	if last < 0 {
		return 1, strides
	}
	for k := range w.Strides {
		strides[k] = w.Strides[k][last]
	}
	if !ok(strides) {
		return 1, make([]int, len(w.Strides))
	}
	n = w.Shape[last]
	w.Shape = w.Shape[:last]
	for k := range w.Strides {
		w.Strides[k] = w.Strides[k][:last]
	}
	return n, strides
}

// Push adds an innermost dimension.
func (w *Walk) Push(n int, strides ...int) {
	w.Shape = append(w.Shape, n)
	for k := range w.Strides {
		w.Strides[k] = append(w.Strides[k], strides[k])
	}
}

// Units is the number of iterations.
func (w *Walk) Units() uint32 {
	n := 1
	for _, d := range w.Shape {
		n *= d
	}
	return uint32(n)
}

// Words lays out Dims sizes, then per operand its base address and Dims strides.
func (w *Walk) Words(bases ...uint32) []uint32 {
	missing := Dims - len(w.Shape)
	if missing < 0 {
		panic("walk: more dimensions than a kernel walks")
	}
	words := make([]uint32, Dims, 64)
	for i := range words {
		words[i] = 1
		if i >= missing {
			words[i] = uint32(w.Shape[i-missing])
		}
	}
	for k, base := range bases {
		words = append(words, base)
		for i := range Dims {
			stride := 0
			if i >= missing {
				stride = w.Strides[k][i-missing]
			}
			words = append(words, uint32(stride))
		}
	}
	return words
}

// Emit emits the loop over units [from, to) of the walk whose words begin at args. Body finds
// the operands' addresses in p and the index of the innermost dimension in its argument, and leaves
// them as they are.
func Emit(f *asm.Func, args, from, to asm.I32Var, p []asm.I32Var, body func(inner asm.I32)) {
	size := func(d int) asm.I32 { return args.LoadI32(uint32(4 * d)) }
	stride := func(k, d int) asm.I32 {
		return args.LoadI32(uint32(4 * (Dims + k*(1+Dims) + 1 + d)))
	}
	var index [Dims]asm.I32Var
	for d := range index {
		index[d] = f.I32()
	}
	f.If(from.GeU(to.I32), func() { f.Return() }, nil)
	for k := range p {
		p[k].Set(args.LoadI32(uint32(4 * (Dims + k*(1+Dims)))))
	}
	rest := f.I32()
	rest.Set(from.I32)
	for d := Dims - 1; d >= 0; d-- {
		index[d].Set(rest.RemU(size(d)))
		rest.Set(rest.DivU(size(d)))
		for k := range p {
			p[k].Set(p[k].Add(index[d].Mul(stride(k, d))))
		}
	}
	var step func(d int)
	step = func(d int) {
		index[d].Set(index[d].AddC(1))
		for k := range p {
			p[k].Set(p[k].Add(stride(k, d)))
		}
		if d == 0 {
			return
		}
		f.If(index[d].Eq(size(d)), func() {
			index[d].Set(asm.ConstI32(0))
			for k := range p {
				p[k].Set(p[k].Sub(size(d).Mul(stride(k, d))))
			}
			step(d - 1)
		}, nil)
	}
	rest.Set(to.Sub(from.I32))
	f.Loop(func(again asm.Label) {
		body(index[Dims-1].I32)
		step(Dims - 1)
		f.BrIf(again, rest.Tee(rest.AddC(-1)))
	})
}

// Abs is the magnitude of a stride.
func Abs(x int) int { return max(x, -x) }
