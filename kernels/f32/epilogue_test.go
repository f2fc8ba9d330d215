package f32_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/ref"
)

// opCase is an epilogue function and its twin for c channels; arrays go to the arena.
type opCase struct {
	name string
	make func(a *arena, r *rand.Rand, c int) (call.EpilogueOp, ref.EpilogueOp)
}

// plain is one that needs nothing from the arena.
func plain(name string, op call.EpilogueOp, twin ref.EpilogueOp) opCase {
	return opCase{name, func(*arena, *rand.Rand, int) (call.EpilogueOp, ref.EpilogueOp) { return op, twin }}
}

func opCases() []opCase {
	s := float32(0.0371)
	return []opCase{
		plain("clamp", f32.Clamp(-0.5, 1.5), ref.Clamp(-0.5, 1.5)),
		plain("relu", f32.Relu(), ref.Clamp(0, inf)),
		plain("relu6", f32.Clamp(0, 6), ref.Clamp(0, 6)),
		plain("leaky_relu", f32.LeakyRelu(0.01), ref.LeakyRelu(0.01)),
		plain("hard_sigmoid", f32.HardSigmoid(0.2, 0.5), ref.HardSigmoidOp(0.2, 0.5)),
		plain("hard_swish", f32.HardSwish(), ref.HardSwishOp()),
		plain("sigmoid", f32.Sigmoid(), ref.SigmoidOp()),
		plain("silu", f32.SiLU(), ref.SiLUOp()),
		plain("tanh", f32.Tanh(), ref.TanhOp()),
		plain("exp", f32.Exp(), ref.ExpOp()),
		plain("elu", f32.Elu(1.7), ref.EluOp(1.7)),
		plain("softplus", f32.Softplus(), ref.SoftplusOp()),
		plain("mish", f32.Mish(), ref.MishOp()),
		plain("gelu", f32.Gelu(), ref.GeluOp()),
		plain("gelu_tanh", f32.GeluTanh(), ref.GeluTanhOp()),
		plain("sqrt", f32.Sqrt(), ref.SqrtOp()),
		plain("neg", f32.Neg(), ref.NegOp()),
		plain("abs", f32.Abs(), ref.AbsOp()),
		plain("normal_cdf", f32.NormalCDF(), ref.NormalCDFOp()),
		plain("log", f32.Log(), ref.LogOp()),
		plain("round", f32.Round(), ref.RoundOp()),
		plain("erf", f32.Erf(), ref.ErfOp()),
		plain("floor", f32.Floor(), ref.FloorOp()),
		plain("ceil", f32.Ceil(), ref.CeilOp()),
		plain("trunc", f32.Trunc(-inf, inf), ref.TruncOp(-inf, inf)),
		plain("trunc to bytes", f32.Trunc(-128, 127), ref.TruncOp(-128, 127)),
		plain("sign", f32.Sign(), ref.SignOp()),
		plain("non zero", f32.NonZero(), ref.NonZeroOp()),
		plain("within", f32.Within(-0.5, 1.5), ref.WithinOp(-0.5, 1.5)),
		plain("fakequant", f32.FakeQuant(s, 3, -128, 127), ref.FakeQuant(1/s, 3, -128, 127, s)),
		plain("fakequant asymmetric", f32.FakeQuant(0.5, 100, 0, 255), ref.FakeQuant(2, 100, 0, 255, 0.5)),
		plain("fakequant_div", f32.FakeQuantDiv(s, 3, 0, 15), ref.FakeQuantDiv(s, 3, 0, 15)),
		plain("fakequant_half_up", f32.FakeQuantHalfUp(0.5, -8, 7), ref.FakeQuantHalfUp(2, -8, 7, 0.5)),
		plain("fakequant_e4m3", f32.FakeQuantFloat8(s, 448, 0x1p-6, 3), ref.FakeQuantFloat8(s, 448, 0x1p-6, 3)),
		plain("fakequant_fp16", f32.FakeQuantFloat8(1, 65504, 0x1p-14, 10), ref.FakeQuantFloat8(1, 65504, 0x1p-14, 10)),
		plain("fakequant_bf16", f32.FakeQuantFloat8(1, 0x1.fep127, 0x1p-118, 7), ref.FakeQuantFloat8(1, 0x1.fep127, 0x1p-118, 7)),
		plain("fakequant_e5m2", f32.FakeQuantFloat8(1, 57344, 0x1p-14, 2), ref.FakeQuantFloat8(1, 57344, 0x1p-14, 2)),
		logCase(),
		plain("quantize", f32.Quantize(s, 128, 0, 255), ref.Quantize(s, 128, 0, 255)),
		plain("dequantize", f32.Dequantize(s, 7), ref.Dequantize(s, 7)),
		{"lookup", func(a *arena, r *rand.Rand, _ int) (call.EpilogueOp, ref.EpilogueOp) {
			table := random(r, 256, true)
			return f32.Lookup(0.5, 100, 0, 255, a.floats(table)), ref.Lookup(2, 100, 0, 255, table)
		}},
		{"lookup_div", func(a *arena, r *rand.Rand, _ int) (call.EpilogueOp, ref.EpilogueOp) {
			table := random(r, 16, true)
			return f32.LookupDiv(s, 3, -8, 7, a.floats(table)), ref.LookupDiv(s, 3, -8, 7, table)
		}},
		{"prelu", func(a *arena, r *rand.Rand, c int) (call.EpilogueOp, ref.EpilogueOp) {
			slope := random(r, c, true)
			return f32.PRelu(a.floats(slope), c), ref.PRelu(slope)
		}},
		{"affine", func(a *arena, r *rand.Rand, c int) (call.EpilogueOp, ref.EpilogueOp) {
			scale, shift := random(r, c, true), random(r, c, true)
			return f32.Affine(a.floats(scale), a.floats(shift), c), ref.Affine(scale, shift)
		}},
	}
}

