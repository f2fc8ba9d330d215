package asm

import (
	"fmt"
	"math"
	"testing"
)

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
)

// TestI32 runs every integer instruction on edge values against Go.
func TestI32(t *testing.T) {
	ops := []struct {
		name string
		emit func(a, b I32) I32
		want func(a, b int32) int32
	}{
		{"eqz", func(a, _ I32) I32 { return a.Eqz() }, func(a, _ int32) int32 { return bit(a == 0) }},
		{"eq", I32.Eq, func(a, b int32) int32 { return bit(a == b) }},
		{"ne", I32.Ne, func(a, b int32) int32 { return bit(a != b) }},
		{"lt_s", I32.LtS, func(a, b int32) int32 { return bit(a < b) }},
		{"lt_u", I32.LtU, func(a, b int32) int32 { return bit(uint32(a) < uint32(b)) }},
		{"gt_s", I32.GtS, func(a, b int32) int32 { return bit(a > b) }},
		{"gt_u", I32.GtU, func(a, b int32) int32 { return bit(uint32(a) > uint32(b)) }},
		{"le_s", I32.LeS, func(a, b int32) int32 { return bit(a <= b) }},
		{"le_u", I32.LeU, func(a, b int32) int32 { return bit(uint32(a) <= uint32(b)) }},
		{"ge_s", I32.GeS, func(a, b int32) int32 { return bit(a >= b) }},
		{"ge_u", I32.GeU, func(a, b int32) int32 { return bit(uint32(a) >= uint32(b)) }},
		{"add", I32.Add, func(a, b int32) int32 { return a + b }},
		{"sub", I32.Sub, func(a, b int32) int32 { return a - b }},
		{"mul", I32.Mul, func(a, b int32) int32 { return a * b }},
		{"div_u", func(a, b I32) I32 { return a.DivU(b.AndC(15).Or(ConstI32(2))) }, func(a, b int32) int32 { return int32(uint32(a) / uint32(b&15|2)) }},
		{"rem_u", func(a, b I32) I32 { return a.RemU(b.AndC(15).Or(ConstI32(2))) }, func(a, b int32) int32 { return int32(uint32(a) % uint32(b&15|2)) }},
		{"and", I32.And, func(a, b int32) int32 { return a & b }},
		{"or", I32.Or, func(a, b int32) int32 { return a | b }},
		{"xor", I32.Xor, func(a, b int32) int32 { return a ^ b }},
		{"shl", I32.Shl, func(a, b int32) int32 { return a << (b & 31) }},
		{"shr_s", I32.ShrS, func(a, b int32) int32 { return a >> (b & 31) }},
		{"shr_u", I32.ShrU, func(a, b int32) int32 { return int32(uint32(a) >> (b & 31)) }},
		{"select", func(a, b I32) I32 { return a.Select(b, a.GtS(b)) }, func(a, b int32) int32 { return max(a, b) }},
		{"addc", func(a, _ I32) I32 { return a.AddC(-7) }, func(a, _ int32) int32 { return a - 7 }},
		{"subc", func(a, _ I32) I32 { return a.SubC(300) }, func(a, _ int32) int32 { return a - 300 }},
		{"mulc", func(a, _ I32) I32 { return a.MulC(1 << 20) }, func(a, _ int32) int32 { return a << 20 }},
		{"andc", func(a, _ I32) I32 { return a.AndC(-4) }, func(a, _ int32) int32 { return a &^ 3 }},
		{"shlc", func(a, _ I32) I32 { return a.ShlC(2) }, func(a, _ int32) int32 { return a << 2 }},
		{"shruc", func(a, _ I32) I32 { return a.ShrUC(2) }, func(a, _ int32) int32 { return int32(uint32(a) >> 2) }},
		{"f32_s", func(a, _ I32) I32 { return a.F32S().I32Bits() }, func(a, _ int32) int32 { return int32(math.Float32bits(float32(a))) }},
		{"f32_u", func(a, _ I32) I32 { return a.F32U().I32Bits() }, func(a, _ int32) int32 { return int32(math.Float32bits(float32(uint32(a)))) }},
		{"bits", func(a, _ I32) I32 { return a.F32Bits().Neg().I32Bits() }, func(a, _ int32) int32 { return a ^ math.MinInt32 }},
		{"i32x4", func(a, b I32) I32 { return a.SplatI32x4().WithLane(2, b).Add(a.SplatI32x4()).Lane(2) }, func(a, b int32) int32 { return a + b }},
		{"i16x8", func(a, _ I32) I32 { return a.SplatI16x8().LaneS(5) }, func(a, _ int32) int32 { return int32(int16(a)) }},
		{"i8x16 s", func(a, _ I32) I32 { return a.SplatI8x16().LaneS(11) }, func(a, _ int32) int32 { return int32(int8(a)) }},
		{"i8x16 u", func(a, _ I32) I32 { return a.SplatI8x16().LaneU(15) }, func(a, _ int32) int32 { return int32(uint8(a)) }},
	}
	values := []int32{0, 1, 2, 31, 32, 63, 64, -1, -2, -64, -65, 127, 128, 255, 1 << 24, 1<<24 + 1, math.MaxInt32, math.MinInt32}
	m := NewModule()
	for _, o := range ops {
		f := m.Func(o.name, Signature{Params: []Type{TypeI32, TypeI32}, Results: []Type{TypeI32}})
		f.Push(o.emit(f.ParamI32(0).I32, f.ParamI32(1).I32))
		m.Export(o.name, f)
	}
	mod := instance(t, m)
	for _, o := range ops {
		for _, a := range values {
			for _, b := range values {
				if got, want := int32(run(t, mod, o.name, uint64(uint32(a)), uint64(uint32(b)))[0]), o.want(a, b); got != want {
					t.Errorf("%s(%d, %d) = %d, want %d", o.name, a, b, got, want)
				}
			}
		}
	}
}

