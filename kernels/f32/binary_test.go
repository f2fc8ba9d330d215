package f32_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/f32"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/kerneltest"
	"github.com/quantscope/quantscope/kernels/ref"
)

type binaryCase struct {
	name string
	id   call.ID
	emit func(kernel.Env) *asm.Func
	twin ref.Binary
}

func binaries() []binaryCase {
	return []binaryCase{
		{"add", call.F32Add, f32.EmitAdd, ref.Add}, {"sub", call.F32Sub, f32.EmitSub, ref.Sub},
		{"mul", call.F32Mul, f32.EmitMul, ref.Mul}, {"div", call.F32Div, f32.EmitDiv, ref.Div},
		{"min", call.F32Min, f32.EmitMin, ref.Min}, {"max", call.F32Max, f32.EmitMax, ref.Max},
		{"pow", call.F32Pow, f32.EmitPow, ref.Pow},
		{"equal", call.F32Equal, f32.EmitEqual, ref.Equal}, {"less", call.F32Less, f32.EmitLess, ref.Less},
		{"less or equal", call.F32LessOrEqual, f32.EmitLessOrEqual, ref.LessOrEqual},
		{"keep", call.F32Keep, f32.EmitKeep, ref.Keep}, {"drop", call.F32Drop, f32.EmitDrop, ref.Drop},
		{"either", call.F32Either, f32.EmitEither, ref.Either},
	}
}

// binaryShapes is a random broadcast: shapes of both operands and of the result, C last.
func binaryShapes(r *rand.Rand, i int) (a, b, out []int) {
	out = randomShape(r, 1+r.IntN(4), 6)
	if i%3 == 0 {
		out[len(out)-1] = 1 + r.IntN(20)
	}
	if i%17 == 0 {
		out = []int{2, 1500}
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
	if i%4 == 0 { // a missing dimension counts as 1
		b = b[1:]
	}
	for d := range out { // both may have become 1
		if a[d] == 1 && (len(b) < len(out) && d == 0 || b[d-(len(out)-len(b))] == 1) {
			out[d] = 1
		}
	}
	return a, b, out
}

func TestBinaryBroadcast(t *testing.T) {
	for _, c := range binaries() {
		t.Run(c.name, func(t *testing.T) {
			engines := ways(t, entry{c.id, c.emit})
			r := rand.New(rand.NewPCG(17, 18))
			for i := range 250 {
				as, bs, out := binaryShapes(r, i)
				aStride, aSize := layout(r, as, min(1, len(as)), i%2 == 0)
				bStride, bSize := layout(r, bs, min(1, len(bs)), i%3 == 0)
				yStride, ySize := layout(r, out, i%2, i%5 == 0)
				a, b, y := random(r, aSize, true), random(r, bSize, true), random(r, ySize, false)
				lo, hi := -inf, inf
				if i%2 == 1 {
					lo, hi = 0, 2
				}
				full := func(in, strides []int) []int { return kerneltest.Broadcast(out, in, strides) }
				want := slices.Clone(y)
				visit(out, func(index []int) {
					p, q := a[at(index, full(as, aStride))], b[at(index, full(bs, bStride))]
					want[at(index, yStride)] = c.twin.Clamped(p, q, lo, hi)
				})
				ar := newArena()
				d := f32.Binary{
					Op: c.id, A: ar.floats(a), B: ar.floats(b), Y: ar.output(y), Shape: out, AStrides: bytesOf(full(as, aStride)),
					BStrides: bytesOf(full(bs, bStride)), YStrides: bytesOf(yStride), Lo: lo, Hi: hi,
				}
				if !ar.checkAll(t, engines, d.Call(), want) {
					t.Fatalf("%v and %v to %v", as, bs, out)
				}
			}
		})
	}
}

// TestBinaryEpilogue adds a residual in place, with an epilogue per channel that shows where strips begin.
func TestBinaryEpilogue(t *testing.T) {
	engines := ways(t, entry{call.F32Add, f32.EmitAdd})
	r := rand.New(rand.NewPCG(19, 20))
	for c := 1; c <= 20; c++ {
		for _, hw := range []int{1, 5, 130} {
			for _, perChannel := range []bool{false, true} {
				shape := []int{c, hw} // logical order: channels before space
				strides := []int{1, c}
				a, b := random(r, c*hw, true), random(r, c*hw, false)
				bStrides := strides
				if perChannel {
					b, bStrides = b[:c], []int{1, 0}
				}
				scale, shift := random(r, c, false), random(r, c, false)
				want := slices.Clone(a)
				for i := range want {
					want[i] = ref.Binary(ref.Add).Clamped(a[i], b[i%len(b)], 0, inf)
				}
				ref.Affine(scale, shift)(want)
				ar := newArena()
				y := ar.output(a)
				d := f32.Binary{
					Op: call.F32Add, A: y, B: ar.floats(b), Y: y, Shape: shape, AStrides: bytesOf(strides), BStrides: bytesOf(bStrides),
					YStrides: bytesOf(strides), Lo: 0, Hi: inf, C: c, Epilogue: []call.EpilogueOp{f32.Affine(ar.floats(scale), ar.floats(shift), c)},
				}
				if !ar.checkAll(t, engines, d.Call(), want) {
					t.Fatalf("%d channels, %d pixels, per channel: %v", c, hw, perChannel)
				}
			}
		}
	}
}

func TestBroadcastStrides(t *testing.T) {
	got := kerneltest.Broadcast([]int{2, 3, 4, 5}, []int{3, 1, 5}, []int{20, 20, 4})
	if !slices.Equal(got, []int{0, 20, 0, 4}) {
		t.Errorf("strides %v", got)
	}
}
