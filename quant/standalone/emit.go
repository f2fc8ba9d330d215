package standalone

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evidence"
	"github.com/quantscope/quantscope/quant/exec"
	"github.com/quantscope/quantscope/quant/graph"
)

// emitter emits the functions that a host calls.
type emitter struct {
	m       *asm.Module
	image   *exec.Image
	outputs []output
	steps   uint32 // address of what is run and checked, see Module
	digest  *asm.Func
}

// output is copied from where the engine leaves it to where hosts find it.
type output struct {
	to   Tensor
	from *exec.Place
}

var (
	nothing = asm.Signature{}
	number  = asm.Signature{Results: []asm.Type{asm.TypeI32}}
)

// constant emits a function that returns c.
func (e *emitter) constant(name string, c uint32) {
	f := e.m.Func(name, number)
	f.Push(asm.ConstU32(c))
	e.m.Export(name, f)
}

// run emits a function that runs the program step by step and puts the outputs in ONNX order. Asked with k + 1 it counts
// the values that are not what they were on probe k; asked with 0 it only runs.
func (e *emitter) run(calls *asm.Func) *asm.Func {
	f := e.m.Func("steps", asm.Signature{Params: []asm.Type{asm.TypeI32}, Results: []asm.Type{asm.TypeI32}})
	probe, at, differ, i, k := f.ParamI32(0), f.I32(), f.I32(), f.I32(), f.I32()
	value := func() {
		region := at.AddC(4 * evidence.Probes)
		f.If(probe.I32, func() {
			digest := asm.CallI32(e.digest, asm.ConstI32(0), region.LoadI32(0), region.AddC(fixed), region.LoadI32(8), region.LoadI32(4))
			want := at.Add(probe.SubC(1).MulC(4)).LoadI32(0)
			differ.Set(differ.Add(digest.Ne(want)))
		}, nil)
		at.Set(region.Add(region.LoadI32(8).MulC(each)).AddC(fixed))
	}
	at.Set(asm.ConstU32(e.steps))
	f.For(i, asm.ConstI32(0), asm.ConstI32(int32(len(e.image.Steps))), 1, func() {
		leaves := f.I32()
		f.Call(calls, at.LoadI32(0), at.LoadI32(4), asm.ConstI32(0))
		leaves.Set(at.LoadI32(8))
		at.Set(at.AddC(12))
		f.For(k, asm.ConstI32(0), leaves.I32, 1, value)
	})
	to := f.I32()
	for _, o := range e.outputs {
		if o.from.Constant != nil {
			e.m.Data(o.to.At, words(o.from.Constant))
			continue
		}
		to.Set(asm.ConstU32(o.to.At))
		l := o.from.Layout
		e.copy(f, o.from, l.Shape, l.Stride, asm.ConstU32(o.from.At+uint32(l.Offset)), to)
	}
	value()
	f.Push(differ.I32)
	return f
}

// infer emits a run of the program on the inputs in memory.
func (e *emitter) infer(run *asm.Func) {
	f := e.m.Func("infer", nothing)
	f.Drop(asm.CallI32(run, asm.ConstI32(0)))
	e.m.Export("infer", f)
}

// copy emits the loops over a value's dimensions; from is the address of its first element, to moves on.
func (e *emitter) copy(f *asm.Func, p *exec.Place, shape, stride []int, from asm.I32, to asm.I32Var) {
	if len(shape) == 0 {
		f.StoreF32(to.I32, 0, e.element(p, from))
		to.Set(to.AddC(4))
		return
	}
	i, at := f.I32(), f.I32()
	f.For(i, asm.ConstI32(0), asm.ConstI32(int32(shape[0])), 1, func() {
		at.Set(from.Add(i.MulC(int32(stride[0]))))
		e.copy(f, p, shape[1:], stride[1:], at.I32, to)
	})
}

// element loads a float, or what a code stands for.
func (e *emitter) element(p *exec.Place, at asm.I32) asm.F32 {
	if p.Layout.Width == 4 {
		return at.LoadF32(0)
	}
	code := at.LoadI8U(0)
	if e.image.Dot.Signed() {
		code = at.LoadI8S(0)
	}
	return code.SubC(p.Zero).F32S().Mul(asm.ConstF32(p.Scale))
}

