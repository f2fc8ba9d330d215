//go:build !js

package engine

import "github.com/quantscope/quantscope/kernels/call"

// ProbeDot finds how this machine multiplies bytes: DotU8 or DotS8 where the runtime has the relaxed
// dot product and it reads its second operand so, exactly; otherwise DotI16.
func ProbeDot() call.Dot { return probe(native()) }

func probe(h host) call.Dot {
	defer h.close()
	m, err := h.compile(probeModule(), pages(probeVectors*probeRecord), false)
	if err != nil {
		return call.DotI16 // a runtime without the instruction
	}
	defer m.close()
	exports, err := m.instance()
	if err != nil {
		return call.DotI16
	}
	records := m.memory()[:probeVectors*probeRecord]
	copy(records, probeInput())
	if _, err := exports("run")(probeVectors); err != nil {
		return call.DotI16
	}
	return judge(records)
}
