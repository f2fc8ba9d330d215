package refine

import (
	"context"
	"hash/maphash"
	"slices"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/recipe"
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
	seed   maphash.Seed
	known  map[uint64]Known // by fingerprint of the network
	scaled map[scaledOf]scaled
}

// scaledOf is all that Before makes a network of.
type scaledOf struct {
	network                 uint64
	exact, equalize, absorb bool
	items                   int
}

// scaled is what it has made, and what is to be said of it.
type scaled struct {
	graph *graph.Graph
	notes []string
}

// mostNetworks bounds the networks that a Memory knows something of: the file's, and with its channels scaled.
const mostNetworks = 2

// Of is what is known of g, which is nothing at first; a nil Memory remembers nothing.
func (m *Memory) Of(g *graph.Graph) Known {
	if m == nil {
		return NewKnown()
	}
	key := m.fingerprint(g)
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

// fingerprint of a network; the first one makes the memory ready.
func (m *Memory) fingerprint(g *graph.Graph) uint64 {
	if m.known == nil {
		m.seed, m.known, m.scaled = maphash.MakeSeed(), map[uint64]Known{}, map[scaledOf]scaled{}
	}
	return graph.Fingerprint(g, m.seed)
}

// Before is the package's, made once for what it depends on.
func (m *Memory) Before(ctx context.Context, g *graph.Graph, r recipe.Recipe, items calibrate.Items, workers int, progress func(done, total int)) (*graph.Graph, []string, error) {
	if m == nil || passesBefore(r.Refine) == 0 {
		return Before(ctx, g, r, items, workers, progress)
	}
	key := scaledOf{m.fingerprint(g), r.MQBenchExact, r.Refine.Equalize, r.Refine.Absorb, items.Len}
	if s, ok := m.scaled[key]; ok {
		return s.graph, s.notes, nil
	}
	made, notes, err := Before(ctx, g, r, items, workers, progress)
	if err != nil {
		return nil, nil, err
	}
	if len(m.scaled) == mostNetworks {
		clear(m.scaled)
	}
	m.scaled[key] = scaled{made, notes}
	return made, notes, nil
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
