package train

import "github.com/quantscope/quantscope/quant/graph"

// on is a rule for operators of type T.
func on[T graph.Op](f func(l *local, op T) ([]graph.ValueID, error)) rule {
	return func(l *local) ([]graph.ValueID, error) { return f(l, l.n.Op.(T)) }
}

// table lists the gradients, by operator.
func table() map[string]rule {
	rules := map[string]rule{
		"Add": add, "Sub": sub, "Mul": mul, "Div": div, "Pow": pow, "Max": extreme, "Min": extreme,

		"Conv": on(conv), "ConvTranspose": on(convTranspose), "Gemm": on(gemm), "MatMul": matMul,
		"BatchNormalization": on(batchNorm), "LayerNormalization": on(layerNorm), "InstanceNormalization": on(instanceNorm), "Softmax": on(softmax),
		"LRN": on(localNorm),

		"ReduceSum": reduceSum, "ReduceMean": reduceMean, "ReduceMax": reduceExtreme, "ReduceMin": reduceExtreme, "GlobalAveragePool": globalAverage,
		"AveragePool": on(averagePool), "MaxPool": on(maxPool), "GlobalMaxPool": globalMax,

		"Reshape": reshape, "Transpose": on(transpose), "Concat": on(concat), "Slice": on(slice), "Split": on(split), "Pad": on(pad), "Expand": expand,
		"Gather": on(gather), "Resize": resize, "DepthToSpace": on(depthToSpace), "SpaceToDepth": on(spaceToDepth),

		"Where": where, "TopK": on(topK), "GatherIndexed": on(taken), "GatherElements": on(taken), "GatherND": on(taken),
		"ScatterElements": on(func(l *local, op graph.ScatterElements) ([]graph.ValueID, error) {
			return written(l, op, op.Reduction, graph.GatherElements{Axis: op.Axis})
		}),
		"ScatterND": on(func(l *local, op graph.ScatterND) ([]graph.ValueID, error) {
			return written(l, op, op.Reduction, graph.GatherND{})
		}),

		"FakeQuantize": on(fakeQuantize), "PRelu": prelu,
		"Relu": on(func(l *local, _ graph.Relu) ([]graph.ValueID, error) {
			return clamped(l, graph.Within{Lo: 0, Hi: infinite(1)})
		}),
		"Clip": on(func(l *local, op graph.Clip) ([]graph.ValueID, error) { return clamped(l, graph.Within(op)) }),
	}
	for name, f := range derivatives() {
		rules[name] = elementwise(f)
	}
	return rules
}
