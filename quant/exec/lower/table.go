package lower

import (
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/quant/exec/plan"
	"github.com/quantscope/quantscope/quant/graph"
)

// row is an operator: what a plan has to know of it, and what it emits.
type row struct {
	plan.Operator
	float    emitter                                        // on floats; nil if it runs in epilogues only
	integer  emitter                                        // on codes; nil if Integers is NoIntegers
	volume   emitter                                        // on floats over three axes of space; nil if it has none
	epilogue func(l *lowerer, n graph.Node) call.EpilogueOp // in place, on values just made; nil if it cannot
	fits     func(p *plan.Plan, n graph.Node) bool          // whether node n does; nil if each does
}

// emitter emits the calls of step s, whose operator is op.
type emitter func(l *lowerer, s *plan.Step, op graph.Op)

// on is an emitter for operators of type T.
func on[T graph.Op](f func(l *lowerer, s *plan.Step, op T)) emitter {
	return func(l *lowerer, s *plan.Step, op graph.Op) { f(l, s, op.(T)) }
}

// fitsEpilogue reports whether node n, whose operator is r, may run in place on values just made.
func (r row) fitsEpilogue(p *plan.Plan, n graph.Node) bool {
	return r.epilogue != nil && (r.fits == nil || r.fits(p, n))
}

// Operators tells a plan what it has to know of operators.
func Operators() plan.Operators {
	rows := table()
	return func(op graph.Op) plan.Operator {
		r := rows[op.Type()]
		o := r.Operator
		o.Epilogue, o.Floats = r.fitsEpilogue, r.float != nil
		if o.Integers == plan.Move && !graph.Selects(op) { // in this mode it computes
			o.Integers = plan.NoIntegers
		}
		if space(op) > 2 { // see volume.go
			o.Integers, o.Layer, o.Halo, o.Floats = plan.NoIntegers, nil, nil, r.volume != nil
			if _, ok := op.(graph.ConvTranspose); ok { // whose scalar twin reads the weights as they are
				o.Folds = false
			}
		}
		return o
	}
}

