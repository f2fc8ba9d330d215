package refine

import (
	"hash/maphash"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// Known is what recipes for one float network can take from each other, where the same items calibrate, or the same come
// first.
type Known struct {
	Means   Means
	Rounded *Rounded
	Watch   Watch // of what one recipe learns
}

// NewKnown knows nothing yet.
func NewKnown() Known { return Known{Means: Means{}, Rounded: &Rounded{}} }

// Memory is what is known of float networks where items calibrate that begin with the same. The zero Memory knows nothing.
type Memory struct {
	seed  maphash.Seed
	known map[uint64]Known // by fingerprint of the network
}

// mostNetworks bounds the networks that a Memory knows something of: the file's, and with its channels scaled.
const mostNetworks = 2

// Of is what is known of g, which is nothing at first; a nil Memory remembers nothing.
func (m *Memory) Of(g *graph.Graph) Known {
	if m == nil {
		return NewKnown()
	}
	if m.known == nil {
		m.seed, m.known = maphash.MakeSeed(), map[uint64]Known{}
	}
	key := graph.Fingerprint(g, m.seed)
	known, ok := m.known[key]
	if !ok {
		if len(m.known) == mostNetworks {
			clear(m.known)
		}
		known = NewKnown()
		m.known[key] = known
	}
	return known
}

// Rounded is what GPTQ has made of weights, and of what their layers are given, which is most of its work.
type Rounded struct {
	weights  map[roundedOf][]float32
	inverses map[givenOf][]*triangle // of each block of inputs and each group, one after the other
	bytes    int
}

// givenOf is the weight of the layer that reads, and over how many items.
type givenOf struct {
	weight string
	items  int
}

// roundedOf is also the weight's quantizer and its numbers.
type roundedOf struct {
	givenOf
	quantizer string
}

// mostRounded bounds the bytes of a Rounded: all is forgotten before it would have more.
const mostRounded = 96 << 20

// room makes room for so many bytes, and tells whether there can be.
func (r *Rounded) room(bytes int) bool {
	if bytes > mostRounded {
		return false
	}
	if r.weights == nil || r.bytes+bytes > mostRounded {
		*r = Rounded{weights: map[roundedOf][]float32{}, inverses: map[givenOf][]*triangle{}}
	}
	r.bytes += bytes
	return true
}

func (r *Rounded) addWeights(of roundedOf, x []float32) {
	if r.room(4 * len(x)) {
		r.weights[of] = slices.Clone(x)
	}
}

func (r *Rounded) addInverses(of givenOf, list []*triangle) {
	bytes := 0
	for _, u := range list {
		bytes += 8 * len(u.x)
	}
	if r.room(bytes) {
		r.inverses[of] = list
	}
}
