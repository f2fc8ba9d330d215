package call

// Dot is how integer kernels multiply on a machine. Whatever it is, the integers of a network are
// the same; only the storage of activations and the instructions differ. engine.ProbeDot finds it.
type Dot uint32

const (
	// DotI16 is i32x4.dot_i16x8_s after extension, which every machine has. Activations are
	// stored unsigned.
	DotI16 Dot = iota
	// DotU8 is i32x4.relaxed_dot_i8x16_i7x16_add_s where it reads the second operand as unsigned
	// 8 bits, exactly (x86 with VNNI). Activations are stored unsigned.
	DotU8
	// DotS8 is the same instruction where it reads the second operand as signed 8 bits, exactly
	// (ARM). Activations are stored signed: x ^ 0x80, every zero point less 128.
	DotS8
)

// Signed says that activations are stored as int8, not uint8.
func (d Dot) Signed() bool { return d == DotS8 }

// String is the name of the instruction and its reading.
func (d Dot) String() string {
	return [...]string{"dot_i16x8", "relaxed dot u8×s8", "relaxed dot s8×s8"}[d]
}