// TestF32 runs every float instruction, scalar and in every lane, on edge values against Go.
func TestF32(t *testing.T) {
	one := func(g func(float64) float64) func(a, b float32) float32 {
		return func(a, _ float32) float32 { return float32(g(float64(a))) }
	}
	sel := func(c bool, a, b float32) float32 {
		if c {
			return a
		}
		return b
	}
	ops := []struct {
		name   string
		scalar func(a, b F32) F32
		vector func(a, b F32x4) F32x4
		want   func(a, b float32) float32
	}{
		{"add", F32.Add, F32x4.Add, func(a, b float32) float32 { return a + b }},
		{"sub", F32.Sub, F32x4.Sub, func(a, b float32) float32 { return a - b }},
		{"mul", F32.Mul, F32x4.Mul, func(a, b float32) float32 { return a * b }},
		{"div", F32.Div, F32x4.Div, func(a, b float32) float32 { return a / b }},
		{"min", F32.Min, F32x4.Min, func(a, b float32) float32 { return min(a, b) }},
		{"max", F32.Max, F32x4.Max, func(a, b float32) float32 { return max(a, b) }},
		{"pmin", nil, F32x4.PMin, func(a, b float32) float32 { return sel(b < a, b, a) }},
		{"pmax", nil, F32x4.PMax, func(a, b float32) float32 { return sel(a < b, b, a) }},
		{"ceil", func(a, _ F32) F32 { return a.Ceil() }, func(a, _ F32x4) F32x4 { return a.Ceil() }, one(math.Ceil)},
		{"floor", func(a, _ F32) F32 { return a.Floor() }, func(a, _ F32x4) F32x4 { return a.Floor() }, one(math.Floor)},
		{"trunc", func(a, _ F32) F32 { return a.Trunc() }, func(a, _ F32x4) F32x4 { return a.Trunc() }, one(math.Trunc)},
		{"nearest", func(a, _ F32) F32 { return a.Nearest() }, func(a, _ F32x4) F32x4 { return a.Nearest() }, one(math.RoundToEven)},
		{"sqrt", func(a, _ F32) F32 { return a.Sqrt() }, func(a, _ F32x4) F32x4 { return a.Sqrt() }, one(math.Sqrt)},
		{"abs", func(a, _ F32) F32 { return a.Abs() }, func(a, _ F32x4) F32x4 { return a.Abs() }, one(math.Abs)},
		{"neg", func(a, _ F32) F32 { return a.Neg() }, func(a, _ F32x4) F32x4 { return a.Neg() }, func(a, _ float32) float32 { return -a }},
		{"copysign", F32.Copysign, nil, func(a, b float32) float32 { return float32(math.Copysign(float64(a), float64(b))) }},
		{"eq", func(a, b F32) F32 { return a.Select(b, a.Eq(b)) }, func(a, b F32x4) F32x4 { return a.Select(b, a.Eq(b)) }, func(a, b float32) float32 { return sel(a == b, a, b) }},
		{"ne", func(a, b F32) F32 { return a.Select(b, a.Ne(b)) }, func(a, b F32x4) F32x4 { return a.Select(b, a.Ne(b)) }, func(a, b float32) float32 { return sel(a != b, a, b) }},
		{"lt", func(a, b F32) F32 { return a.Select(b, a.Lt(b)) }, func(a, b F32x4) F32x4 { return a.Select(b, a.Lt(b)) }, func(a, b float32) float32 { return sel(a < b, a, b) }},
		{"gt", func(a, b F32) F32 { return a.Select(b, a.Gt(b)) }, func(a, b F32x4) F32x4 { return a.Select(b, a.Gt(b)) }, func(a, b float32) float32 { return sel(a > b, a, b) }},
		{"le", func(a, b F32) F32 { return a.Select(b, a.Le(b)) }, func(a, b F32x4) F32x4 { return a.Select(b, a.Le(b)) }, func(a, b float32) float32 { return sel(a <= b, a, b) }},
		{"ge", func(a, b F32) F32 { return a.Select(b, a.Ge(b)) }, func(a, b F32x4) F32x4 { return a.Select(b, a.Ge(b)) }, func(a, b float32) float32 { return sel(a >= b, a, b) }},
		{"trunc_sat_s", func(a, _ F32) F32 { return a.TruncSatS().F32S() }, func(a, _ F32x4) F32x4 { return a.TruncSatS().F32S() }, func(a, _ float32) float32 { return saturate(a, math.MinInt32, math.MaxInt32) }},
		{"trunc_sat_u", func(a, _ F32) F32 { return a.TruncSatU().F32U() }, func(a, _ F32x4) F32x4 { return a.TruncSatU().F32U() }, func(a, _ float32) float32 { return saturate(a, 0, math.MaxUint32) }},
		{"bits", func(a, _ F32) F32 { return a.I32Bits().Xor(ConstI32(1)).F32Bits() }, func(a, _ F32x4) F32x4 { return a.I32x4().Xor(ConstI32x4([4]int32{1, 1, 1, 1})).F32x4() }, func(a, _ float32) float32 { return math.Float32frombits(math.Float32bits(a) ^ 1) }},
		{"const", func(a, _ F32) F32 { return a.Mul(ConstF32(-0.1)) }, func(a, _ F32x4) F32x4 { return a.Mul(ConstF32x4(-0.1)) }, func(a, _ float32) float32 { return a * -0.1 }},
		{"shuffle", nil, func(a, b F32x4) F32x4 { return a.Shuffle(b, [4]int{7, 4, 5, 6}) }, func(_, b float32) float32 { return b }},
	}
	values := []float32{0, float32(math.Copysign(0, -1)), 0.5, 1.5, 2.5, -0.5, -1.5, 1, -1, 3.7, -3.7, 1e-45, 1e-40, 8388607.5, 1 << 24, 3e9, -3e9, 5e9, 3e38, -3e38, inf, -inf, nan}
	sig := Signature{Params: []Type{TypeF32, TypeF32}, Results: []Type{TypeF32}}
	m := NewModule()
	for _, o := range ops {
		if o.scalar != nil {
			f := m.Func(o.name, sig)
			f.Push(o.scalar(f.ParamF32(0).F32, f.ParamF32(1).F32))
			m.Export(o.name, f)
		}
		for i := 0; o.vector != nil && i < 4; i++ { // lane i holds the operands, the others something else
			f := m.Func(fmt.Sprint(o.name, i), sig)
			at := func(p int) F32x4 { return ConstF32x4(9).WithLane(i, f.ParamF32(p).F32) }
			out := i
			if o.name == "shuffle" {
				out = (i + 1) % 4
			}
			f.Push(o.vector(at(0), at(1)).Lane(out))
			m.Export(f.name, f)
		}
	}
	mod := instance(t, m)
	for _, o := range ops {
		for _, a := range values {
			for _, b := range values {
				for _, name := range []string{o.name, o.name + "0", o.name + "1", o.name + "2", o.name + "3"} {
					if mod.ExportedFunction(name) == nil {
						continue
					}
					got := math.Float32frombits(uint32(run(t, mod, name, uint64(math.Float32bits(a)), uint64(math.Float32bits(b)))[0]))
					want := o.want(a, b)
					if math.Float32bits(got) != math.Float32bits(want) && !(got != got && want != want) {
						t.Errorf("%s(%v, %v) = %v, want %v", name, a, b, got, want)
					}
				}
			}
		}
	}
}

