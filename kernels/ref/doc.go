// Package ref holds the scalar twin of each kernel: plain Go over slices, the specification of the
// kernel's bits. A float32 product that feeds a sum is written float32(a*b) + c, so that no machine
// fuses the two. Strides are in elements; where a function takes a slice and strides, element i, j
// is at slice[i*stride_i + j*stride_j].
package ref
