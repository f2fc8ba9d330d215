package ref

import "math"

// Same says that two floats have the same bits, every NaN counting as the same: WebAssembly leaves
// a NaN's payload open, so it is no part of the specification.
func Same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}
