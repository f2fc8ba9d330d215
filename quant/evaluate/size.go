package evaluate

import (
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/report"
)

const (
	floatBits  = 32
	floatBytes = 4
	zeroBytes  = 1 // a zero point, stored like the weight it belongs to
)

// Size adds up the constants that nodes read, each once.
func Size(c *calibrate.Calibrated) report.Size {
	var s report.Size
	seen := make([]bool, len(c.Graph.Values))
	for _, n := range c.Graph.Nodes {
		for _, v := range n.Inputs {
			if v == graph.None || seen[v] || c.Graph.Values[v].Const == nil {
				continue
			}
			seen[v] = true
			s.Float += floatBytes * int64(graph.Len(c.Graph.Values[v].Shape))
			s.Quantized += bytesOf(c, v)
		}
	}
	return s
}

// bytesOf is what constant v takes once quantized: its codes, packed, and a scale and zero point for
// each channel; four bytes an element if it stays float or is a bias, which becomes int32.
func bytesOf(c *calibrate.Calibrated, v graph.ValueID) int64 {
	n := int64(graph.Len(c.Graph.Values[v].Shape))
	q := quantizerOf(c, v)
	if q < 0 {
		return floatBytes * n
	}
	return BytesOfCodes(n, c.Quantizers[q].Scheme.Bits, len(c.Params[q].Scale))
}

// BytesOfCodes is what n codes of so many bits take, packed, and as many scales with their zero points.
func BytesOfCodes(n int64, bits, scales int) int64 {
	return (n*int64(bits)+7)/8 + (floatBytes+zeroBytes)*int64(scales)
}

// quantizerOf is the index of the quantizer of value v, or -1.
func quantizerOf(c *calibrate.Calibrated, v graph.ValueID) int {
	for i, q := range c.Quantizers {
		if q.Value == v {
			return i
		}
	}
	return -1
}
