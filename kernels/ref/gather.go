package ref

// Gather makes an image of h×w pixels of c channels: pixel i (of h·w) is the c elements of src at
// table[i], or c times value where table[i] is -1. Strides in elements.
func Gather(dst, src []float32, table []int, h, w, c, dstH, dstW int, value float32, epilogue ...EpilogueOp) {
	for i, at := range table[:h*w] {
		out := dst[i/w*dstH+i%w*dstW:][:c]
		for k := range out {
			out[k] = value
			if at != -1 {
				out[k] = src[at+k]
			}
		}
		apply(epilogue, out)
	}
}

// QGather makes an image of h×w pixels of c bytes: pixel i is the c bytes of src at table[i].
func QGather(dst, src []byte, table []int, h, w, c, dstH, dstW int) {
	for i, at := range table[:h*w] {
		copy(dst[i/w*dstH+i%w*dstW:][:c], src[at:])
	}
}
