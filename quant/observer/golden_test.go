package observer_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Vectors made by MQBench 00f477d and PyTorch 1.13, see ../shared/golden/README.md.

// reduction is how far a number may lie from MQBench's, relative, that is made of a sum over a tensor:
// PyTorch sums in float32 in an order of its own.
const reduction = 1e-5

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

// vectors is what ops.json has of observers.
type vectors struct {
	Observers []golden
	Torch     []golden            `json:"torch_observers"`
	Inputs    map[string][]tensor `json:"observer_inputs"`
	blob      []byte
}

type golden struct {
	Observer   string
	Args       map[string]string // of PyTorch's
	Bit        int
	Symmetry   bool
	PerChannel bool `json:"per_channel"`
	PoT        bool `json:"pot_scale"`
	Data       string
	Axis       int   `json:"ch_axis"`
	QuantMin   int32 `json:"quant_min"`
	QuantMax   int32 `json:"quant_max"`
	Error      string
	Steps      []goldenStep
}

type goldenStep struct {
	Min       []float32 `json:"min_val"`
	Max       []float32 `json:"max_val"`
	Scale     []float32
	ZeroPoint []float32 `json:"zero_point"`
	Bins      int       `json:"hist_bins"`
}

func load(t *testing.T) vectors {
	t.Helper()
	var v vectors
	text := shared.Read(t, "golden", "ops", "ops.json")
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	v.blob = shared.Read(t, "golden", "ops", "ops.bin")
	return v
}

// sums are the classes whose numbers come of sums over a tensor, equal within reduction. There are no
// other exceptions: all else is equal bit for bit, and where MQBench raises, so do we.
var sums = map[string]bool{"ClipStdObserver": true, "LSQObserver": true, "LSQPlusObserver": true, "HistogramObserver": true}

// After each of three batches: range, scale and zero point.
func TestObserversEqualMQBench(t *testing.T) {
	v := load(t)
	classes := map[string]string{}
	for _, k := range observer.Kinds() {
		if k.MQBench != "" {
			classes[k.MQBench] = k.Name
		}
	}
	seen := map[string]int{}
	for _, g := range v.Observers {
		s := scheme.QScheme{Bits: g.Bit, Symmetric: g.Symmetry, PerChannel: g.PerChannel, PoT: g.PoT, Narrow: g.QuantMin == -127}
		c := observer.Config{Scheme: s, Axis: g.Axis, EMARatio: 0.9}
		if g.Observer == "MinMaxFloorObserver" {
			c.Role = observer.Weight
		}
		check(t, v, classes[g.Observer], g, c, fmt.Sprintf("%s %d bits %s symmetric=%v axis=%d pot=%v", g.Observer, g.Bit, g.Data, g.Symmetry, g.Axis, g.PoT))
		seen[g.Observer]++
	}
	if len(seen) != 10 || len(v.Observers) < 228 {
		t.Fatalf("vectors: %v", seen)
	}
}

// PyTorch's own observers, with signed codes that have a zero point, unsigned ones that are symmetric,
// and 7 bits.
func TestObserversEqualPyTorch(t *testing.T) {
	v := load(t)
	names := map[string]string{
		"MinMaxObserver": "minmax", "PerChannelMinMaxObserver": "minmax", "HistogramObserver": "kld",
		"MovingAverageMinMaxObserver": "moving_average", "MovingAveragePerChannelMinMaxObserver": "moving_average",
	}
	for _, g := range v.Torch {
		s := scheme.QScheme{Bits: 8, Codes: scheme.Unsigned, Symmetric: strings.HasSuffix(g.Args["qscheme"], "symmetric")}
		if g.QuantMin < 0 {
			s.Codes = scheme.Signed
		}
		for int32(1)<<s.Bits > g.QuantMax-g.QuantMin+1 {
			s.Bits--
		}
		c := observer.Config{Scheme: s, Axis: -1}
		if axis := g.Args["ch_axis"]; axis != "" {
			c.Axis = int(axis[0] - '0')
		}
		c.Bins = g.Steps[0].Bins
		check(t, v, names[g.Observer], g, c, fmt.Sprintf("%s %s %d to %d %v", g.Observer, g.Data, g.QuantMin, g.QuantMax, g.Args))
	}
	if len(v.Torch) < 75 {
		t.Fatalf("only %d vectors", len(v.Torch))
	}
}

