package fakequant

import "github.com/quantscope/quantscope/quant/scheme"

// nnie is MQBench's NNIEFakeQuantize (spec §2.7): numbers of scheme.Log2, reaching to the greatest
// magnitude observed, MQBench's data_max. The zero point of Params is z, which has it rounded; the scale
// is that magnitude itself, which the chip's tools are told. Backward is the identity.
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
	n.params = scheme.QParams{
		Scale: []float32{most}, ZeroPoint: []int32{scheme.LogZero(most)},
		QMin: -nnieMost, QMax: nnieMost, Axis: -1, Grid: scheme.Log2,
	}
}

func (n *nnie) Params() scheme.QParams { return n.params }

func (n *nnie) Forward(y, x []float32, shape []int) {
	n.params.FakeQuantize(y, x, shape, scheme.PyTorch)
}

func (n *nnie) Backward(dx, dy, _ []float32, _ []int) { copy(dx, dy) }
