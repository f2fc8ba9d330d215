package graph

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/onnx"
)

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
	base := math.Floor(min(max(x, -maxElements), maxElements))
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

// resample decodes what makes a Resize a Resample; ok is false where nothing does.
func (s *source) resample(r Resize) (p Resample, ok bool) {
	p = Resample{CubicA: s.float("cubic_coeff_a", -0.75), ExcludeOutside: s.flag("exclude_outside", false), Extrapolation: s.float("extrapolation_value", 0)}
	p.Antialias = s.opset >= 18 && s.flag("antialias", false) && r.Mode != ResizeNearest
	if r.Mode != ResizeCubic {
		p.CubicA = 0
	}
	p.ExcludeOutside = p.ExcludeOutside && r.Mode == ResizeCubic
	if r.Coord != TFCropAndResize {
		p.Extrapolation = 0
		return p, r.Mode == ResizeCubic || p.Antialias
	}
	p.End = [2]float32{1, 1}
	roi, _ := s.floats(1, "roi")
	if s.err != nil {
		return p, true
	}
	axes, err := s.resizeAxes(len(roi) / 2)
	if err != nil || len(roi)%2 != 0 {
		s.fail(fmt.Errorf("roi has %d entries, want a start and an end for each axis", len(roi)))
		return p, true
	}
	for i, a := range axes {
		from, to := roi[i], roi[len(axes)+i]
		switch {
		case !(from > -maxWindow && from < maxWindow && to > -maxWindow && to < maxWindow):
			s.fail(fmt.Errorf("roi goes from %v to %v along axis %d", from, to, a))
		case a >= 2:
			p.Start[a-2], p.End[a-2] = from, to
		case from != 0 || to != 1:
			s.fail(fmt.Errorf("axis %d is cropped: 2-D only, that is axes 2 and 3", a))
		}
	}
	return p, true
}

// cropped makes Out what scales mean for a crop, its part of the input scaled, and Scale the ratio of the
// sizes, which is all that is left of it.
func (r *Resample) cropped(shape []int, scaled bool) error {
	if r.Coord != TFCropAndResize {
		return nil
	}
	for i := range 2 {
		n := float32(shape[2+i])
		if scaled {
			size := math.Floor(float64(float32(n*(r.End[i]-r.Start[i])) * r.Scale[i]))
			if !(size >= 1 && size < maxElements) {
				return fmt.Errorf("the crop from %v to %v, scaled by %v, is empty or too large", r.Start[i], r.End[i], r.Scale[i])
			}
			r.Out[i] = int(size)
		}
		r.Scale[i] = float32(r.Out[i]) / n
	}
	return nil
}

// Encode writes it as ONNX Resize. Antialiasing needs opset 18.
func (r Resample) Encode(w *Writer, n Node) error {
	if r.Antialias && w.Opset() < 18 {
		return errors.New("antialias needs opset 18")
	}
	var attrs []onnx.Attr
	if r.Mode == ResizeCubic {
		attrs = append(attrs, onnx.Real("cubic_coeff_a", r.CubicA), onnx.Flag("exclude_outside", r.ExcludeOutside))
	}
	if r.Antialias {
		attrs = append(attrs, onnx.Flag("antialias", true))
	}
	if r.Coord != TFCropAndResize {
		return r.encode(w, n, attrs...)
	}
	attrs = append(attrs, r.modes()...)
	attrs = append(attrs, onnx.Real("extrapolation_value", r.Extrapolation))
	x := w.Value(n.Inputs[0]).Shape
	roi, sizes := []float32{r.Start[0], r.Start[1], r.End[0], r.End[1]}, r.Out[:]
	if w.Opset() >= 18 {
		attrs = append(attrs, onnx.Ints("axes", 2, 3))
	} else {
		roi = []float32{0, 0, roi[0], roi[1], 1, 1, roi[2], roi[3]}
		sizes = []int{x[0], x[1], sizes[0], sizes[1]}
	}
	t := &Tensor{DType: Float32, Shape: []int{len(roi)}, F: roi}
	w.Plain(n, "Resize", []string{w.Const(n, "roi", t), "", w.Ints(n, "sizes", sizes)}, attrs...)
	return nil
}
