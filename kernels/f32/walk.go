package f32

import (
	"slices"

	"github.com/quantscope/quantscope/kernels/asm"
)

// walkDims is the number of nested loops of a walk; those that a call does not need run once.
const walkDims = 6

// Bytes of the words of a walk with one, two and three operands; a kernel's own words follow them.
const (
	walk1Bytes = 4 * (walkDims + 1 + walkDims)
	walk2Bytes = walk1Bytes + 4*(1+walkDims)
	walk3Bytes = walk2Bytes + 4*(1+walkDims)
)

// walk is a loop nest over operands with byte strides, dimensions outermost first. Its units are the
// iterations of the nest: rows, whatever a kernel does at each.
type walk struct {
	shape   []int
	strides [][]int // per operand, as long as shape
}

// newWalk orders the dimensions by the stride of the first operand, greatest first, drops those of
// size 1 and merges neighbours that are evenly spaced in every operand. The order of dimensions does
// not matter to an element-wise kernel.
func newWalk(shape []int, strides ...[]int) walk {
	var order []int
	for i, n := range shape {
		if n != 1 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return abs(strides[0][j]) - abs(strides[0][i]) })
	w := walk{strides: make([][]int, len(strides))}
	for _, i := range order {
		last := len(w.shape) - 1
		merge := last >= 0
		for k := range strides {
			merge = merge && w.strides[k][last] == shape[i]*strides[k][i]
		}
		if merge {
			w.shape[last] *= shape[i]
		} else {
			w.shape = append(w.shape, shape[i])
		}
		for k := range strides {
			if merge {
				w.strides[k][last] = strides[k][i]
			} else {
				w.strides[k] = append(w.strides[k], strides[k][i])
			}
		}
	}
	return w
}

// inner takes the innermost dimension off the walk, if ok says that its strides will do; otherwise
// it is one element, at every stride.
func (w *walk) inner(ok func(strides []int) bool) (n int, strides []int) {
	last := len(w.shape) - 1
	strides = make([]int, len(w.strides))
	if last < 0 {
		return 1, strides
	}
	for k := range w.strides {
		strides[k] = w.strides[k][last]
	}
	if !ok(strides) {
		return 1, make([]int, len(w.strides))
	}
	n = w.shape[last]
	w.shape = w.shape[:last]
	for k := range w.strides {
		w.strides[k] = w.strides[k][:last]
	}
	return n, strides
}

// push adds an innermost dimension.
func (w *walk) push(n int, strides ...int) {
	w.shape = append(w.shape, n)
	for k := range w.strides {
		w.strides[k] = append(w.strides[k], strides[k])
	}
}

// units is the number of iterations.
func (w *walk) units() uint32 {
	n := 1
	for _, d := range w.shape {
		n *= d
	}
	return uint32(n)
}

// words lays out walkDims sizes, then per operand its base address and walkDims strides.
func (w *walk) words(bases ...uint32) []uint32 {
	missing := walkDims - len(w.shape)
	if missing < 0 {
		panic("f32: more dimensions than a kernel walks")
	}
	words := make([]uint32, walkDims, 64)
	for i := range words {
		words[i] = 1
		if i >= missing {
			words[i] = uint32(w.shape[i-missing])
		}
	}
	for k, base := range bases {
		words = append(words, base)
		for i := range walkDims {
			stride := 0
			if i >= missing {
				stride = w.strides[k][i-missing]
			}
			words = append(words, uint32(stride))
		}
	}
	return words
}

// emitWalk emits the loop over units [from, to) of the walk whose words begin at args. Body finds
// the operands' addresses in p and the index of the innermost dimension in its argument, and leaves
// them as they are.
func emitWalk(f *asm.Func, args, from, to asm.I32Var, p []asm.I32Var, body func(inner asm.I32)) {
	size := func(d int) asm.I32 { return args.LoadI32(uint32(4 * d)) }
	stride := func(k, d int) asm.I32 {
		return args.LoadI32(uint32(4 * (walkDims + k*(1+walkDims) + 1 + d)))
	}
	var index [walkDims]asm.I32Var
	for d := range index {
		index[d] = f.I32()
	}
	f.If(from.GeU(to.I32), func() { f.Return() }, nil)
	for k := range p {
		p[k].Set(args.LoadI32(uint32(4 * (walkDims + k*(1+walkDims)))))
	}
	rest := f.I32()
	rest.Set(from.I32)
	for d := walkDims - 1; d >= 0; d-- {
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
		body(index[walkDims-1].I32)
		step(walkDims - 1)
		f.BrIf(again, rest.Tee(rest.AddC(-1)))
	})
}

func abs(x int) int { return max(x, -x) }
