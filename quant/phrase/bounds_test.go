package phrase

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
)

func TestBounds(t *testing.T) {
	long := inspect.Sum{Name: "a", Terms: 9, Low: -1200, High: 1000, Bits: 12, Channel: 3, Input: make([]byte, 9)}
	for _, c := range []struct {
		b    inspect.Bounds
		want string
	}{
		{inspect.Bounds{}, "No layer runs on integers"},
		{inspect.Bounds{Sums: []inspect.Sum{long}}, "no accumulator of the 1 layer on integers needs more than 12 of 32 bits."},
		{inspect.Bounds{Sums: []inspect.Sum{{Bits: 34, Overflow: 2}}}, "2 channels may exceed 32 bits"},
		{inspect.Bounds{Sums: []inspect.Sum{{Bits: 20, SevenBits: true}}}, "7-bit weights"},
	} {
		if got := Bounds(c.b); !strings.Contains(got, c.want) {
			t.Errorf("%q, want %q in it", got, c.want)
		}
	}
	if got := Sum(long); !strings.Contains(got, "12 bits, in channel 3, over 9 products") || !strings.HasSuffix(got, "0 …") {
		t.Error(got)
	}
}
