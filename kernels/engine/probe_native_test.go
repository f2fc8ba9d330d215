//go:build !js

package engine

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
)

// What a runtime computes where nothing else than the reading of the second operand and saturation
// matter is what its probe says.
func TestProbe(t *testing.T) {
	for name, h := range map[string]host{"default": native(), "wazero": wazeroHost{}} {
		dot := probe(h)
		t.Logf("%s: %v", name, dot)
		m, err := h.compile(probeModule(), 1, false)
		if err != nil {
			if dot != call.DotI16 {
				t.Errorf("%s: %v, but there is no such instruction: %v", name, dot, err)
			}
			continue
		}
		exports, err := m.instance()
		if err != nil {
			t.Fatal(err)
		}
		product := func(a, b byte) int32 { // of four equal pairs
			record := m.memory()[:probeRecord]
			copy(record, bytes.Repeat([]byte{a}, 16))
			copy(record[16:], bytes.Repeat([]byte{b}, 16))
			copy(record[32:], make([]byte, 16))
			if _, err := exports("run")(1); err != nil {
				t.Fatal(err)
			}
			return int32(binary.LittleEndian.Uint32(record[48:]))
		}
		small, large, low := product(1, 200), product(127, 255), product(128, 128)
		unsigned := small == 4*200 && large == 4*127*255 && low == -4*128*128
		signed := small == -4*56 && large == -4*127 && low == 4*128*128
		if (dot == call.DotU8) != unsigned || (dot == call.DotS8) != signed {
			t.Errorf("%s: %v, but 1·200, 127·255 and 128·128 give %d, %d and %d", name, dot, small, large, low)
		}
		m.close()
		h.close()
	}
}
