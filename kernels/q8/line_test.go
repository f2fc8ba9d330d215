package q8_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Changes to a greater scale are lines, nearly all of them, and the line gives what the table gives.
func TestLine(t *testing.T) {
	e := both(t, entry{call.Q8Lookup, q8.EmitLookup})
	r := rand.New(rand.NewPCG(7, 1))
	lines := 0
	for i := range 200 {
		signed := i%2 == 1
		params := func() q8.Params {
			p := q8.Params{Scale: float32(math.Exp(r.NormFloat64() / 4)), Zero: int32(r.IntN(256))}
			if i%3 == 0 {
				p.Zero = 0
			}
			if signed {
				p.Zero -= 128
			}
			return p
		}
		x, y := params(), params()
		if i%10 == 0 {
			y.Scale = x.Scale * 2 // ties
		}
		if x.Scale > y.Scale && i%4 > 0 {
			x.Scale, y.Scale = y.Scale, x.Scale
		}
		entries := requantizeTable(signed, x, y)
		table := entries[:]
		line := q8.LineOf(signed, table, x, y)
		if line.Factor != 0 {
			lines++
		}
		n := 256 + r.IntN(40)
		in, out := make([]byte, n), make([]byte, n)
		want := bytes.Clone(out)
		for j := range in {
			in[j] = byte(j)
			want[j] = table[in[j]]
		}
		ar := newArena()
		at, to := ar.bytes(in), ar.output(out, want)
		made := q8.Lookup{
			Signed: signed, Line: line, Table: ar.bytes(table), X: at, Y: to, Shape: []int{n}, XStrides: []int{1}, YStrides: []int{1},
		}.Call()
		if !ar.checkBoth(t, e, made) {
			t.Fatalf("case %d: %+v to %+v, %+v", i, x, y, line)
		}
	}
	if lines < 150 {
		t.Errorf("%d of 200 are lines", lines)
	}
}

// What is no line is none.
func TestNoLine(t *testing.T) {
	p := q8.Params{Scale: 1}
	table := newTable(false, p, p, 0, 255, func(x float32) float32 { return x * x / 255 })
	if l := q8.LineOf(false, table[:], p, p); l.Factor != 0 {
		t.Errorf("a parabola is the line %+v", l)
	}
	table = requantizeTable(false, p, p)
	table[100]++
	if l := q8.LineOf(false, table[:], p, p); l.Factor != 0 {
		t.Errorf("a line with a dent is the line %+v", l)
	}
}

// newTable tabulates f for Lookup: entry i is, as it is stored, clamp(rhe(f((i−zx)·sx)/sy) + zy, lo, hi)
// with every operation rounded to float32; NaN gives lo. This is what DequantizeLinear, the operator
// and QuantizeLinear give, and ONNX Runtime's operators that look up (QLinearSigmoid,
// QLinearLeakyRelu, QLinearConcat) where its f has the same bits.
func newTable(signed bool, x, y q8.Params, lo, hi int32, f func(x float32) float32) [256]byte {
	var table [256]byte
	for i := range table {
		v := int32(i)
		if signed {
			v = int32(int8(i))
		}
		table[i] = ref.QRound(f(float32(v-x.Zero)*x.Scale)/y.Scale, y.Zero, lo, hi)
	}
	return table
}

// requantizeTable is the table of a change of scale and zero point, as a Concat's inputs need it.
func requantizeTable(signed bool, x, y q8.Params) [256]byte {
	lo := int32(0)
	if signed {
		lo = -128
	}
	return newTable(signed, x, y, lo, lo+255, func(x float32) float32 { return x })
}