// check emits the digest of what never changes, the program's constants and what lies in memory behind the outputs from
// address at, which begins with the dimensions of both, and, if that is as it was, the runs on the probes. It counts the
// values that are others.
func (e *emitter) check(run *asm.Func, about About, c *calibrate.Calibrated, at, digest uint32) {
	f := e.m.Func("check", number)
	r := newPCG(f)
	differ, k, i := f.I32(), f.I32(), f.I32()
	one, dims := asm.ConstI32(1), asm.ConstU32(at)
	constants := asm.CallI32(e.digest, asm.ConstI32(0), asm.ConstI32(0), dims, one, one)
	f.If(asm.CallI32(e.digest, constants, dims, dims.AddC(each), one, one).Ne(asm.ConstU32(digest)), func() {
		f.Return(one) // a program with other numbers may not end
	}, nil)
	base := uint32(len(e.image.Memory))
	f.For(k, asm.ConstI32(0), asm.ConstI32(evidence.Probes), 1, func() {
		f.MemoryFill(asm.ConstU32(base), asm.ConstI32(0), asm.ConstU32(uint32(e.image.Bytes)-base)) // so that no value is left of another run
		r.seed(asm.ConstI64(int64(about.Probes.Seed)), k.I64U())
		for j, in := range about.Inputs {
			lo, hi := evidence.Span(c, c.Graph.Inputs[j])
			f.For(i, asm.ConstI32(0), asm.ConstI32(int32(graph.Len(in.Shape))), 1, func() {
				u := r.next().ShrUC(40).Low().F32U().Mul(asm.ConstF32(1.0 / (1 << 24)))
				f.StoreF32(asm.ConstU32(in.At).Add(i.MulC(4)), 0, u.Mul(asm.ConstF32(hi-lo)).Add(asm.ConstF32(lo)))
			})
		}
		differ.Set(differ.Add(asm.CallI32(run, k.AddC(1))))
	})
	f.Push(differ.I32)
	e.m.Export("check", f)
}

// pcg is the generator of math/rand/v2, PCG-DXSM: 128 bits of state, in two locals.
type pcg struct {
	f      *asm.Func
	hi, lo asm.I64Var
	t, w   asm.I64Var
}

func newPCG(f *asm.Func) pcg { return pcg{f, f.I64(), f.I64(), f.I64(), f.I64()} }

func (r pcg) seed(hi, lo asm.I64) {
	r.hi.Set(hi)
	r.lo.Set(lo)
}

// next emits a step and returns its number. The upper half of a product of 64 bits comes from four of 32.
func (r pcg) next() asm.I64 {
	const (
		mulHi, mulLo = 2549297995355413924, 4865540595714422341
		incHi, incLo = 6364136223846793005, 1442695040888963407
		cheap        = 0xda942042e4dd58b5
		half         = math.MaxUint32
	)
	c := func(x uint64) asm.I64 { return asm.ConstI64(int64(x)) }
	hi, lo, t, w := r.hi, r.lo, r.t, r.w
	a0, a1, b0, b1 := lo.And(c(half)), lo.ShrUC(32), c(mulLo&half), c(mulLo>>32)
	t.Set(a1.Mul(b0).Add(a0.Mul(b0).ShrUC(32)))
	w.Set(t.And(c(half)).Add(a0.Mul(b1)))
	hi.Set(hi.Mul(c(mulLo)).Add(lo.Mul(c(mulHi))).Add(a1.Mul(b1)).Add(t.ShrUC(32)).Add(w.ShrUC(32)))
	lo.Set(lo.Mul(c(mulLo)).Add(c(incLo)))
	hi.Set(hi.Add(c(incHi)).Add(lo.LtU(c(incLo)).I64U()))
	t.Set(hi.Xor(hi.ShrUC(32)).Mul(c(cheap)))
	return t.Xor(t.ShrUC(48)).Mul(lo.Or(c(1)))
}
