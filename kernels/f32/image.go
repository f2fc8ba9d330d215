package f32

import (
	"github.com/quantscope/quantscope/kernels/asm"
	"github.com/quantscope/quantscope/kernels/kernel"
)

// outputRow is the address of a row of an image.
func outputRow(y kernel.Image[kernel.Field], img, row asm.I32) asm.I32 {
	return y.At.I32().Add(img.Mul(y.Img.I32())).Add(row.Mul(y.Row.I32()))
}

// pixelEpilogue emits the epilogue over the pixel at p if pixels of an output row have gaps between them,
// and rowEpilogue those over the row that ends at p if they have none.
func pixelEpilogue(f *asm.Func, env kernel.Env, pitch, chain, p, channels, thread asm.I32) {
	f.If(pitch.Ne(channels.ShlC(2)), func() { env.Epilogue(f, chain, p, channels, thread) }, nil)
}

func rowEpilogue(f *asm.Func, env kernel.Env, pitch, chain, p, pixels, channels, thread asm.I32) {
	f.If(pitch.Eq(channels.ShlC(2)), func() {
		env.Epilogue(f, chain, p.Sub(pixels.Mul(pitch)), pixels.Mul(channels), thread)
	}, nil)
}
