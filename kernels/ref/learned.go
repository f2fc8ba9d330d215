package ref

// Learned is a fake-quantizer whose scale S and zero point Z, which is whole, are computed while running. Codes are from N
// to P. Div divides by the scale, the rule of ONNX; else the product with 1/S is rounded, the rule of PyTorch.
type Learned struct {
	S, Z, N, P float32
	Div        bool
	Lo, Hi     float32 // x whose gradient goes further back lies between them
}

// code is the code of x before it is limited.
func (l Learned) code(x float32) float32 {
	if l.Div {
		return nearest(x/l.S) + l.Z
	}
	return nearest(x*float32(1/l.S)) + l.Z
}

// value is the number that a code stands for.
func (l Learned) value(code float32) float32 { return (clamp(code, l.N, l.P) - l.Z) * l.S }

// Do makes y of x: code, limited, and back.
func (l Learned) Do(y, x []float32) {
	for i, v := range x {
		y[i] = l.value(l.code(v))
	}
}

// Gradient makes of the gradient dy of what Do makes of x that of x, which is dy where the code is one that there is and Lo < x
// < Hi, else 0, and adds up two sums in four lanes each: of dy·(y - x) where there is the code and of dy·y elsewhere, and of -dy
// elsewhere. Element i goes to lane i%4, those at the end that do not fill four lanes to lane 0. Sums start from 0 and go up.
func (l Learned) Gradient(dx, x, dy []float32) (sums [2][4]float32) {
	for i, v := range x {
		code, g, lane := l.code(v), dy[i], i%4
		if i >= len(x)/4*4 {
			lane = 0
		}
		if code >= l.N && code <= l.P {
			if dx[i] = 0; v > l.Lo && v < l.Hi {
				dx[i] = g
			}
			sums[0][lane] += float32(g * (l.value(code) - v))
			continue
		}
		dx[i] = 0
		sums[0][lane] += float32(g * l.value(code))
		sums[1][lane] -= g
	}
	return sums
}
