package engine

import (
	"encoding/binary"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
)

// Every reading that machines are known to have is told from the others: the second operand
// unsigned or signed, sums of two products saturated to 16 bits (x86 without VNNI), the sum of all
// saturated, and the operands the other way round.
func TestJudge(t *testing.T) {
	saturate := func(x int32, bits int) int32 { return max(min(x, 1<<(bits-1)-1), -1<<(bits-1)) }
	u8 := func(b byte) int32 { return int32(b) }
	s8 := func(b byte) int32 { return int32(int8(b)) }
	for name, c := range map[string]struct {
		a, b func(byte) int32
		pair func(int32) int32
		want call.Dot
	}{
		"u8":            {s8, u8, func(x int32) int32 { return x }, call.DotU8},
		"s8":            {s8, s8, func(x int32) int32 { return x }, call.DotS8},
		"saturating u8": {s8, u8, func(x int32) int32 { return saturate(x, 16) }, call.DotI16},
		"saturating s8": {s8, s8, func(x int32) int32 { return saturate(x, 16) }, call.DotI16},
		"first u8":      {u8, s8, func(x int32) int32 { return x }, call.DotI16},
		"seven bits":    {s8, func(b byte) int32 { return int32(b & 127) }, func(x int32) int32 { return x }, call.DotI16},
	} {
		records := probeInput()
		for r := records; len(r) > 0; r = r[probeRecord:] {
			for lane := range 4 {
				sum := int32(binary.LittleEndian.Uint32(r[32+4*lane:]))
				for i := 4 * lane; i < 4*lane+4; i += 2 {
					sum += c.pair(c.a(r[i])*c.b(r[16+i]) + c.a(r[i+1])*c.b(r[16+i+1]))
				}
				binary.LittleEndian.PutUint32(r[48+4*lane:], uint32(sum))
			}
		}
		if got := judge(records); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
