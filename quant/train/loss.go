package train

import "github.com/quantscope/quantscope/quant/graph"

// CrossEntropy appends the mean over a batch of -Σ t·log softmax(x), a scalar. logits and target are [N,K], each
// row of target adds up to 1: a label as 1 among zeros, or what a teacher says. With smoothing ε a target is
// (1-ε)·t + ε/K.
func CrossEntropy(b *graph.Builder, blocks Blocks, logits, target graph.ValueID, smoothing float32) graph.ValueID {
	e := emit{Builder: b, at: "loss"}
	if smoothing != 0 {
		target = e.plus(e.times(target, 1-smoothing), smoothing/float32(e.shape(logits)[1]))
	}
	shifted := e.sub(logits, e.op("max", graph.ReduceMax{Axes: []int{1}, KeepDims: true}, logits))
	norm := e.unary(graph.Log{}, e.sum(e.unary(graph.Exp{}, shifted), true, 1))
	n := float32(e.shape(logits)[0])
	loss := e.times(e.sum(e.mul(target, e.sub(shifted, norm)), false, 0, 1), -1/n)
	blocks[loss] = Block{Inputs: []graph.ValueID{logits}, grad: func(l *local) ([]graph.ValueID, error) {
		return l.each(func() graph.ValueID {
			return l.mul(l.times(l.sub(l.op("softmax", graph.Softmax{Axis: 1}, logits), target), 1/n), l.g())
		})
	}}
	return loss
}

// Distill appends the cross-entropy of logits with the answers of a teacher, both softened by a temperature,
// times its square, so that gradients keep their size (Hinton et al., arXiv 1503.02531).
func Distill(b *graph.Builder, blocks Blocks, logits, teacher graph.ValueID, temperature float32) graph.ValueID {
	e := emit{Builder: b, at: "distill"}
	target := e.op("softmax", graph.Softmax{Axis: 1}, e.times(teacher, 1/temperature))
	return e.times(CrossEntropy(b, blocks, e.times(logits, 1/temperature), target, 0), temperature*temperature)
}
