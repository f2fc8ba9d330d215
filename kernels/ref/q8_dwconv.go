package ref

// QDWConv is a depthwise convolution of bytes, addressed as DWConv, of the exact sums
// Bias + Σ (x-XZero)·(w-WZero), and what Out makes of them: bytes in Y, or floats in F.
type QDWConv struct {
	X                []byte
	XZero            int32
	XImg, XRow, XPix int
	W                []int32   // [KH][KW][C]
	WZero            []int32   // [C]
	Bias             []int32   // [C]
	M                []float32 // [C]
	Y                []byte
	F                []float32 // in place of Y, where not nil
	YImg, YRow, YPix int
	N, OH, OW, C     int
	KH, KW           int
	StrideH, StrideW int
	DilH, DilW       int
	QOut
}

// Do computes Y, or F.
func (d QDWConv) Do() {
	for n := range d.N {
		for y := range d.OH {
			for x := range d.OW {
				pixel := n*d.YImg + y*d.YRow + x*d.YPix
				for c := range d.C {
					acc := d.Bias[c]
					for ky := range d.KH {
						for kx := range d.KW {
							in := d.X[n*d.XImg+(y*d.StrideH+ky*d.DilH)*d.XRow+(x*d.StrideW+kx*d.DilW)*d.XPix+c]
							acc += (QValue(in, d.Signed) - d.XZero) * (d.W[(ky*d.KW+kx)*d.C+c] - d.WZero[c])
						}
					}
					if d.F != nil {
						d.F[pixel+c] = float32(acc) * d.M[c]
					} else {
						d.Y[pixel+c] = d.Byte(acc, d.M[c])
					}
				}
				if d.F != nil {
					apply(d.Epilogue, d.F[pixel:][:d.C])
				}
			}
		}
	}
}
