package observer_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Vectors made by MQBench 00f477d, see ../shared/golden/README.md.
const ops = "../../../shared/golden/ops/"

type tensor struct {
	Off   int
	Shape []int
}

func (r tensor) read(blob []byte) []float32 {
	n := 1
	for _, d := range r.Shape {
		n *= d
	}
	x := make([]float32, n)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(blob[r.Off+4*i:]))
	}
	return x
}

type golden struct {
	Observer   string
	Bit        int
	Symmetry   bool
	PerChannel bool `json:"per_channel"`
	PoT        bool `json:"pot_scale"`
	Data       string
	Axis       int   `json:"ch_axis"`
	QuantMin   int32 `json:"quant_min"`
	Steps      []struct {
		Min       []float32 `json:"min_val"`
		Max       []float32 `json:"max_val"`
		Scale     []float32
		ZeroPoint []float32 `json:"zero_point"`
	}
}

// After each of three batches: range, scale and zero point, all bits of them. Fed item by item and
// as ranges, which must not matter.
func TestObserversEqualMQBench(t *testing.T) {
	var doc struct {
		Observers []json.RawMessage
		Inputs    map[string][]tensor `json:"observer_inputs"`
	}
	text, err := os.ReadFile(ops + "ops.json")
	if err != nil {
		t.Skip("../shared is absent: ", err)
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	blob, err := os.ReadFile(ops + "ops.bin")
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]string{"MinMaxObserver": "minmax", "EMAMinMaxObserver": "ema_minmax"}
	seen := map[string]int{}
	for i, raw := range doc.Observers {
		var name struct{ Observer string }
		if err := json.Unmarshal(raw, &name); err != nil {
			t.Fatal(err)
		}
		if ours[name.Observer] == "" {
			continue
		}
		var g golden
		if err := json.Unmarshal(raw, &g); err != nil {
			t.Fatal(err)
		}
		seen[g.Observer]++
		batches := doc.Inputs[g.Data]
		c := observer.Config{
			Scheme: scheme.QScheme{
				Bits: g.Bit, Symmetric: g.Symmetry, PerChannel: g.PerChannel, PoT: g.PoT,
				Narrow: g.QuantMin == -127,
			},
			Axis: g.Axis, Channels: 1, EMARatio: 0.9,
		}
		if g.PerChannel {
			c.Channels = batches[0].Shape[g.Axis]
		}
		whole, err := observer.New(ours[g.Observer], c)
		if err != nil {
			t.Fatal(err)
		}
		ranges, _ := observer.New(ours[g.Observer], c)
		for b, step := range g.Steps {
			x, shape := batches[b].read(blob), batches[b].Shape
			scheme.Channels(shape, max(g.Axis, 0), func(ch, from, to int) {
				if !g.PerChannel {
					ch = 0
				}
				whole.Observe(ch, x[from:to])
				ranges.ObserveRange(ch, slices.Min(x[from:to]), slices.Max(x[from:to]))
			})
			for _, o := range []observer.Observer{whole, ranges} {
				o.EndBatch()
				lo, hi := o.Range()
				p, err := o.Params()
				if err != nil {
					t.Fatal(err)
				}
				zero := make([]float32, len(p.ZeroPoint))
				for i, z := range p.ZeroPoint {
					zero[i] = float32(z)
				}
				if !slices.Equal(lo, step.Min) || !slices.Equal(hi, step.Max) || !slices.Equal(p.Scale, step.Scale) || !slices.Equal(zero, step.ZeroPoint) {
					t.Fatalf("vector %d (%s, %+v), batch %d:\ngot  %v %v %v\nwant %+v", i, g.Observer, c, b, lo, hi, p, step)
				}
			}
		}
	}
	if seen["MinMaxObserver"] < 24 || seen["EMAMinMaxObserver"] < 24 {
		t.Fatalf("vectors: %v", seen)
	}
}

func TestUnseenAndBroken(t *testing.T) {
	for _, name := range observer.Names() {
		o, err := observer.New(name, observer.Config{Scheme: scheme.QScheme{Bits: 8}, Axis: -1, Channels: 1, EMARatio: 0.9})
		if err != nil {
			t.Fatal(err)
		}
		o.EndBatch()
		if p, err := o.Params(); err != nil || p.Scale[0] != 1 || p.ZeroPoint[0] != 0 {
			t.Errorf("%s, nothing observed: %v, %v", name, p, err)
		}
		o.Observe(0, []float32{1, float32(math.NaN()), 2})
		o.EndBatch()
		o.Observe(0, []float32{1})
		o.EndBatch()
		if _, err := o.Params(); err == nil {
			t.Errorf("%s: a NaN went unnoticed", name)
		}
	}
	if _, err := observer.New("kld", observer.Config{}); err == nil {
		t.Error("unknown observer accepted")
	}
}
