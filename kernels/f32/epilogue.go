package f32

import (
	"math"

	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// emitOp emits an epilogue function with float parameters, the same for every element: body maps a vector x.
func emitOp(m *asm.Module, name string, params, unroll int, body func(f *asm.Func, x asm.F32x4, p []asm.F32x4Var) asm.F32x4) *asm.Func {
	return emitPreparedOp(m, name, params, unroll, func(f *asm.Func, p []asm.F32x4Var) func(x asm.F32x4) asm.F32x4 {
		return func(x asm.F32x4) asm.F32x4 { return body(f, x, p) }
	})
}

// emitPreparedOp is emitOp where something is to be done before the loop: prepare emits that and
// gives the body.
func emitPreparedOp(m *asm.Module, name string, params, unroll int, prepare func(f *asm.Func, p []asm.F32x4Var) func(x asm.F32x4) asm.F32x4) *asm.Func {
	f := m.Func(name, kernel.Signature())
	words, data, n := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	p := make([]asm.F32x4Var, params)
	for i := range p {
		p[i] = f.F32x4()
		p[i].Set(words.LoadSplatF32x4(uint32(4 * i)))
	}
	body, x := prepare(f, p), f.F32x4()
	emitStrip(f, n, []asm.I32Var{data}, unroll, func(l lanes, offset uint32) {
		x.Set(l.load(data.I32, offset))
		l.store(f, data.I32, offset, body(x.F32x4))
	})
	return f
}

// emitChannelOp emits an epilogue function with arrays of one float per channel. Its words are the addresses of
// the arrays and the number of channels.
func emitChannelOp(m *asm.Module, name string, arrays int, body func(x asm.F32x4, channel []asm.F32x4) asm.F32x4) *asm.Func {
	f := m.Func(name, kernel.Signature())
	words, data, n := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2)
	pointers := make([]asm.I32Var, arrays+1)
	pointers[arrays] = data
	for i := range arrays {
		pointers[i] = f.I32()
	}
	channels, x := f.I32(), f.F32x4()
	f.While(func() asm.I32 { return n.GtS(asm.ConstI32(0)) }, func() {
		channels.Set(words.LoadI32(uint32(4 * arrays)))
		n.Set(n.Sub(channels.I32))
		for i := range arrays {
			pointers[i].Set(words.LoadI32(uint32(4 * i)))
		}
		emitStrip(f, channels, pointers, 1, func(l lanes, offset uint32) {
			channel := make([]asm.F32x4, arrays)
			for i := range channel {
				channel[i] = l.load(pointers[i].I32, offset)
			}
			x.Set(l.load(data.I32, offset))
			l.store(f, data.I32, offset, body(x.F32x4, channel))
		})
	})
	return f
}

func floatWords(x ...float32) []uint32 {
	words := make([]uint32, len(x))
	for i, v := range x {
		words[i] = math.Float32bits(v)
	}
	return words
}
