package ref

// DWGrad is the gradient of the weights of DWConv in parts, channels last: part p is of the output rows Rows·p up to
// Rows·(p+1), counted through all images. Element (ky, kx, c) of a part is the sum over its rows of the sum over x of
// X·Y, where X[n·XImg + (y·StrideH + ky·DilH)·XRow + (x·StrideW + kx·DilW)·XPix + c] meets the gradient
// Y[n·YImg + y·YRow + x·YPix + c] of the output.
type DWGrad struct {
	X                []float32
	XImg, XRow, XPix int
	Y                []float32
	YImg, YRow, YPix int
	Parts            []float32 // [⌈N·OH/Rows⌉][KH][KW][C]
	N, OH, OW, C     int
	KH, KW           int
	StrideH, StrideW int
	DilH, DilW       int
	Rows             int
}

// Do computes Parts. Both sums start from 0 and go up; every product and sum is rounded to float32.
func (d DWGrad) Do() {
	clear(d.Parts)
	for row := range d.N * d.OH {
		part := d.Parts[row/d.Rows*d.KH*d.KW*d.C:]
		n, y := row/d.OH, row%d.OH
		for ky := range d.KH {
			for kx := range d.KW {
				for c := range d.C {
					sum := float32(0)
					for x := range d.OW {
						in := d.X[n*d.XImg+(y*d.StrideH+ky*d.DilH)*d.XRow+(x*d.StrideW+kx*d.DilW)*d.XPix+c]
						sum += float32(in * d.Y[n*d.YImg+y*d.YRow+x*d.YPix+c])
					}
					part[(ky*d.KW+kx)*d.C+c] += sum
				}
			}
		}
	}
}
