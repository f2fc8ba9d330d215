package train

import (
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// batchNorm is y = (x - mean)·r·scale + bias with r = 1/√(var + ε); that of ownNorm has a gradient of its own.
func batchNorm(l *local, op graph.BatchNormalization) ([]graph.ValueID, error) {
	x, scale, mean := l.in(0), l.in(1), l.in(3)
	r := l.over(1, l.unary(graph.Sqrt{}, l.plus(l.in(4), op.Epsilon)))
	channels := l.others(x, 1)
	sum := func(v graph.ValueID) graph.ValueID { return l.sum(v, false, channels...) }
	dBias, dScale := graph.None, graph.None // each made once
	bias := func() graph.ValueID {
		if dBias == graph.None {
			dBias = sum(l.g())
		}
		return dBias
	}
	slope := func() graph.ValueID { // dy·(x - mean)·r
		if dScale == graph.None {
			dScale = l.mul(sum(l.mul(l.g(), l.sub(x, l.along(mean, x, 1)))), r)
		}
		return dScale
	}
	return l.each(
		func() graph.ValueID { return l.mul(l.g(), l.along(l.mul(scale, r), x, 1)) },
		slope, bias,
		func() graph.ValueID { return l.times(l.mul(l.mul(scale, r), bias()), -1) },
		func() graph.ValueID { return l.times(l.mul(l.mul(scale, l.mul(r, r)), slope()), -0.5) })
}

// ownNorm is the gradient of a batch normalisation of in[0] by its own statistics, which are in[3] and in[4].
func ownNorm(op graph.BatchNormalization, in []graph.ValueID) Block {
	return Block{Inputs: in[:3], grad: func(l *local) ([]graph.ValueID, error) {
		name := func(what string) string { return l.Name(l.at + "/" + what) }
		return l.Apply(graph.BatchNormalizationGradient{Of: op}, l.NodeName(l.at+"/gradient"), []graph.ValueID{l.g(), in[0], in[1], in[3], in[4]},
			[]string{name("gradient"), name("scale"), name("bias")})
	}}
}

// standard is x̂ = (x - mean)·r over axes, and gives the gradient of x from that of x̂:
// r·(dx̂ - mean(dx̂) - x̂·mean(dx̂·x̂)).
func (l *local) standard(x graph.ValueID, epsilon float32, axes []int) (hat graph.ValueID, back func(graph.ValueID) graph.ValueID) {
	centered := l.sub(x, l.mean(x, true, axes...))
	variance := l.mean(l.mul(centered, centered), true, axes...)
	r := l.over(1, l.unary(graph.Sqrt{}, l.plus(variance, epsilon)))
	hat = l.mul(centered, r)
	return hat, func(d graph.ValueID) graph.ValueID {
		d1 := l.sub(d, l.mean(d, true, axes...))
		return l.mul(l.sub(d1, l.mul(hat, l.mean(l.mul(d, hat), true, axes...))), r)
	}
}

func layerNorm(l *local, op graph.LayerNormalization) ([]graph.ValueID, error) {
	x, scale := l.in(0), l.in(1)
	var axes []int
	for a := op.Axis; a < len(l.shape(x)); a++ {
		axes = append(axes, a)
	}
	hat, back := l.standard(x, op.Epsilon, axes)
	return l.each(
		func() graph.ValueID { return back(l.mul(l.g(), scale)) },
		func() graph.ValueID { return l.sumTo(l.mul(l.g(), hat), l.shape(scale)) },
		func() graph.ValueID { return l.sumTo(l.g(), l.shape(l.in(2))) })
}

func instanceNorm(l *local, op graph.InstanceNormalization) ([]graph.ValueID, error) {
	x, scale := l.in(0), l.in(1)
	var axes []int
	for a := 2; a < len(l.shape(x)); a++ {
		axes = append(axes, a)
	}
	hat, back := l.standard(x, op.Epsilon, axes)
	channels := slices.Concat([]int{0}, axes)
	return l.each(
		func() graph.ValueID { return back(l.mul(l.g(), l.along(scale, x, 1))) },
		func() graph.ValueID { return l.sum(l.mul(l.g(), hat), false, channels...) },
		func() graph.ValueID { return l.sum(l.g(), false, channels...) })
}

// softmax is y·(dy - Σ dy·y).
func softmax(l *local, op graph.Softmax) ([]graph.ValueID, error) {
	y := l.out()
	return l.each(func() graph.ValueID {
		return l.mul(y, l.sub(l.g(), l.sum(l.mul(l.g(), y), true, op.Axis)))
	})
}
