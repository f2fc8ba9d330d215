package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
)

// Post is a post function and its parameters.
type Post = call.Post

// emitPostChain emits post_chain, see Env.
func emitPostChain(m *asm.Module) *asm.Func {
	f := m.Func("post_chain", Signature())
	chain, data, n, thread, fn := f.ParamI32(0), f.ParamI32(1), f.ParamI32(2), f.ParamI32(3), f.I32()
	f.Block(func(end asm.Label) {
		f.Loop(func(again asm.Label) {
			f.BrIf(end, fn.Tee(chain.LoadI32(0)).Eqz())
			f.CallIndirect(Signature(), fn.I32, chain.AddC(8), data.I32, n.I32, thread.I32)
			chain.Set(chain.AddC(8).Add(chain.LoadI32(4).ShlC(2)))
			f.Br(again)
		})
	})
	return f
}
