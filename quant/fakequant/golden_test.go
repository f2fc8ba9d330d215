package fakequant_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Vectors made by PyTorch 1.13 and MQBench 00f477d, see ../shared/golden/README.md.

// reduction is how far a number made of a sum over a tensor may lie from PyTorch's, relative.
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

// numbers are floats that may be written as the strings "inf", "-inf" and "nan".
type numbers []float32

func (n *numbers) UnmarshalJSON(b []byte) error {
	var v []any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	for _, x := range v {
		f, _ := x.(float64) // no vector read here has one of the strings where it is used
		*n = append(*n, float32(f))
	}
	return nil
}

type golden struct {
	Op            string
	X, Y          tensor
	GradOut       tensor  `json:"grad_out"`
	GradX         tensor  `json:"grad_x"`
	Scale         numbers // torch operators
	ZeroPoint     numbers `json:"zero_point"`
	GradScale     numbers `json:"grad_scale"`
	GradZeroPoint numbers `json:"grad_zero_point"`
	GradFactor    float64 `json:"grad_factor"`
	QuantMin      int32   `json:"quant_min"`
	QuantMax      int32   `json:"quant_max"`
	Axis          *int    `json:"ch_axis"`

	Step       string // MQBench modules
	Bit        int
	Symmetry   bool
	PerChannel bool `json:"per_channel"`
	PoT        bool `json:"pot_scale"`
	Observer   string
	Before     map[string]numbers `json:"module_state_before"`
	After      map[string]numbers `json:"module_state_after"`
	ParamGrads map[string]numbers `json:"param_grads"`
	Extra      struct {
		Scaling *bool `json:"use_grad_scaling"`
		Alpha   float32
	}
	QuantType string `json:"quant_type"` // TQT
	Alpha     tensor // AdaRound
	GradAlpha tensor `json:"grad_alpha"`
}

func (g golden) axis() int {
	if g.Axis == nil {
		return -1
	}
	return *g.Axis
}

func vectors(t *testing.T) ([]golden, []byte) {
	t.Helper()
	text := shared.Read(t, "golden", "ops", "ops.json")
	var doc struct {
		FakeQuant []json.RawMessage `json:"fake_quant"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	all := make([]golden, len(doc.FakeQuant))
	for i, raw := range doc.FakeQuant {
		if err := json.Unmarshal(raw, &all[i]); err != nil {
			t.Fatalf("vector %d: %v", i, err)
		}
	}
	blob := shared.Read(t, "golden", "ops", "ops.bin")
	return all, blob
}

// allowance is by how much numbers may differ from PyTorch's, and why. This is the one list of what is
// not as MQBench has it: of the arithmetic of schemes (package scheme) and of the observers nothing is.
type allowance struct {
	op, what string
	slack    float64 // float32 epsilons, relative to the greatest number of the tensor
	ties     float64 // gradients of elements next to a tie, see ties
	reason   string
}

// allowances: what is not listed must be equal within 1 ulp, sums over a tensor within reduction.
func allowances() []allowance {
	const tanh = "PyTorch's tanh is within 1 ulp, ours nearest; 1 − tanh² cancels what both have in common"
	const sigmoid = "PyTorch's sigmoid is within 1 ulp, ours nearest; 1.2·σ − 0.1 cancels what both have in common"
	const fused = "[Q] PyTorch's backward rounds x·(1/s) + z in one fused step where its forward pass rounds x·(1/s) alone, and so " +
		"takes another code for an element next to a tie than the one it put out; ours takes the code put out. One code is dy in " +
		"the gradient of the scale. Of these vectors it concerns x = -100 at s = 200/255"
	return []allowance{
		{"mqbench.DoReFaFakeQuantize", "dx", 4, 0, tanh},
		{"mqbench.DSQFakeQuantize", "dx", 4, 0, tanh},
		{"mqbench.AdaRoundFakeQuantize", "y", 1, 0, sigmoid},
		{"mqbench.AdaRoundFakeQuantize", "dalpha", 4, 0, sigmoid},
		{"mqbench.LearnableFakeQuantize", "scale", 0, 1.0001, fused},
	}
}

// check runs forward and backward and compares output and input gradient.
func check(t *testing.T, f fakequant.FakeQuantizer, g golden, blob []byte) {
	t.Helper()
	x, dy := g.X.read(blob), g.GradOut.read(blob)
	y, dx := make([]float32, len(x)), make([]float32, len(x))
	f.Forward(y, x, g.X.Shape)
	f.Backward(dx, dy, x, g.X.Shape)
	compare(t, "y", y, g.Y.read(blob), x, g)
	compare(t, "dx", dx, g.GradX.read(blob), x, g)
}

func compare(t *testing.T, what string, got, want, x []float32, g golden) {
	t.Helper()
	slack := 0.0
	for _, a := range allowances() {
		if a.op == g.Op && a.what == what {
			for _, v := range want {
				slack = max(slack, a.slack*0x1p-23*math.Abs(float64(v)))
			}
		}
	}
	for i := range got {
		if d := math.Abs(float64(got[i]) - float64(want[i])); ulps(got[i], want[i]) > 1 && d > slack {
			t.Fatalf("%s, %s %d bits symmetric %v: %s of element %d, x = %v: %v, want %v, %.3g epsilons of the greatest",
				g.Op, g.Step, g.Bit, g.Symmetry, what, i, x[i], got[i], want[i], d/slack)
		}
	}
}

// ulps is how many float32 lie between a and b.
func ulps(a, b float32) uint32 {
	order := func(x float32) int64 {
		n := int64(math.Float32bits(x) &^ (1 << 31))
		if math.Signbit(float64(x)) {
			return -n
		}
		return n
	}
	d := order(a) - order(b)
	return uint32(max(d, -d))
}

// close compares gradients of a parameter, sums over the tensor; scales are those of the quantizer and
// factor is what the sum was multiplied with.
func close(t *testing.T, what string, got, want, scales []float32, factor float64, g golden, blob []byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s %s: %d gradients, want %d", g.Op, what, len(got), len(want))
	}
	slack := 0.0
	for _, a := range allowances() {
		if a.op == g.Op && a.what == what {
			slack = a.ties * factor * ties(g, blob, scales)
		}
	}
	for i := range got {
		if d := math.Abs(float64(got[i]) - float64(want[i])); !(d <= reduction*math.Abs(float64(want[i]))+slack) {
			t.Errorf("%s %s[%d]: %v, want %v\n%+v", g.Op, what, i, got[i], want[i], g)
		}
	}
}

// ties is the sum of |dy| over the elements that lie next to a tie.
func ties(g golden, blob []byte, scales []float32) (sum float64) {
	x, dy := g.X.read(blob), g.GradOut.read(blob)
	for c, run := range (scheme.QParams{Axis: g.axis()}).Groups(g.X.Shape, len(x)) {
		for i := run.From; i < run.To; i++ {
			u := float64(x[i]) / float64(scales[c])
			if math.Abs(math.Abs(u-math.Trunc(u))-0.5) < 1e-5 {
				sum += math.Abs(float64(dy[i]))
			}
		}
	}
	return sum
}
