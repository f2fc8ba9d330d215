package ref

// Copy copies a block of any shape: element (i, j, …) goes from src[srcAt + i·srcStride₀ + …] to
// dst[dstAt + i·dstStride₀ + …]. Strides may be negative in src.
func Copy(dst []float32, dstAt int, dstStrides []int, src []float32, srcAt int, srcStrides []int, shape []int) {
	if len(shape) == 0 {
		dst[dstAt] = src[srcAt]
		return
	}
	for i := range shape[0] {
		Copy(dst, dstAt+i*dstStrides[0], dstStrides[1:], src, srcAt+i*srcStrides[0], srcStrides[1:], shape[1:])
	}
}

// Fill sets a block of any shape to one value; see Copy.
func Fill(dst []float32, at int, strides, shape []int, value float32) {
	if len(shape) == 0 {
		dst[at] = value
		return
	}
	for i := range shape[0] {
		Fill(dst, at+i*strides[0], strides[1:], shape[1:], value)
	}
}
