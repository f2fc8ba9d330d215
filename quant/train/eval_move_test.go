package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// What only moves, picks or weighs elements, in float64.

func resize64(op graph.Resize, t tensor64, shape []int) []float64 {
	y := make([]float64, graph.Len(shape))
	walk64(shape, func(i int, at []int) {
		from := slices.Clone(at)
		if op.Mode == graph.ResizeNearest {
			for a := range 2 {
				from[2+a] = op.Index(a, t.shape[2+a], at[2+a])
			}
			y[i] = t.x[t.index(from)]
			return
		}
		var near, part [2]float64
		for a := range 2 {
			x := math.Min(math.Max(float64(op.Source(a, t.shape[2+a], at[2+a])), 0), float64(t.shape[2+a]-1))
			near[a], part[a] = math.Modf(x)
		}
		for k := range 4 {
			weight := 1.0
			for a := range 2 {
				far := k >> a & 1
				from[2+a] = min(int(near[a])+far, t.shape[2+a]-1)
				weight *= math.Abs(float64(1-far) - part[a])
			}
			y[i] += weight * t.x[t.index(from)]
		}
	})
	return y
}

// move64 lets op move the places of elements.
func move64(op graph.Folder, in []tensor64) []float64 {
	var all []float64
	var places []*graph.Tensor
	for _, t := range in {
		p := &graph.Tensor{DType: graph.Int64, Shape: t.shape}
		for i := range t.x {
			p.I = append(p.I, int64(len(all)+i))
		}
		all, places = append(all, t.x...), append(places, p)
	}
	out, err := op.Fold(places)
	if err != nil {
		panic(fmt.Sprint(op.Type(), ": ", err))
	}
	y := make([]float64, len(out[0].I))
	for i, at := range out[0].I {
		y[i] = all[at]
	}
	return y
}

func blocks64(op graph.Op, t tensor64, shape []int) []float64 {
	y := make([]float64, len(t.x))
	out := tensor64{shape: shape}
	walk64(t.shape, func(i int, at []int) {
		var to []int
		switch op := op.(type) {
		case graph.SpaceToDepth:
			b := op.Block
			to = []int{at[0], (at[2]%b*b+at[3]%b)*t.shape[1] + at[1], at[2] / b, at[3] / b}
		case graph.DepthToSpace:
			b := op.Block
			c, k := at[1]%(t.shape[1]/b/b), at[1]/(t.shape[1]/b/b)
			if op.Inner {
				c, k = at[1]/b/b, at[1]%(b*b)
			}
			to = []int{at[0], c, at[2]*b + k/b, at[3]*b + k%b}
		}
		y[out.index(to)] = t.x[i]
	})
	return y
}

func pad64(t tensor64, op graph.Pad, shape []int) []float64 {
	y := slices.Repeat([]float64{float64(op.Value)}, graph.Len(shape))
	out := tensor64{shape: shape}
	walk64(t.shape, func(i int, at []int) {
		to := slices.Clone(at)
		for a := range to {
			to[a] += op.Before[a]
		}
		y[out.index(to)] = t.x[i]
	})
	return y
}

func top64(op graph.TopK, t tensor64) [][]float64 {
	x := &graph.Tensor{Shape: t.shape, F: narrow(t.x)}
	out, err := op.Fold([]*graph.Tensor{x})
	if err != nil {
		panic(err)
	}
	var places []float64
	for _, i := range out[1].I {
		places = append(places, float64(i))
	}
	axis := graph.GatherElements{Axis: op.Axis}
	return [][]float64{indexed64(axis, []tensor64{t, {out[1].Shape, places}}), places}
}

func indexed64(op graph.Indexer, in []tensor64) []float64 {
	index := &graph.Tensor{DType: graph.Int64, Shape: in[1].shape}
	for _, x := range in[1].x {
		index.I = append(index.I, int64(x))
	}
	var all []float64
	if s, ok := op.(graph.ScatterElements); ok && s.Reduction == graph.ReduceAdd {
		y, p := slices.Clone(in[0].x), op.Indexed(in[0].shape, in[1].shape)
		for u := range p.Units {
			at := p.At(u, narrow(in[1].x))
			for k := range p.Len {
				y[at+k] += in[2].x[u*p.Len+k]
			}
		}
		return y
	}
	tensors := []*graph.Tensor{nil, index}
	for k, t := range in {
		if k == 1 {
			continue
		}
		p := &graph.Tensor{DType: graph.Int64, Shape: t.shape}
		for i := range t.x {
			p.I = append(p.I, int64(len(all)+i))
		}
		all = append(all, t.x...)
		if k == 0 {
			tensors[0] = p
		} else {
			tensors = append(tensors, p)
		}
	}
	out, err := op.(graph.Folder).Fold(tensors)
	if err != nil {
		panic(err)
	}
	y := make([]float64, len(out[0].I))
	for i, at := range out[0].I {
		y[i] = all[at]
	}
	return y
}

func resample64(op graph.Resample, t tensor64, shape []int) []float64 {
	h, w := t.shape[2], t.shape[3]
	y := make([]float64, graph.Len(shape))
	row, column := make([]float32, h), make([]float32, w)
	walk64(shape, func(i int, at []int) {
		op.Weights(0, at[2], row)
		op.Weights(1, at[3], column)
		from := (at[0]*shape[1] + at[1]) * h * w
		for k, a := range row {
			for j, b := range column {
				y[i] += float64(a) * float64(b) * t.x[from+k*w+j]
			}
		}
	})
	return y
}
