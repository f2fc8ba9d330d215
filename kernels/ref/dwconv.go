package ref

// DWConv is a depthwise convolution, channels last: output image n, row y, column x is at
// Y[n·YImg + y·YRow + x·YPix + c], and reads element
// X[n·XImg + (y·StrideH + ky·DilH)·XRow + (x·StrideW + kx·DilW)·XPix + c] of its window.
type DWConv struct {
	X                []float32
	XImg, XRow, XPix int
	W                []float32 // [KH][KW][C]
	Bias             []float32 // [C]
	Y                []float32
	YImg, YRow, YPix int
	N, OH, OW, C     int
	KH, KW           int
	StrideH, StrideW int
	DilH, DilW       int
	Lo, Hi           float32
	Epilogue         []EpilogueOp // over each pixel of Y
}

// Do computes Y. Sums start from the bias; ky ascends, then kx; every product and sum is rounded to
// float32; then clamp.
func (d DWConv) Do() {
	for n := range d.N {
		for y := range d.OH {
			for x := range d.OW {
				pixel := d.Y[n*d.YImg+y*d.YRow+x*d.YPix:][:d.C]
				for c := range pixel {
					acc := d.Bias[c]
					for ky := range d.KH {
						for kx := range d.KW {
							in := d.X[n*d.XImg+(y*d.StrideH+ky*d.DilH)*d.XRow+(x*d.StrideW+kx*d.DilW)*d.XPix+c]
							acc += float32(in * d.W[(ky*d.KW+kx)*d.C+c])
						}
					}
					pixel[c] = clamp(acc, d.Lo, d.Hi)
				}
				apply(d.Epilogue, pixel)
			}
		}
	}
}
