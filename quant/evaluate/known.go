package evaluate

import (
	"hash/maphash"
	"sync"

	"github.com/quantscope/quantscope/quant/graph"
)

// Known is what float networks make of one list of evaluation items, for recipes that come next: outputs of the float
// network do not depend on how it is quantized. The zero Known knows nothing.
type Known struct {
	mu       sync.Mutex
	seed     maphash.Seed
	networks map[uint64]floats // by fingerprint
	bytes    int               // of all outputs
}

// floats are the answers of one float network, by item.
type floats map[int]floatAnswer

// floatAnswer is what Answers has of a float run.
type floatAnswer struct {
	outputs [][]float32
	finite  bool
}

// mostKnown bounds the bytes of outputs: those of 16,000 items with a thousand classes. What came first stays, since every
// recipe goes from the first item to the last.
const mostKnown = 64 << 20

// of is what is known of g, which is nothing at first.
func (k *Known) of(g *graph.Graph) floats {
	if k.networks == nil {
		k.seed, k.networks = maphash.MakeSeed(), map[uint64]floats{}
	}
	key := graph.Fingerprint(g, k.seed)
	if k.networks[key] == nil {
		k.networks[key] = floats{}
	}
	return k.networks[key]
}

// answer is that of f to item i.
func (k *Known) answer(f floats, i int) (floatAnswer, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := f[i]
	return a, ok
}

// keep takes an answer of f if there is room.
func (k *Known) keep(f floats, i int, a floatAnswer) {
	n := 0
	for _, x := range a.outputs {
		n += floatBytes * len(x)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := f[i]; !ok && k.bytes+n <= mostKnown {
		f[i] = a
		k.bytes += n
	}
}
