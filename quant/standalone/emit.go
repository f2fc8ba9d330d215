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
	want    uint32 // address of the outputs on the probes
	words   int    // of all outputs
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

// infer emits a run of the program, with the outputs put in ONNX order.
func (e *emitter) infer(run *asm.Func) *asm.Func {
	f := e.m.Func("infer", nothing)
	f.Call(run, asm.ConstU32(e.image.Program), asm.ConstU32(e.image.Calls), asm.ConstI32(0))
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
	e.m.Export("infer", f)
	return f
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

// check emits the runs on the probes and counts the words that are not as they were.
func (e *emitter) check(infer *asm.Func, about About, c *calibrate.Calibrated) {
	f := e.m.Func("check", number)
	r := newPCG(f)
	differ, k, i, got, want := f.I32(), f.I32(), f.I32(), f.I32(), f.I32()
	want.Set(asm.ConstU32(e.want))
	f.For(k, asm.ConstI32(0), asm.ConstI32(evidence.Probes), 1, func() {
		r.seed(asm.ConstI64(int64(about.Probes.Seed)), k.I64U())
		for j, in := range about.Inputs {
			lo, hi := evidence.Span(c, c.Graph.Inputs[j])
			f.For(i, asm.ConstI32(0), asm.ConstI32(int32(graph.Len(in.Shape))), 1, func() {
				u := r.next().ShrUC(40).Low().F32U().Mul(asm.ConstF32(1.0 / (1 << 24)))
				f.StoreF32(asm.ConstU32(in.At).Add(i.MulC(4)), 0, u.Mul(asm.ConstF32(hi-lo)).Add(asm.ConstF32(lo)))
			})
		}
		f.Call(infer)
		got.Set(asm.ConstU32(e.outputs[0].to.At))
		f.For(i, asm.ConstI32(0), asm.ConstI32(int32(e.words)), 1, func() {
			differ.Set(differ.Add(got.LoadI32(0).Ne(want.LoadI32(0))))
			got.Set(got.AddC(4))
			want.Set(want.AddC(4))
		})
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
