package f32

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/walk"
)

// Reduction is what Reduce does to the elements it reduces.
type Reduction int

// Sum and mean are ref.Sum and ref.Mean; greatest and least let NaN win.
const (
	ReduceSum Reduction = iota
	ReduceMean
	ReduceMax
	ReduceMin
)

// Reduce reduces the dimensions of X listed in Axes: GlobalAveragePool, ReduceMean and its kin.
//
// Bits of sum and mean: the reduced dimensions nest as in ref.Sum, the one with the greatest stride
// outermost; the innermost is summed in lanes where it is contiguous and no dimension that is kept
// is contiguous in both X and Y.
type Reduce struct {
	Op                 Reduction
	X, Y               uint32
	Shape              []int             // of X, in any order; at most 4 dimensions reduced, at most 5 kept
	XStrides, YStrides []int             // bytes, as many as Shape; YStrides of reduced dimensions do not matter
	Axes               []int             // indices of Shape
	Epilogue           []call.EpilogueOp // over rows of Y, which must be whole pixels
}

// reduceLevels is the number of nested sums; those that are not needed run once.
const reduceLevels = 4

// Call is the kernel call. Its units are the rows of Y: a contiguous dimension, or single elements.
func (r Reduce) Call() call.Call {
	var kept, keptX, keptY []int
	var levels [][2]int // elements, stride
	count := 1
	for i, n := range r.Shape {
		if !slices.Contains(r.Axes, i) {
			kept, keptX, keptY = append(kept, n), append(keptX, r.XStrides[i]), append(keptY, r.YStrides[i])
			continue
		}
		count *= n
		if n != 1 {
			levels = append(levels, [2]int{n, r.XStrides[i]})
		}
	}
	if len(levels) > reduceLevels {
		panic("f32: more reduced dimensions than Reduce has levels")
	}
	slices.SortStableFunc(levels, func(a, b [2]int) int { return walk.Abs(b[1]) - walk.Abs(a[1]) })
	w := walk.New(kept, keptY, keptX)
	n, _ := w.Inner(contiguous)
	row := n == 1 && len(levels) > 0 && levels[len(levels)-1][1] == 4
	fields := reduceArgs[uint32]{N: uint32(n), Divisor: math.Float32bits(1)}
	for i := range fields.Levels {
		fields.Levels[i].N = 1
	}
	for i, l := range levels {
		fields.Levels[reduceLevels-len(levels)+i] = reduceLevel[uint32]{uint32(l[0]), uint32(l[1])}
	}
	if r.Op == ReduceMean {
		fields.Divisor = math.Float32bits(float32(count))
	}
	args := append(w.Words(r.Y, r.X), kernel.Words(fields)...)
	return call.Call{Kernel: r.kernel(row), Units: w.Units(), Args: args, Epilogue: r.Epilogue}
}

// reduceArgs are the arguments of the kernels behind their walk: floats of a row of Y, the nested sums with the
// outermost first, and what the sum is divided by.
type reduceArgs[W any] struct {
	N        W
	Levels   [reduceLevels]reduceLevel[W]
	Divisor  W
	Epilogue kernel.Tail
}

// reduceLevel is how many elements there are and the bytes from one to the next.
type reduceLevel[W any] struct{ N, Stride W }

func (r Reduce) kernel(row bool) call.ID {
	byOp := [...]call.ID{ReduceSum: call.F32ReduceSum, ReduceMean: call.F32ReduceSum, ReduceMax: call.F32ReduceMax, ReduceMin: call.F32ReduceMin}
	if row {
		byOp = [...]call.ID{ReduceSum: call.F32RowSum, ReduceMean: call.F32RowSum, ReduceMax: call.F32RowMax, ReduceMin: call.F32RowMin}
	}
	return byOp[r.Op]
}
