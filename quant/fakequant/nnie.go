package fakequant

import "github.com/quantscope/quantscope/quant/scheme"

// nnie is MQBench's NNIEFakeQuantize (spec §2.7): numbers of scheme.Log2, reaching to the greatest
// magnitude observed. The zero point of Params is z; the scale, the least positive number, is for
// information. Backward is the identity.
// [Q] MQBench leaves a value that lies on the edge of what becomes zero as it is; it becomes zero here
// in either reading, as it does on the chip.
type nnie struct{ params scheme.QParams }

const nnieMost = 127

func newNNIE(c Config) FakeQuantizer {
	n := &nnie{start(c)}
	n.Load(n.params, nil, nil)
	return n
}

func (n *nnie) Load(_ scheme.QParams, lo, hi []float32) {
	most := float32(1)
	if len(lo) > 0 {
		most = max(-lo[0], hi[0], scheme.Epsilon)
	}
	z := scheme.LogZero(most)
	positive, _ := scheme.LogLimits(z)
	n.params = scheme.QParams{
		Scale: []float32{positive.Least}, ZeroPoint: []int32{z},
		QMin: -nnieMost, QMax: nnieMost, Axis: -1, Grid: scheme.Log2,
	}
}

func (n *nnie) Params() scheme.QParams { return n.params }

func (n *nnie) Forward(y, x []float32, shape []int) {
	n.params.FakeQuantize(y, x, shape, scheme.PyTorch)
}

func (n *nnie) Backward(dx, dy, _ []float32, _ []int) { copy(dx, dy) }
