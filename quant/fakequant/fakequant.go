// Package fakequant holds the fake-quantizers (spec §2): what stands in a network for a quantizer,
// forward x̂ = (q − z)·s and backward by the straight-through estimator. A fake-quantizer takes an
// observer's scale and zero point; a learnable one may then change them. A further one is one file
// and one line in the table.
package fakequant

import (
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/scheme"
)

// Config is what a fake-quantizer is told about its place.
type Config struct {
	Symmetric bool
	Rule      scheme.Rule
}

// FakeQuantizer is one quantizer's state and arithmetic. Tensors are C order, shape matters only
// where the scale is per channel.
type FakeQuantizer interface {
	// Load takes what an observer found: MQBench's forward with the observer on.
	Load(p scheme.QParams)
	// Params are the numbers the forward pass uses: what is executed, exported and digested.
	Params() scheme.QParams
	// Forward gives y = x̂; y may be x.
	Forward(y, x []float32, shape []int)
	// Backward gives dx from the gradient dy of Forward(y, x), and adds to the gradients of what can
	// be learned.
	Backward(dx, dy, x []float32, shape []int)
}

var table = []struct {
	name string
	make func(Config) FakeQuantizer
}{
	{"fixed", newFixed},
	{"learnable", newLearnable},
}

// Names are the fake-quantizers there are, as a recipe writes them.
func Names() []string {
	names := make([]string, len(table))
	for i, t := range table {
		names[i] = t.name
	}
	return names
}

// New makes the named fake-quantizer, scale 1 and zero point 0 until Load. A name that is not in the
// table is an error that lists the table.
func New(name string, c Config) (FakeQuantizer, error) {
	for _, t := range table {
		if t.name == name {
			return t.make(c), nil
		}
	}
	return nil, fmt.Errorf("no fake-quantizer %q: there are %s", name, strings.Join(Names(), ", "))
}

// channels calls f for every run of elements that shares a scale.
func channels(p scheme.QParams, shape []int, n int, f func(c, from, to int)) {
	if p.Axis < 0 {
		f(0, 0, n)
		return
	}
	scheme.Channels(shape, p.Axis, f)
}
