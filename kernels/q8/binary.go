package q8

// Operand is one input of an element-wise kernel, its strides as many as the shape of the output; a
// stride of 0 repeats it (see f32.Broadcast).
type Operand struct {
	Addr    uint32
	Strides []int // bytes
	Scale   float32
	Zero    int32
}

// Add is y = clamp(rhe((sa·(a−za) + sb·(b−zb))/sy) + zy, lo, hi), element by element; ref.QAdd has the
// order of its float32 operations. Y may be A or B where they have the same strides.
type Add struct{ Binary }

// Mul is y = clamp(rhe((a−za)·(b−zb)·M) + zy, lo, hi) with M = sa·sb/sy; see ref.QMul.
type Mul struct{ Binary }

// Binary is what Add and Mul share. Dimensions come in any order, at most 6 that do not merge. It is
// fast where Y is contiguous along a dimension, and A and B are so too or constant.
type Binary struct {
	Signed bool // storage
	Shape  []int
	A, B   Operand
	Y      Operand
	Lo, Hi int32 // bounds of y
}
