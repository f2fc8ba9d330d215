package evidence

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/quant/merkle"
)

// Whatever the pieces, and whoever hashes them, the digest is that of the whole.
func TestLeaf(t *testing.T) {
	r := rand.New(rand.NewPCG(91, 92))
	for _, bytes := range []int{0, 1, 63, 64, 1000, 1 << 20, 17 << 20} {
		item := make([]byte, bytes)
		for i := 0; i < bytes; i += 8 {
			copy(item[i:], binary.LittleEndian.AppendUint64(nil, r.Uint64()))
		}
		l := newLeaf()
		for rest := item; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(max(bytes/3, 1)))
			l.Write(rest[:n])
			rest = rest[n:]
		}
		if got, want := l.digest(), merkle.Leaf(item); got != want {
			t.Errorf("%d bytes: %x, want %x", bytes, got, want)
		}
	}
}
