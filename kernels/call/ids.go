package call

// The kernels and post functions, one line each. The numbers are indices in the function table of
// a module and mean nothing outside of it: they may change.
const (
	_         ID = iota
	F32IGEMM     // f32.GEMM: 1×1 and k×k convolution, fully connected, matrix product
	F32DWConv    // f32.DWConv: depthwise convolution

	// Count is the length of the table.
	Count
)
