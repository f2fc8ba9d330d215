package engine

import (
	"testing"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/chromium"
)

// What Chromium computes for the probe is judged as single products say, in which nothing can
// saturate: where the probe finds a reading, 1·200 is 200 or −56.
func TestProbeInChromium(t *testing.T) {
	m := asm.NewModule()
	m.OwnMemory(1)
	f := m.Func("run", asm.Signature{})
	f.StoreI32x4(asm.ConstI32(0), 0, asm.ConstI32(1).SplatI32x4().I8x16().RelaxedDotAdd(asm.ConstI32(200).SplatI32x4().I8x16(), asm.ConstI32(0).SplatI32x4()))
	m.Export("run", f)
	var dots []call.Dot
	for _, tier := range []chromium.Tier{chromium.Baseline, chromium.Optimized} {
		got := chromium.Do(t, tier, [][]byte{probeModule(), m.Bytes()}, []chromium.Run{
			{Module: 0, Memory: probeInput(), Args: []uint32{probeVectors}}, {Module: 1, Memory: make([]byte, 4)},
		})
		if got[0] == nil {
			t.Skip("this Chromium has no relaxed SIMD")
		}
		dot := judge(got[0])
		if got[1][0] != 200 || dot == call.DotU8 && got[1][1] != 0 || dot == call.DotS8 && int8(got[1][1]) != -1 {
			t.Errorf("%v, but 1·200 has the bytes %v", dot, got[1])
		}
		dots = append(dots, dot)
	}
	t.Log(dots[0])
	if dots[0] != dots[1] {
		t.Errorf("%v before the code is optimized, %v after", dots[0], dots[1])
	}
}