// table lists the operators that run on the kernels, by name. Functions of single numbers are in functions.go.
func table() map[string]row {
	return trigonometry(functions(map[string]row{
		"Conv":          {Operator: plan.Operator{Images: true, Integers: plan.Layer, Layer: convWeights, Halo: convHalo, Method: convMethod, Folds: true, Refuses: convRefuses}, float: on(conv), integer: on(integerConv), volume: on(convVolume)},
		"ConvTranspose": {Operator: plan.Operator{Images: true, Halo: transposeHalo, Folds: true}, float: on(convTranspose), volume: onTwin},
		"ConvGradient":  {Operator: plan.Operator{Images: true, Halo: convGradientHalo, Method: convGradientMethod}, float: on(convGradient)},
		"Gemm":          {Operator: plan.Operator{Rearranges: true, Integers: plan.Layer, Layer: gemmWeights}, float: on(gemm), integer: integerGemm},
		"MatMul":        {Operator: plan.Operator{Rearranges: true, Integers: plan.Layer, Layer: gemmWeights}, float: on(matMul), integer: integerGemm},

		"Add": {Operator: plan.Operator{Integers: plan.Sum}, float: arithmetic(call.F32Add), integer: integerBinary},
		"Sub": {float: arithmetic(call.F32Sub)},
		"Mul": {Operator: plan.Operator{Integers: plan.Sum}, float: arithmetic(call.F32Mul), integer: integerBinary},
		"Div": {float: arithmetic(call.F32Div)},
		"Pow": {float: on(pow)},
		"Max": {float: arithmetic(call.F32Max)},
		"Min": {float: arithmetic(call.F32Min)},
		"And": {float: arithmetic(call.F32Min)},
		"Or":  {float: arithmetic(call.F32Max)},
		"Xor": {float: unequal},

		"Equal":          {float: arithmetic(call.F32Equal)},
		"Less":           {float: arithmetic(call.F32Less)},
		"LessOrEqual":    {float: arithmetic(call.F32LessOrEqual)},
		"Greater":        {float: swapped(call.F32Less)},
		"GreaterOrEqual": {float: swapped(call.F32LessOrEqual)},
		"Where":          {float: choose},

		"MaxPool":           {Operator: plan.Operator{Images: true, Integers: plan.Move}, float: on(maxPool), integer: on(integerMaxPool), volume: on(maxPoolVolume)},
		"MaxPoolGradient":   {Operator: plan.Operator{Images: true}, float: on(maxPoolGradient)},
		"AveragePool":       {Operator: plan.Operator{Images: true, Integers: plan.Sum}, float: on(averagePool), integer: on(integerAverage), volume: on(averagePoolVolume)},
		"GlobalAveragePool": {Operator: plan.Operator{Images: true, Integers: plan.Sum}, float: on(globalAverage), integer: on(integerGlobalAverage)},
		"GlobalMaxPool":     {Operator: plan.Operator{Images: true, Integers: plan.Move}, float: on(globalMax), integer: on(integerGlobalMax)},
		"ReduceMean":        {float: on(reduceMean)},
		"ReduceSum":         {float: on(reduceSum)},
		"ReduceMax":         {float: on(reduceMax)},
		"ReduceMin":         {float: on(reduceMin)},
		"Softmax":           {float: on(softmax)},

		"Concat":    {Operator: plan.Operator{Integers: plan.Move}, float: on(concat), integer: on(concat)},
		"Reshape":   {Operator: plan.Operator{Rearranges: true, Integers: plan.Move}, float: on(reshape), integer: moved(reshape)},
		"Transpose": {Operator: plan.Operator{Rearranges: true, Integers: plan.Move}, float: on(transpose), integer: moved(transpose)},
		"Slice":     {Operator: plan.Operator{Integers: plan.Move}, float: on(slice), integer: moved(slice)},
		"Split":     {Operator: plan.Operator{Integers: plan.Move}, float: on(split), integer: on(split)},
		"Pad":       {Operator: plan.Operator{Integers: plan.Move}, float: on(pad), integer: on(pad)},
		"Expand":    {Operator: plan.Operator{Integers: plan.Move}, float: on(expand), integer: moved(expand)},
		"Gather":    {Operator: plan.Operator{Integers: plan.Move}, float: on(take), integer: moved(take)},
		"TopK":      {float: on(topK)},
		"ArgMax":    {float: on(arg)},
		"ArgMin":    {float: on(arg)},

		"GatherIndexed":   {float: taken},
		"GatherElements":  {float: taken},
		"GatherND":        {float: taken},
		"ScatterElements": {float: written},
		"ScatterND":       {float: written},

		"BitShift":       {float: onTwin},
		"BitwiseAnd":     {float: onTwin},
		"BitwiseNot":     {float: onTwin},
		"BitwiseOr":      {float: onTwin},
		"BitwiseXor":     {float: onTwin},
		"Det":            {float: onTwin},
		"GridSample":     {float: onTwin},
		"MaxPoolIndices": {float: onTwin},
		"MaxUnpool":      {float: onTwin},
		"RoiAlign":       {float: onTwin},

		"LSTM": {float: on(recurrent)},
		"GRU":  {float: on(recurrent)},
		"RNN":  {float: on(recurrent)},

		"DepthToSpace": {Operator: plan.Operator{Images: true, Integers: plan.Move}, float: on(depthToSpace), integer: moved(depthToSpace)},
		"SpaceToDepth": {Operator: plan.Operator{Images: true, Integers: plan.Move}, float: on(spaceToDepth), integer: moved(spaceToDepth)},
		"Resize":       {Operator: plan.Operator{Images: true, Integers: plan.Move}, float: resizes, integer: moved(resize)},

		"BatchNormalization":          {Operator: plan.Operator{Quick: true}, float: on(norm), epilogue: normOp, fits: normFits},
		"BatchStatistics":             {float: on(batchStatistics)},
		"BatchNormalizationGradient":  {float: on(batchNormGradient)},
		"InstanceNormalization":       {Operator: plan.Operator{Images: true}, float: on(instanceNorm)},
		"LayerNormalization":          {float: on(layerNorm)},
		"LRN":                         {Operator: plan.Operator{Images: true}, float: on(lrn)},
		"PRelu":                       {Operator: plan.Operator{Quick: true}, float: on(prelu), epilogue: preluOp, fits: preluFits},
		"QuantizeLinear":              {Operator: plan.Operator{Quick: true}, float: on(quantize), epilogue: quantizeOp, fits: oneScale},
		"FakeQuantize":                {float: on(copied)},
		"LearnedFakeQuantize":         {float: on(learnedFakeQuantize)},
		"LearnedFakeQuantizeGradient": {float: on(learnedGradient)},
		"DequantizeLinear":            {Operator: plan.Operator{Quick: true}, float: on(dequantize), epilogue: dequantizeOp, fits: oneScale},
	}))
}

// Forms tells by name which operators run, and how each can run on integers. Others are spelled out in these when a
// network is read, or are gone by the time that it runs.
func Forms() map[string]plan.Integers {
	forms := map[string]plan.Integers{}
	for name, r := range table() {
		forms[name] = r.Integers
	}
	return forms
}
