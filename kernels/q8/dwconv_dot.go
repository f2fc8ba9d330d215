package q8

import "github.com/quantscope/quantscope/kernels/asm"

// dwDot is how the special windows multiply: size kernel positions of a channel at once, of four channels with
// one instruction. A vector of eight channels becomes a half of a group, of size/2 positions; two halves
// woven together are the groups of the lower and of the upper four channels.
type dwDot struct {
	size int
	load func(x asm.I32) asm.I8x16      // eight channels
	half func(a, b asm.I8x16) asm.I8x16 // of one position, a, or of two
	dot  func(w, x asm.I8x16, acc asm.I32x4) asm.I32x4
}

// quads multiplies four bytes at once.
func quads(dot relaxedDot) dwDot {
	return dwDot{
		size: 4,
		load: func(x asm.I32) asm.I8x16 { return x.LoadZero64I8x16(0) },
		half: func(a, b asm.I8x16) asm.I8x16 {
			return a.Shuffle(b, [16]int{0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23})
		},
		dot: dot,
	}
}

// pairs multiplies two 16-bit integers at once; load extends.
func pairs(load func(x asm.I32, offset uint32) asm.I16x8) dwDot {
	return dwDot{
		size: 2,
		load: func(x asm.I32) asm.I8x16 { return load(x, 0).I8x16() },
		half: func(a, _ asm.I8x16) asm.I8x16 { return a },
		dot:  func(w, x asm.I8x16, acc asm.I32x4) asm.I32x4 { return acc.Add(w.I16x8().DotS(x.I16x8())) },
	}
}

// weave interleaves the 16-bit lanes of two halves.
func weave(a, b asm.I8x16) (low, high asm.I8x16) {
	return a.Shuffle(b, [16]int{0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23}),
		a.Shuffle(b, [16]int{8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31})
}
