package call

// The kernels and epilogue functions, one line each. The numbers are indices in the function table of
// a module and mean nothing outside of it: they may change. The tests of a family ask for all
// from its first to the first of the next, so that one may be added anywhere within its own.
const (
	_            ID = iota
	F32IGEMM        // f32.GEMM: 1×1 and k×k convolution, fully connected, matrix product
	F32DWConv       // f32.DWConv: depthwise convolution
	F32Winograd     // f32.Winograd: 3×3 convolution of stride 1, tiles of 2×2
	F32Winograd4    // f32.Winograd of tiles of 4×4
	F32Winograd3    // f32.Winograd of tiles of 3×3 and kernels of 4×4
	F32DWGrad       // f32.DWGrad: gradient of a depthwise convolution's weights

	F32VClamp           // f32.Clamp
	F32VLeakyRelu       // f32.LeakyRelu
	F32VPRelu           // f32.PRelu
	F32VAffine          // f32.Affine
	F32VSigmoid         // f32.Sigmoid
	F32VSiLU            // f32.SiLU
	F32VHardSigmoid     // f32.HardSigmoid
	F32VHardSwish       // f32.HardSwish
	F32VTanh            // f32.Tanh
	F32VExp             // f32.Exp
	F32VElu             // f32.Elu
	F32VSoftplus        // f32.Softplus
	F32VMish            // f32.Mish
	F32VGelu            // f32.Gelu
	F32VGeluTanh        // f32.GeluTanh
	F32VSqrt            // f32.Sqrt
	F32VNeg             // f32.Neg
	F32VAbs             // f32.Abs
	F32VNormalCDF       // f32.NormalCDF
	F32VLog             // f32.Log
	F32VRound           // f32.Round
	F32VErf             // f32.Erf
	F32VFloor           // f32.Floor
	F32VCeil            // f32.Ceil
	F32VTrunc           // f32.Trunc
	F32VSign            // f32.Sign
	F32VNonZero         // f32.NonZero
	F32VWithin          // f32.Within
	F32VFakeQuant       // f32.FakeQuant
	F32VFakeQuantDiv    // f32.FakeQuantDiv
	F32VFakeQuantHalfUp // f32.FakeQuantHalfUp
	F32VFakeQuantFloat8 // f32.FakeQuantFloat8
	F32VFakeQuantLog2   // f32.FakeQuantLog2
	F32VQuantize        // f32.Quantize
	F32VDequantize      // f32.Dequantize
	F32VLookup          // f32.Lookup
	F32VLookupDiv       // f32.LookupDiv
	F32VMinMax          // f32.MinMax

	F32Map          // f32.Map, and f32.Copy of runs
	X32Transpose    // f32.Copy that swaps the innermost dimension
	X32Strided      // f32.Copy of single elements
	X32Fill         // f32.Fill
	X32Gather       // f32.Gather
	X32Take         // f32.Take
	X32Put          // f32.Put
	F32Add          // f32.Binary
	F32Sub          // f32.Binary
	F32Mul          // f32.Binary
	F32Div          // f32.Binary
	F32Min          // f32.Binary
	F32Max          // f32.Binary
	F32Pow          // f32.Binary
	F32Equal        // f32.Binary
	F32Less         // f32.Binary
	F32LessOrEqual  // f32.Binary
	F32Keep         // f32.Binary
	F32Drop         // f32.Binary
	F32Either       // f32.Binary
	F32MaxPool      // f32.MaxPool
	F32AvgPool      // f32.AvgPool
	F32MaxPoolGrad  // f32.MaxPoolGrad
	F32ReduceSum    // f32.Reduce
	F32ReduceMax    // f32.Reduce
	F32ReduceMin    // f32.Reduce
	F32RowSum       // f32.Reduce along contiguous rows
	F32RowMax       // f32.Reduce along contiguous rows
	F32RowMin       // f32.Reduce along contiguous rows
	F32Top          // f32.Top
	F32ResizeLinear // f32.ResizeLinear
	F32Learned      // f32.Learned
	F32LearnedGrad  // f32.LearnedGrad
	F32ConvGrad     // f32.ConvGrad
	F32ChannelSums  // f32.ChannelSums
	F32ChannelBlend // f32.ChannelBlend
	F32WinogradGrad // f32.WinogradGrad
	F32Softmax      // f32.Softmax
	F32Moments      // f32.Moments

	Q8GEMM          // q8.GEMM by dot_i16x8
	Q8GEMMRelaxed   // q8.GEMM by the relaxed dot product
	Q8DWConv        // q8.DWConv by dot_i16x8, unsigned storage
	Q8DWConvSigned  // q8.DWConv by dot_i16x8, signed storage
	Q8DWConvRelaxed // q8.DWConv by the relaxed dot product
	Q8Add           // q8.Add
	Q8Mul           // q8.Mul
	Q8MulChannel    // q8.Mul by one number per channel
	Q8MaxPool       // q8.MaxPool
	Q8AvgPool       // q8.AvgPool
	Q8Lookup        // q8.Lookup
	Q8Quantize      // q8.Quantize
	Q8Dequantize    // q8.Dequantize
	X8Copy          // q8.Copy
	X8Fill          // q8.Fill
	X8Gather        // q8.Gather

	// Count is the length of the table.
	Count
)
