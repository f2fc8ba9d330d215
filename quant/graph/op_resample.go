package graph

import "math"

// Resample is a Resize whose outputs are sums of any number of inputs along each axis: mode cubic,
// antialiasing, and the crop of coordinates TFCropAndResize, which may lie outside of the input. See
// Weights. ONNX operator Resize, opset 11 to 19, whose inputs roi, scales and sizes are dropped.
type Resample struct {
	Resize
	CubicA         float32    // of mode ResizeCubic
	Antialias      bool       // where the output is smaller, the kernel widens
	ExcludeOutside bool       // else the edge continues
	Start, End     [2]float32 // of TFCropAndResize: H, W in parts of the input
	Extrapolation  float32    // of TFCropAndResize: what is outside
}

// Source is as that of Resize.
func (r Resample) Source(a, n, i int) float32 {
	if r.Coord != TFCropAndResize {
		return r.Resize.Source(a, n, i)
	}
	last := float32(n - 1)
	if r.Out[a] == 1 {
		return float32(float32(0.5*(r.Start[a]+r.End[a])) * last)
	}
	return float32(r.Start[a]*last) + float32(float32(float32(i)*float32(r.End[a]-r.Start[a]))*last)/float32(r.Out[a]-1)
}

// Weights sets row, one number for each input element along spatial axis a (0 is H, 1 is W), to the weights
// of output coordinate i. It reports false, and no weights, where that is Extrapolation. Weights are
// computed in float64, each step rounded.
func (r Resample) Weights(a, i int, row []float32) bool {
	clear(row)
	n := len(row)
	x := float64(r.Source(a, n, i))
	if r.Coord == TFCropAndResize && !(x >= 0 && x <= float64(n-1)) {
		return false
	}
	if r.Mode == ResizeNearest {
		row[r.Nearest.round(x, n)] = 1
		return true
	}
	reach, stretch := 1.0, 1.0
	if r.Mode == ResizeCubic {
		reach = 2
	}
	if r.Antialias {
		stretch = min(float64(r.Scale[a]), 1)
	}
	base := math.Floor(min(max(x, -MaxElements), MaxElements))
	first := int(math.Floor(-reach/stretch)) + 1
	sums, total := make([]float64, n), 0.0
	for k := first; k <= 1-first; k++ {
		at := int(base) + k
		if r.ExcludeOutside && (at < 0 || at >= n) {
			continue
		}
		w := r.kernel((float64(k) - (x - base)) * stretch)
		sums[min(max(at, 0), n-1)] += w
		total += w
	}
	if !r.Antialias && !r.ExcludeOutside {
		total = 1
	}
	for j, w := range sums {
		row[j] = float32(w / total)
	}
	return true
}

// kernel is the weight at distance d: a triangle, or the cubic convolution of Keys with a = CubicA.
func (r Resample) kernel(d float64) float64 {
	d = math.Abs(d)
	if r.Mode == ResizeLinear {
		return max(1-d, 0)
	}
	a := float64(r.CubicA)
	switch {
	case d <= 1:
		return float64(float64((float64((a+2)*d)-(a+3))*d)*d) + 1
	case d < 2:
		return float64(a * (float64((float64((d-5)*d)+8)*d) - 4))
	}
	return 0
}

// NonNegative does not hold: some weights may be negative.
func (Resample) NonNegative([]bool) bool { return false }

// Moves is false: in every mode what it makes are sums of products.
func (Resample) Moves() bool { return false }
