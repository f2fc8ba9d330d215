package exec

import (
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
	"github.com/quantscope/quantscope/quant/graph"
)

// integerLookup runs a chain of element-wise operators from codes to codes as a table of 256 entries:
// what the float arithmetic gives for each code.
func (l *lowerer) integerLookup(s *step, n graph.Node) bool {
	var fs []func(float32) float32
	for i, k := range s.chain {
		op := n.Op
		if k.node >= 0 {
			op = l.g.Nodes[k.node].Op
		}
		f, ok := scalar(op)
		if !ok || i < len(s.chain)-1 && l.plan.tapped[k.value] {
			return false
		}
		fs = append(fs, f)
	}
	x, y := n.Inputs[0], s.out()
	in, out := l.plan.layouts[x], l.plan.layouts[y]
	l.emit(q8.Lookup{X: l.at(x), Y: l.at(y), Shape: out.shape, XStrides: in.stride, YStrides: out.stride, Table: l.codeTable(x, y, fs)}.Call())
	return true
}

// codeTable is the table from the codes of x to those of y by the functions fs.
func (l *lowerer) codeTable(x, y graph.ValueID, fs []func(float32) float32) uint32 {
	p, q := l.plan.codes[x].Params, l.plan.codes[y]
	zero, _, _ := stored(p, l.cfg.Dot)
	_, lo, hi := stored(q.Params, l.cfg.Dot)
	shift := lo - q.Params.QMin
	return l.raw(256, func(dst []byte) {
		code := make([]int32, 1)
		for i := range dst {
			c := int32(i)
			if l.cfg.Dot.Signed() {
				c = int32(int8(i))
			}
			v := float32(c-zero) * p.Scale[0]
			for _, f := range fs {
				v = f(v)
			}
			q.Params.Quantize(code, []float32{v}, []int{1}, q.Rule)
			dst[i] = byte(min(max(code[0]+shift, lo), hi))
		}
	})
}

// scalar is the function of an operator that maps single numbers, as its kernel computes it.
func scalar(op graph.Op) (func(float32) float32, bool) {
	switch op := op.(type) {
	case graph.Relu:
		return func(x float32) float32 { return max(x, 0) }, true
	case graph.Clip:
		return func(x float32) float32 { return min(max(x, op.Lo), op.Hi) }, true
	case graph.LeakyRelu:
		return func(x float32) float32 {
			if x < 0 {
				return op.Alpha * x
			}
			return x
		}, true
	case graph.Sigmoid:
		return ref.Sigmoid, true
	case graph.SiLU:
		return ref.SiLU, true
	case graph.HardSigmoid:
		return func(x float32) float32 { return ref.HardSigmoid(x, op.Alpha, op.Beta) }, true
	case graph.HardSwish:
		return ref.HardSwish, true
	case graph.Tanh:
		return ref.Tanh, true
	}
	return nil, false
}
