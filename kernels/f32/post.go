package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/call"
)

// Post is an element-wise function applied in place to what a kernel has just written, while it is
// in the nearest cache: an activation, a fake quantizer, an observer. A strip starts at channel 0
// and holds whole pixels, so its length is a multiple of the channels.
type Post struct {
	Fn    call.ID
	Words []uint32 // parameters of Fn
}

// PostWords encodes a chain, as it ends the arguments of every kernel that takes posts: per post
// the words fn, number of words, words…, and 0 after the last.
func PostWords(chain []Post) []uint32 {
	var words []uint32
	for _, p := range chain {
		words = append(words, uint32(p.Fn), uint32(len(p.Words)))
		words = append(words, p.Words...)
	}
	return append(words, 0)
}

// EmitPostChain emits post_chain, see Env.
func EmitPostChain(m *asm.Module) *asm.Func {
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
