package q8_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/kerneltest"
	"github.com/quantscope/quantscope/kernels/q8"
	"github.com/quantscope/quantscope/kernels/ref"
)

// scales of both kinds: any, and powers of two, with which ties are common.
func randomScale(r *rand.Rand) float32 {
	if r.IntN(2) == 0 {
		return float32(math.Exp2(float64(r.IntN(5) - 6)))
	}
	return float32(math.Exp(r.NormFloat64()-2)) / 10
}

func randomParams(r *rand.Rand, signed bool) ref.QBinary {
	p := ref.QBinary{
		Signed: signed, AScale: randomScale(r), BScale: randomScale(r), YScale: randomScale(r),
		AZero: int32(r.IntN(256)), BZero: int32(r.IntN(256)), YZero: int32(r.IntN(256)), Hi: 255,
	}
	if r.IntN(2) == 0 {
		p.Lo, p.Hi = p.YZero, int32(200+r.IntN(56))
		p.Hi = max(p.Lo, p.Hi)
	}
	if signed {
		for _, v := range []*int32{&p.AZero, &p.BZero, &p.YZero, &p.Lo, &p.Hi} {
			*v -= 128
		}
	}
	return p
}

// binaryShapes is a random broadcast: shapes of both operands and of the result, C last.
func binaryShapes(r *rand.Rand, i int) (a, b, out []int) {
	out = randomShape(r, 1+r.IntN(4), 6)
	if i%3 == 0 {
		out[len(out)-1] = 1 + r.IntN(50)
	}
	if i%17 == 0 {
		out = []int{2, 5000}
	}
	a, b = slices.Clone(out), slices.Clone(out)
	for d := range out {
		switch r.IntN(5) {
		case 0:
			a[d] = 1
		case 1:
			b[d] = 1
		}
	}
	for d := range out { // both may have become 1
		out[d] = max(a[d], b[d])
	}
	return a, b, out
}

func TestBinary(t *testing.T) {
	e := both(t, entry{call.Q8Add, q8.EmitAdd}, entry{call.Q8Mul, q8.EmitMul}, entry{call.Q8MulChannel, q8.EmitMulChannel})
	r := rand.New(rand.NewPCG(6, 1))
	for i := range 600 {
		p := randomParams(r, i%2 == 1)
		as, bs, out := binaryShapes(r, i)
		aStride, aSize := layout(r, as, min(1, len(as)), i%2 == 0)
		bStride, bSize := layout(r, bs, min(1, len(bs)), i%3 == 0)
		yStride, ySize := layout(r, out, i%2, i%5 == 0)
		a, b, y := random(r, aSize), random(r, bSize), random(r, ySize)
		aFull, bFull := kerneltest.Broadcast(out, as, aStride), kerneltest.Broadcast(out, bs, bStride)
		f := p.QAdd
		if i%4 < 2 {
			f = p.QMul
		}
		want := bytes.Clone(y)
		visit(out, func(index []int) { want[at(index, yStride)] = f(a[at(index, aFull)], b[at(index, bFull)]) })
		ar := newArena()
		d := q8.Binary{
			Signed: p.Signed, Shape: out, A: q8.Operand{Addr: ar.bytes(a), Strides: aFull, Scale: p.AScale, Zero: p.AZero},
			B: q8.Operand{Addr: ar.bytes(b), Strides: bFull, Scale: p.BScale, Zero: p.BZero},
			Y: q8.Operand{Addr: ar.output(y, want), Strides: yStride, Scale: p.YScale, Zero: p.YZero}, Lo: p.Lo, Hi: p.Hi,
		}
		made := q8.Add{Binary: d}.Call()
		if i%4 < 2 {
			made = q8.Mul{Binary: d}.Call()
		}
		if !ar.checkBoth(t, e, made) {
			t.Fatalf("case %d: %v and %v to %v, %+v", i, as, bs, out, p)
		}
	}
}

