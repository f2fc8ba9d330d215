package fakequant

import "github.com/quantscope/quantscope/quant/scheme"

// nnie is MQBench's NNIEFakeQuantize (spec §2.7): numbers of scheme.Log2, reaching to the greatest
// magnitude observed, MQBench's data_max. The zero point of Params is z, which has it rounded; the scale
// is that magnitude itself, which the chip's tools are told. Backward is the identity.
// [Q] MQBench leaves a value that lies on the edge of what becomes zero as it is; it becomes zero here
// in either reading, as it does on the chip. [Q] MQBench keeps the greatest magnitude that a moving average
// ever had, which is exact's; the sound reading has the average's last.
type nnie struct {
	params scheme.QParams
	exact  bool
	peak   float32 // the greatest magnitude so far
}

const nnieMost = 127

func newNNIE(c Config) FakeQuantizer {
	n := &nnie{params: start(c), exact: c.Exact}
	n.Load(n.params, nil, nil)
	return n
}

// Follow keeps the greatest magnitude.
func (n *nnie) Follow(lo, hi []float32) { n.peak = max(n.peak, -lo[0], hi[0]) }

func (n *nnie) Load(_ scheme.QParams, lo, hi []float32) {
	most := float32(1)
	if len(lo) > 0 {
		most = max(-lo[0], hi[0], scheme.Epsilon)
	}
	if n.exact {
		most = max(most, n.peak)
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
