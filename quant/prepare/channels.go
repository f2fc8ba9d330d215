package prepare

import (
	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/graph"
)

// channels is the axis of an activation along which its channels lie, -1 where it has none: the last for what a
// linear layer or LayerNorm reads or makes and for a constant, else the second. [Q] MQBench counts along axis 0,
// the batch, which no network can run with.
func (p placement) channels(v graph.ValueID) int {
	rank := len(p.graph.Values[v].Shape)
	last := p.graph.Values[v].Const != nil || lastChannels(p.made(v)) || p.lastAxis[v]
	switch {
	case last, rank < 2:
		return rank - 1
	}
	return 1
}

func lastChannels(k backend.Kind) bool {
	return k == backend.Linear || k == backend.LinearBn || k == backend.LayerNorm
}
