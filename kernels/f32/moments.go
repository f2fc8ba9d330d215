package f32

import (
	"encoding/binary"
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
	"github.com/quantscope/quantscope/kernels/kernel"
	"github.com/quantscope/quantscope/kernels/ref"
)

// Moments adds to ref.Moments at To what it makes of N floats at A, B and C each.
type Moments struct {
	A, B, C uint32
	N       int
	To      uint32 // MomentsBytes
}

// MomentsBytes is what a ref.Moments takes in memory.
const MomentsBytes = 6*8 + 4

// PutMoments lays m out for memory, and GetMoments reads what was laid out.
func PutMoments(b []byte, m ref.Moments) {
	for i, x := range [...]float64{m.AA, m.BB, m.AB, m.AminusB, m.AminusC, m.BminusC} {
		binary.LittleEndian.PutUint64(b[8*i:], math.Float64bits(x))
	}
	binary.LittleEndian.PutUint32(b[48:], m.Apart)
}

func GetMoments(b []byte) ref.Moments {
	at := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:])) }
	return ref.Moments{AA: at(0), BB: at(1), AB: at(2), AminusB: at(3), AminusC: at(4), BminusC: at(5), Apart: binary.LittleEndian.Uint32(b[48:])}
}

// Call is the kernel call, of one unit: each sum is a single chain.
func (m Moments) Call() call.Call {
	return call.Call{Kernel: call.F32Moments, Units: 1, Args: kernel.Words(momentsArgs[uint32]{m.A, m.B, m.C, uint32(m.N), m.To})}
}

type momentsArgs[W any] struct{ A, B, C, N, To W }

// EmitMoments emits f32_moments. The six sums lie in three vectors, so that each adds its elements one after the other.
func EmitMoments(env kernel.Env) *asm.Func {
	f := env.M.Func("f32_moments", kernel.Signature())
	arg := kernel.Fields[momentsArgs[kernel.Field]](f.ParamI32(0).I32, 0)
	a, b, c, n, to := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	x, y, z, apart := f.F32x4(), f.F32x4(), f.F32x4(), f.I32x4()
	p, q, r, d, e, g := f.F64x2(), f.F64x2(), f.F64x2(), f.F64x2(), f.F64x2(), f.F64x2()
	left, right := f.F64x2(), f.F64x2()
	var sums [3]asm.F64x2Var
	a.Set(arg.A.I32())
	b.Set(arg.B.I32())
	c.Set(arg.C.I32())
	n.Set(arg.N.I32())
	to.Set(arg.To.I32())
	for i := range sums {
		sums[i] = f.F64x2()
		sums[i].Set(to.LoadF64x2(uint32(16 * i)))
	}
	apart.Set(asm.ConstI32x4([4]int32{}))
	// add adds two elements of two products to their sums, the lower first.
	add := func(sum asm.F64x2Var, u, v asm.F64x2) {
		left.Set(u)
		right.Set(v)
		sum.Set(sum.Add(left.Shuffle(right.F64x2, [2]int{0, 2})))
		sum.Set(sum.Add(left.Shuffle(right.F64x2, [2]int{1, 3})))
	}
	square := func(v asm.F64x2Var) asm.F64x2 { return v.Mul(v.F64x2) }
	// pair adds the two lower elements; the second may be one that is not there, three zeros, which change no sum.
	pair := func(x, y, z asm.F32x4) {
		p.Set(x.Promote())
		q.Set(y.Promote())
		r.Set(z.Promote())
		d.Set(p.Sub(q.F64x2))
		e.Set(p.Sub(r.F64x2))
		g.Set(q.Sub(r.F64x2))
		add(sums[0], square(p), square(q))
		add(sums[1], p.Mul(q.F64x2), square(d))
		add(sums[2], square(e), square(g))
	}
	upper := func(v asm.F32x4Var) asm.F32x4 { return v.Shuffle(v.F32x4, [4]int{2, 3, 2, 3}) }
	emitStrip(f, n, []asm.I32Var{a, b, c}, 1, func(l lanes, offset uint32) {
		x.Set(l.load(a.I32, offset))
		y.Set(l.load(b.I32, offset))
		z.Set(l.load(c.I32, offset))
		numbers := x.Eq(x.F32x4).Or(z.Eq(z.F32x4))
		apart.Set(apart.Sub(x.Ne(z.F32x4).And(numbers))) // of a zero that is not there none differs
		pair(x.F32x4, y.F32x4, z.F32x4)
		if !l.single {
			pair(upper(x), upper(y), upper(z))
		}
	})
	for i := range sums {
		f.StoreF64x2(to.I32, uint32(16*i), sums[i].F64x2)
	}
	for i := range 4 {
		f.StoreI32(to.I32, 48, to.LoadI32(48).Add(apart.Lane(i)))
	}
	return f
}
