package f32

import "github.com/quantscope/quantscope/kernels/asm"

// outputRow is the address of a row of an image: words y, yImg, yRow follow each other.
func outputRow(word func(i uint32) asm.I32, y uint32, img, row asm.I32) asm.I32 {
	return word(y).Add(img.Mul(word(y + 1))).Add(row.Mul(word(y + 2)))
}

// pixelPosts emits the posts over the pixel at p if pixels of an output row have gaps between them,
// and rowPosts those over the row that ends at p if they have none.
func pixelPosts(f *asm.Func, env Env, pitch, chain, p, channels, thread asm.I32) {
	f.If(pitch.Ne(channels.ShlC(2)), func() { f.Call(env.PostChain, chain, p, channels, thread) }, nil)
}

func rowPosts(f *asm.Func, env Env, pitch, chain, p, pixels, channels, thread asm.I32) {
	f.If(pitch.Eq(channels.ShlC(2)), func() {
		f.Call(env.PostChain, chain, p.Sub(pixels.Mul(pitch)), pixels.Mul(channels), thread)
	}, nil)
}