// TestF64x2 runs every instruction of two doubles on promoted floats and reads each half of each lane.
func TestF64x2(t *testing.T) {
	ops := []struct {
		name string
		emit func(a, b F64x2) F64x2
		want func(a, b float64) float64
	}{
		{"add", F64x2.Add, func(a, b float64) float64 { return a + b }},
		{"sub", F64x2.Sub, func(a, b float64) float64 { return a - b }},
		{"mul", F64x2.Mul, func(a, b float64) float64 { return a * b }},
		{"shuffle", func(a, b F64x2) F64x2 { return b.Shuffle(a, [2]int{2, 0}).Shuffle(b, [2]int{0, 0}) }, func(a, _ float64) float64 { return a }},
		{"set", func(a, b F64x2) F64x2 { return a.Mul(b).Sub(a) }, func(a, b float64) float64 { return float64(a*b) - a }},
	}
	values := []float32{0, float32(math.Copysign(0, -1)), 0.5, -1.5, 3.7, 1e-45, 1e-40, 1 << 24, 0.1, -3e38, 3e38, inf, -inf, nan}
	m := NewModule()
	name := func(op string, lane, half int) string { return fmt.Sprint(op, " ", lane, half) }
	for _, o := range ops {
		for lane := range 2 {
			for half := range 2 {
				f := m.Func(name(o.name, lane, half), Signature{Params: []Type{TypeF32, TypeF32}, Results: []Type{TypeI32}})
				at := func(p int) F64x2 { return ConstF32x4(9).WithLane(lane, f.ParamF32(p).F32).Promote() }
				x := f.F64x2()
				x.Set(o.emit(at(0), at(1)))
				out := lane
				if o.name == "shuffle" {
					out = 0
					x.Set(o.emit(at(0).Shuffle(at(0), [2]int{lane, lane}), at(1)))
				}
				f.Push(x.I32x4().Lane(2*out + half))
				m.Export(f.name, f)
			}
		}
	}
	mod := instance(t, m)
	for _, o := range ops {
		for _, a := range values {
			for _, b := range values {
				for lane := range 2 {
					half := func(h int) uint64 {
						return run(t, mod, name(o.name, lane, h), uint64(math.Float32bits(a)), uint64(math.Float32bits(b)))[0] & math.MaxUint32
					}
					got, want := math.Float64frombits(half(0)|half(1)<<32), o.want(float64(a), float64(b))
					if math.Float64bits(got) != math.Float64bits(want) && !(got != got && want != want) {
						t.Errorf("%s(%v, %v) in lane %d = %v, want %v", o.name, a, b, lane, got, want)
					}
				}
			}
		}
	}
}

func bit(c bool) int32 {
	if c {
		return 1
	}
	return 0
}

func saturate(a float32, lo, hi float64) float32 {
	if a != a {
		return 0
	}
	return float32(min(max(math.Trunc(float64(a)), lo), hi)) + 0 // −0 + 0 is +0
}
