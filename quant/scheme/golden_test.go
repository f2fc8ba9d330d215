package scheme_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/quantscope/quantscope/quant/internal/shared"
	"github.com/quantscope/quantscope/quant/scheme"
)

// Vectors made by PyTorch 1.13 and MQBench 00f477d, see ../shared/golden/README.md.

type tensor struct {
	Off   int
	Shape []int
}

type goldenQParams struct {
	Symmetry  bool
	Bit       int
	Min, Max  string
	Scale     []float32
	ZeroPoint []float32 `json:"zero_point"`
	QuantMin  int32     `json:"quant_min"`
	QuantMax  int32     `json:"quant_max"`
}

type goldenFakeQuant struct {
	Op        string
	X, Y      tensor
	Scale     []float32
	ZeroPoint []float32 `json:"zero_point"`
	QuantMin  int32     `json:"quant_min"`
	QuantMax  int32     `json:"quant_max"`
	Axis      *int      `json:"ch_axis"`
}

func readOps(t *testing.T, v any) (blob []byte) {
	t.Helper()
	doc := shared.Read(t, "golden", "ops", "ops.json")
	if err := json.Unmarshal(doc, v); err != nil {
		t.Fatal(err)
	}
	return shared.Read(t, "golden", "ops", "ops.bin")
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

func parse(t *testing.T, s string) float32 {
	f, err := strconv.ParseFloat(s, 32)
	if err != nil {
		t.Fatal(err)
	}
	return float32(f)
}

func TestFromRangeEqualsMQBench(t *testing.T) {
	var doc struct{ QParams []goldenQParams }
	readOps(t, &doc)
	if len(doc.QParams) < 50 {
		t.Fatalf("only %d vectors", len(doc.QParams))
	}
	for _, g := range doc.QParams {
		s := scheme.QScheme{Bits: g.Bit, Symmetric: g.Symmetry}
		p, err := s.FromRange([]float32{parse(t, g.Min)}, []float32{parse(t, g.Max)}, -1)
		if err != nil {
			t.Errorf("%+v: %v", g, err)
			continue
		}
		if p.Scale[0] != g.Scale[0] || float32(p.ZeroPoint[0]) != g.ZeroPoint[0] || p.QMin != g.QuantMin || p.QMax != g.QuantMax {
			t.Errorf("%d bits, symmetric %v, [%s, %s]: got %v, want %+v", g.Bit, g.Symmetry, g.Min, g.Max, p, g)
		}
	}
}

// The operators of PyTorch itself, at random values and at ties, per tensor and on axes 0 and 1.
func TestFakeQuantizeEqualsPyTorch(t *testing.T) {
	var doc struct {
		FakeQuant []goldenFakeQuant `json:"fake_quant"`
	}
	blob := readOps(t, &doc)
	seen := 0
	for i, g := range doc.FakeQuant {
		if g.Op != "torch.fake_quantize_per_tensor_affine" && g.Op != "torch.fake_quantize_per_channel_affine" {
			continue
		}
		seen++
		p := scheme.QParams{Scale: g.Scale, QMin: g.QuantMin, QMax: g.QuantMax, Axis: -1}
		for _, z := range g.ZeroPoint {
			p.ZeroPoint = append(p.ZeroPoint, int32(z))
		}
		if g.Axis != nil {
			p.Axis = *g.Axis
		}
		x, want := g.X.read(blob), g.Y.read(blob)
		got := make([]float32, len(x))
		p.FakeQuantize(got, x, g.X.Shape, scheme.PyTorch)
		codes := make([]int32, len(x))
		p.Quantize(codes, x, g.X.Shape, scheme.PyTorch)
		for j := range got {
			if got[j] != want[j] {
				t.Fatalf("vector %d (%s), element %d: x = %v: got %v, want %v", i, g.Op, j, x[j], got[j], want[j])
			}
		}
		for j := range x {
			if codes[j] < p.QMin || codes[j] > p.QMax {
				t.Fatalf("vector %d: code %d outside [%d, %d]", i, codes[j], p.QMin, p.QMax)
			}
		}
	}
	if seen < 40 {
		t.Fatalf("only %d vectors", seen)
	}
}