// One number per channel, on either side: with channels enough it is q8_mul_channel, in one piece or in several.
func TestMulChannel(t *testing.T) {
	e := both(t, entry{call.Q8Mul, q8.EmitMul}, entry{call.Q8MulChannel, q8.EmitMulChannel})
	r := rand.New(rand.NewPCG(6, 3))
	perChannel := 0
	for i := range 120 {
		p := randomParams(r, i%2 == 1)
		c := 16 * (1 + r.IntN(5))
		if i%5 == 0 {
			c++
		}
		out, as, bs := []int{1 + r.IntN(2), 1 + r.IntN(300), c}, []int{1, 1, c}, []int{1, 1, c}
		if i%3 == 0 {
			copy(as, out)
		} else {
			copy(bs, out)
		}
		aStride, aSize := layout(r, as, 3, false)
		bStride, bSize := layout(r, bs, 3, false)
		yStride, ySize := layout(r, out, 3, i%4 == 0)
		a, b, y := random(r, aSize), random(r, bSize), random(r, ySize)
		aFull, bFull := kerneltest.Broadcast(out, as, aStride), kerneltest.Broadcast(out, bs, bStride)
		want := bytes.Clone(y)
		visit(out, func(index []int) { want[at(index, yStride)] = p.QMul(a[at(index, aFull)], b[at(index, bFull)]) })
		ar := newArena()
		made := q8.Mul{Binary: q8.Binary{
			Signed: p.Signed, Shape: out, A: q8.Operand{Addr: ar.bytes(a), Strides: aFull, Scale: p.AScale, Zero: p.AZero},
			B: q8.Operand{Addr: ar.bytes(b), Strides: bFull, Scale: p.BScale, Zero: p.BZero},
			Y: q8.Operand{Addr: ar.output(y, want), Strides: yStride, Scale: p.YScale, Zero: p.YZero}, Lo: p.Lo, Hi: p.Hi,
		}}.Call()
		if made.Kernel == call.Q8MulChannel {
			perChannel++
		}
		if !ar.checkBoth(t, e, made) {
			t.Fatalf("case %d: %v and %v to %v, %+v", i, as, bs, out, p)
		}
	}
	if perChannel < 50 {
		t.Fatalf("%d perChannel", perChannel)
	}
}

// Y may be an operand.
func TestBinaryInPlace(t *testing.T) {
	e := both(t, entry{call.Q8Add, q8.EmitAdd})
	r := rand.New(rand.NewPCG(6, 2))
	p := randomParams(r, false)
	a, b := random(r, 77), random(r, 77)
	want := bytes.Clone(a)
	for i := range want {
		want[i] = p.QAdd(a[i], b[i])
	}
	ar := newArena()
	y := ar.output(a, want)
	made := q8.Add{Binary: q8.Binary{
		Shape: []int{77}, A: q8.Operand{y, []int{1}, p.AScale, p.AZero}, B: q8.Operand{ar.bytes(b), []int{1}, p.BScale, p.BZero},
		Y: q8.Operand{y, []int{1}, p.YScale, p.YZero}, Lo: p.Lo, Hi: p.Hi,
	}}.Call()
	ar.checkBoth(t, e, made)
}

// unaryLayouts is a shape and two layouts of it.
func unaryLayouts(r *rand.Rand, i int) (shape, xs []int, xSize int, ys []int, ySize int) {
	shape = randomShape(r, r.IntN(5), 6)
	if i%3 == 0 {
		shape = append(shape, 1+r.IntN(60))
	}
	if i%29 == 0 {
		shape = []int{2, 4500}
	}
	ys, ySize = layout(r, shape, min(i%2, len(shape)), i%5 == 0)
	xs, xSize = layout(r, shape, min(i%2, len(shape)), i%3 == 0)
	return shape, xs, xSize, ys, ySize
}

func times4(strides []int) []int {
	s := slices.Clone(strides)
	for i := range s {
		s[i] *= 4
	}
	return s
}

func TestMove(t *testing.T) {
	e := both(t, entry{call.Q8Lookup, q8.EmitLookup}, entry{call.X8Copy, q8.EmitCopy}, entry{call.X8Fill, q8.EmitFill})
	r := rand.New(rand.NewPCG(6, 3))
	for i := range 500 {
		shape, xs, xSize, ys, ySize := unaryLayouts(r, i)
		x, y, table := random(r, xSize), random(r, ySize), random(r, 256)
		lookup, copied, filled := bytes.Clone(y), bytes.Clone(y), bytes.Clone(y)
		visit(shape, func(index []int) {
			v := x[at(index, xs)]
			lookup[at(index, ys)], copied[at(index, ys)], filled[at(index, ys)] = table[v], v, table[0]
		})
		a, b, c := newArena(), newArena(), newArena()
		ok := a.checkBoth(t, e, q8.Lookup{X: a.bytes(x), Y: a.output(y, lookup), Shape: shape, XStrides: xs, YStrides: ys, Table: a.bytes(table)}.Call())
		ok = ok && b.checkBoth(t, e, q8.Copy{X: b.bytes(x), Y: b.output(y, copied), Shape: shape, XStrides: xs, YStrides: ys}.Call())
		ok = ok && c.checkBoth(t, e, q8.Fill{Y: c.output(y, filled), Shape: shape, YStrides: ys, Value: table[0]}.Call())
		if !ok {
			t.Fatalf("case %d: shape %v, from %v to %v", i, shape, xs, ys)
		}
	}
}

