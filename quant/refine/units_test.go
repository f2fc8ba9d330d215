package refine

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/graph"
	"github.com/quantscope/quantscope/quant/internal/network"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/prepare"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// plainParams are some numbers for every quantizer: units do not depend on them.
func plainParams(p *prepare.Prepared) *calibrate.Calibrated {
	c := &calibrate.Calibrated{Prepared: *p, Float: p.Graph}
	for _, q := range p.Quantizers {
		n := 1
		if q.Axis >= 0 {
			n = p.Graph.Values[q.Value].Shape[q.Axis]
		}
		c.Params = append(c.Params, scheme.QParams{Scale: slices.Repeat([]float32{1}, n), ZeroPoint: make([]int32, n), QMin: -8, QMax: 7, Axis: q.Axis})
	}
	return c
}

// plain is a name without what separates its words.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || r == '/' {
			return -1
		}
		return r
	}, s)
}

// The units are those that MQBench's own run visits; where it stops with an exception, ours go on, and in the end
// every weight is in one unit.
func TestUnitsAreMQBench(t *testing.T) {
	for _, m := range []struct{ golden, file string }{
		{"resnet20_cifar10", "resnet20_cifar10_bn"}, {"mobilenetv2", "mobilenetv2"}, {"squeezenet1_0", "squeezenet1_0"}, {"efficientnet_b0_cifar10", "efficientnet_b0_cifar10_bn"},
	} {
		var golden map[string]json.RawMessage
		if err := json.Unmarshal(shared.Read(t, "golden", "refine_ops", "units_"+m.golden+".json"), &golden); err != nil {
			t.Fatal(err)
		}
		g := network.Shared(t, m.file)
		r, err := recipe.Preset("config1")
		if err != nil {
			t.Fatal(err)
		}
		r.MQBenchExact = true
		p, err := prepare.Prepare(g, r)
		if err != nil {
			t.Fatal(err)
		}
		c := plainParams(p)
		for pattern, method := range map[string]string{"layer": recipe.AdaRound, "block": recipe.BRECQ} {
			t.Run(m.golden+"/"+pattern, func(t *testing.T) {
				var want struct {
					Error *string
					Units []struct {
						Inputs  []string
						Weights []string
						Learned []string `json:"learned_act_quantizers"`
						Start   string
						End     string
					}
				}
				if err := json.Unmarshal(golden[pattern], &want); err != nil {
					t.Fatal(err)
				}
				rc := newReconstruction(c, calibrate.Items{}, recipe.Rounding{Method: method}.Full(), 1)
				parts := rc.parts()
				quantizedGraph := c.Quantized(func(i int) bool { return !c.Quantizers[i].Weight }).Graph
				layers, in := 0, map[graph.ValueID]int{}
				for _, q := range c.Quantizers {
					if q.Weight {
						layers++
					}
				}
				for _, u := range parts {
					for _, v := range u.weights {
						in[v]++
					}
				}
				for v, n := range in {
					if n != 1 {
						t.Errorf("%s is in %d units", c.Graph.Values[v].Name, n)
					}
				}
				if len(in) != layers {
					t.Errorf("%d of %d weights are in units", len(in), layers)
				}
				name := map[graph.ValueID]string{}
				for _, q := range c.Quantizers {
					name[q.Value] = plainName(strings.TrimSuffix(q.Name, ".weight_fake_quant"))
				}
				for k, w := range want.Units {
					if k >= len(parts) {
						t.Fatalf("%d units, MQBench's %d", len(parts), len(want.Units))
					}
					u := parts[k]
					var weights []string
					for _, v := range u.weights {
						weights = append(weights, name[v])
					}
					var wantWeights []string
					for _, s := range w.Weights {
						wantWeights = append(wantWeights, plainName(s))
					}
					if !sameSet(weights, wantWeights) {
						t.Fatalf("unit %d has weights %v, MQBench's %v", k, weights, wantWeights)
					}
					// Activations are called by the nodes of a file, which are others than PyTorch's.
					quantized := func(list ...graph.ValueID) (n int) {
						for _, v := range list {
							if _, ok := name[v]; ok {
								n++
							}
						}
						return n
					}
					wantQuantized := func(list ...string) (n int) {
						for _, s := range list {
							if strings.HasSuffix(s, "_post_act_fake_quantizer") {
								n++
							}
						}
						return n
					}
					if len(u.inputs) != len(w.Inputs) || quantized(u.inputs...) != wantQuantized(w.Inputs...) {
						t.Errorf("unit %d has %d inputs, %d of them quantized, MQBench's %v", k, len(u.inputs), quantized(u.inputs...), w.Inputs)
					}
					if quantized(u.output) != wantQuantized(w.End) {
						t.Errorf("unit %d ends at %q, MQBench's at %s", k, name[u.output], w.End)
					}
					learned := 0
					for _, n := range u.nodes {
						if _, ok := quantizedGraph.Nodes[n].Op.(graph.FakeQuantize); ok {
							learned++
						}
					}
					if learned != len(w.Learned) {
						t.Errorf("unit %d has %d quantizers of activations, MQBench's %v", k, learned, w.Learned)
					}
				}
				if want.Error == nil && len(parts) != len(want.Units) {
					t.Errorf("%d units, MQBench's %d", len(parts), len(want.Units))
				}
			})
		}
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