// check runs one vector item by item, as calibration does, and whole.
func check(t *testing.T, v vectors, name string, g golden, c observer.Config, title string) {
	t.Helper()
	c.Exact, c.Channels = true, 1
	shape := v.Inputs[g.Data][0].Shape
	if c.Axis >= 0 {
		c.Channels = shape[c.Axis]
	}
	o, err := observer.New(name, c)
	if err != nil {
		t.Fatal(err)
	}
	for b := range v.Inputs[g.Data] {
		feed(o, v.Inputs[g.Data][b].read(v.blob), shape, c.Axis)
		p, err := o.Params()
		if b == len(g.Steps) && g.Error != "" {
			if err == nil {
				t.Errorf("%s: batch %d gives %v, MQBench raises %s", title, b, p, g.Error)
			}
			return
		}
		if err != nil {
			t.Errorf("%s: batch %d: %v", title, b, err)
			return
		}
		if what := differs(o, p, g, g.Steps[b]); what != "" {
			t.Errorf("%s: batch %d: %s", title, b, what)
			return
		}
	}
}

// differs tells what is not as MQBench has it.
func differs(o observer.Observer, p scheme.QParams, g golden, want goldenStep) string {
	tolerance := 0.0
	if sums[g.Observer] {
		tolerance = reduction
	}
	lo, hi := o.Range()
	if len(want.Min) < len(lo) { // LSQPlus has one for all channels
		lo, hi = []float32{least(lo)}, []float32{-least(negative(hi))}
	}
	zero := make([]float32, len(p.ZeroPoint))
	for i, z := range p.ZeroPoint {
		zero[i] = float32(z)
	}
	for _, c := range []struct {
		what      string
		got, want []float32
	}{{"minimum", lo, want.Min}, {"maximum", hi, want.Max}, {"scale", p.Scale, want.Scale}, {"zero point", zero, want.ZeroPoint}} {
		if len(c.got) != len(c.want) {
			return fmt.Sprintf("%s: %v, want %v", c.what, c.got, c.want)
		}
		for i := range c.got {
			if d := math.Abs(float64(c.got[i]) - float64(c.want[i])); !(d <= tolerance*math.Abs(float64(c.want[i]))) {
				return fmt.Sprintf("%s: %v, want %v", c.what, c.got, c.want)
			}
		}
	}
	return ""
}

func least(x []float32) float32 { lo, _ := observer.Of(x); return lo }

func negative(x []float32) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = -v
	}
	return y
}

// feed shows a batch to an observer item by item: the ranges, and if it wants them the values.
func feed(o observer.Observer, x []float32, shape []int, axis int) {
	item := len(x) / shape[0]
	each := func(f func(c int, x []float32)) {
		switch {
		case axis < 0:
			for from := 0; from < len(x); from += item {
				f(0, x[from:from+item])
			}
		default:
			for c, run := range scheme.Channels(shape, axis) {
				f(c, x[run.From:run.To])
			}
		}
	}
	observer.Batch(o, each)
}

func TestUnseenAndBroken(t *testing.T) {
	for _, k := range observer.Kinds() {
		for _, exact := range []bool{false, true} {
			o, err := observer.New(k.Name, observer.Config{Scheme: scheme.QScheme{Bits: 8, Symmetric: k.Symmetric}, Axis: -1, Channels: 1, EMARatio: 0.9, Exact: exact})
			if err != nil {
				t.Fatal(err)
			}
			o.EndBatch()
			if p, err := o.Params(); err != nil || p.Scale[0] != 1 || p.ZeroPoint[0] != 0 {
				t.Errorf("%s, nothing observed: %v, %v", k.Name, p, err)
			}
			for _, x := range [][]float32{{1, float32(math.NaN()), 2}, {1}} {
				feed(o, x, []int{1, len(x)}, -1)
			}
			if _, err := o.Params(); err == nil {
				t.Errorf("%s: a NaN went unnoticed", k.Name)
			}
		}
	}
	if _, err := observer.New("isotone", observer.Config{}); err == nil || !strings.Contains(err.Error(), "minmax") {
		t.Errorf("unknown observer: %v", err)
	}
}