// A negative stride reads backwards.
func TestCopyBackwards(t *testing.T) {
	e := both(t, entry{call.X8Copy, q8.EmitCopy})
	x := []byte{1, 2, 3, 4, 5, 6}
	a := newArena()
	c := q8.Copy{X: a.bytes(x) + 4, Y: a.output(make([]byte, 6), []byte{5, 6, 3, 4, 1, 2}), Shape: []int{3, 2}, XStrides: []int{-2, 1}, YStrides: []int{2, 1}}
	a.checkBoth(t, e, c.Call())
}

func TestQuantize(t *testing.T) {
	e := both(t, entry{call.Q8Quantize, q8.EmitQuantize})
	r := rand.New(rand.NewPCG(6, 4))
	for i := range 500 {
		p := randomParams(r, i%2 == 1)
		shape, xs, xSize, ys, ySize := unaryLayouts(r, i)
		x, y := make([]float32, xSize), random(r, ySize)
		for j := range x {
			x[j] = float32(r.IntN(600)-300) / 2 * p.YScale // ties
			switch r.IntN(8) {
			case 0:
				x[j] = []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 3e38, -3e38, 1e-42, 0}[r.IntN(7)]
			case 1, 2:
				x[j] = float32(r.NormFloat64())
			}
		}
		div := i%4 < 2
		want := bytes.Clone(y)
		visit(shape, func(index []int) {
			want[at(index, ys)] = ref.QQuantize(x[at(index, xs)], p.YScale, div, p.YZero, p.Lo, p.Hi)
		})
		a := newArena()
		d := q8.Quantize{
			Signed: p.Signed, X: a.floats(x), Y: a.output(y, want), Shape: shape, XStrides: times4(xs), YStrides: ys,
			Scale: p.YScale, Zero: p.YZero, Lo: p.Lo, Hi: p.Hi, Div: div,
		}
		if !a.checkBoth(t, e, d.Call()) {
			t.Fatalf("case %d: shape %v, %+v", i, shape, p)
		}
	}
}

func TestDequantize(t *testing.T) {
	e := both(t, entry{call.Q8Dequantize, q8.EmitDequantize})
	r := rand.New(rand.NewPCG(6, 5))
	for i := range 500 {
		p := randomParams(r, i%2 == 1)
		shape, xs, xSize, ys, ySize := unaryLayouts(r, i)
		x, y := random(r, xSize), randomFloats(r, ySize)
		a := newArena()
		d := q8.Dequantize{Signed: p.Signed, X: a.bytes(x), Shape: shape, XStrides: xs, YStrides: times4(ys), Scale: p.AScale, Zero: p.AZero}
		op := func([]float32) {}
		if c := 5; i%10 == 3 {
			shape, xs, ys = []int{7, c}, []int{c, 1}, []int{c, 1}
			x, y = random(r, 7*c), randomFloats(r, 7*c)
			scale, offset := randomFloats(r, c), randomFloats(r, c)
			op = ref.Affine(scale, offset)
			d.X, d.Shape, d.XStrides, d.YStrides, d.C = a.bytes(x), shape, xs, times4(ys), c
			d.Epilogue = []call.EpilogueOp{f32.Affine(a.floats(scale), a.floats(offset), c)}
		}
		want := slices.Clone(y)
		visit(shape, func(index []int) {
			want[at(index, ys)] = ref.QDequantize(x[at(index, xs)], p.Signed, p.AZero, p.AScale)
		})
		op(want)
		d.Y = a.output(floatBytes(y), floatBytes(want))
		if !a.checkBoth(t, e, d.Call()) {
			t.Fatalf("case %d: shape %v, %+v", i, shape, p)
		}
	}
}