// logCase has numbers of no meaning for tables, in the right order.
func logCase() opCase {
	var values [17]float32
	var limits [16]float32
	for j := range values {
		values[j] = float32(math.Exp2(float64(j) / 16))
	}
	for j := range limits {
		limits[j] = float32(math.Exp2((float64(j) + 0.5) / 16))
	}
	op := f32.FakeQuantLog2(values, limits, f32.LogBounds{Tiny: 0.1, Least: 0.2, Most: 50}, f32.LogBounds{Tiny: 0.11, Least: 0.22, Most: 50})
	return plain("fakequant_log2", op, ref.FakeQuantLog2(values, limits, [2]float32{0.1, 0.11}, [2]float32{0.2, 0.22}, 50))
}

// opInput has ties of the scales above, and values that go far.
func opInput(r *rand.Rand, n int) []float32 {
	x := random(r, n, true)
	for i := range x {
		switch r.IntN(5) {
		case 0:
			x[i] = (float32(r.IntN(40)-20) + 0.5) * []float32{1, 0.5, 0.0371}[r.IntN(3)]
		case 1:
			x[i] *= 40
		case 2: // where exp and tanh change their ways
			x[i] = []float32{0.625, -0.625, ref.ExpLow, ref.ExpHigh, 88.722, 88.723, -87.34, -103.9, 0.6249999}[r.IntN(9)]
		}
	}
	return x
}

func TestEpilogueOps(t *testing.T) {
	e := newEngine(t, 1<<20, call.F32Map)
	for _, c := range opCases() {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for channels := range 21 {
				for _, pixels := range []int{1, 2, 3, 7} {
					n := max(channels, 1) * pixels
					x, a := opInput(r, n), newArena()
					op, twin := c.make(a, r, max(channels, 1))
					want := append([]float32(nil), x...)
					twin(want)
					m := f32.Map{Y: a.output(x), Shape: []int{n}, XStrides: []int{4}, YStrides: []int{4}, C: max(channels, 1), Epilogue: []call.EpilogueOp{op}}
					m.X = m.Y
					if !a.check(t, e, m.Call(), want) {
						t.Fatalf("%d channels, %d pixels, input %v", channels, pixels, x)
					}
				}
			}
		})
	}
}

// TestEpilogueOpsOverAllExponents takes 2¹⁶ bit patterns spread over all floats.
func TestEpilogueOpsOverAllExponents(t *testing.T) {
	e := newEngine(t, 2<<20, call.F32Map)
	x := make([]float32, 1<<16)
	for i := range x {
		x[i] = math.Float32frombits(uint32(i) * 65537)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range opCases() {
		a := newArena()
		op, twin := c.make(a, r, 1)
		want := append([]float32(nil), x...)
		twin(want)
		m := f32.Map{X: a.floats(x), Y: a.output(x), Shape: []int{len(x)}, XStrides: []int{4}, YStrides: []int{4}, C: 1, Epilogue: []call.EpilogueOp{op}}
		if !a.check(t, e, m.Call(), want) {
			t.Errorf("%s", c.name)
		}
	}
}

func TestMinMaxOp(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	e := newEngine(t, 1<<20, call.F32Map)
	units := unitEngine(t, entry{call.F32Map, f32.EmitMap})
	for n := range 30 {
		for _, special := range []bool{false, true} {
			x := random(r, n+1, special)
			lanes := f32.MinMaxReset(1)
			want := append([]float32(nil), lanes...)
			ref.MinMax(want)(x)
			a := newArena()
			at := a.output(lanes)
			m := f32.Map{X: a.floats(x), Shape: []int{n + 1}, XStrides: []int{4}, YStrides: []int{4}, C: 1, Epilogue: []call.EpilogueOp{f32.MinMax(at)}}
			m.Y = m.X
			tried.Twin(m.Call(), len(x)) // what is compared is the lanes, of one length
			if !a.check(t, e, m.Call(), want) {
				t.Fatalf("input %v", x)
			}
		}
	}
	// Several threads: the lanes differ, what they fold to does not.
	for _, n := range []int{1, 1024, 5000, 7001} {
		x := random(r, n, false)
		x[n/2] = float32(math.Copysign(0, -1))
		want := f32.MinMaxReset(1)
		ref.MinMax(want)(x)
		lo, hi := ref.FoldMinMax(want)
		lanes := f32.MinMaxReset(testThreads)
		program, _ := call.Encode([]call.Call{f32.Map{
			X: 0, Y: 0, Shape: []int{n}, XStrides: []int{4}, YStrides: []int{4}, Epilogue: []call.EpilogueOp{f32.MinMax(40000)},
		}.Call()})
		units.WriteF32(0, x)
		units.WriteF32(40000, lanes)
		units.Write(50000, program)
		if err := units.Run(50000, 1); err != nil {
			t.Fatal(err)
		}
		units.ReadF32(40000, lanes)
		if gotLo, gotHi := f32.MinMaxFold(lanes); !ref.Same(lo, gotLo) || !ref.Same(hi, gotHi) {
			t.Errorf("%d values: [%v, %v], want [%v, %v]", n, gotLo, gotHi, lo, hi)
		}
	}
}
