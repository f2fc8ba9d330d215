package onnx

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

// resample decodes what makes a Resize a Resample; ok is false where nothing does.
func (s *source) resample(r graph.Resize) (p graph.Resample, ok bool) {
	p = graph.Resample{CubicA: s.float("cubic_coeff_a", -0.75), ExcludeOutside: s.flag("exclude_outside", false), Extrapolation: s.float("extrapolation_value", 0)}
	p.Antialias = s.opset >= 18 && s.flag("antialias", false) && r.Mode != graph.ResizeNearest
	if r.Mode != graph.ResizeCubic {
		p.CubicA = 0
	}
	p.ExcludeOutside = p.ExcludeOutside && r.Mode == graph.ResizeCubic
	if r.Coord != graph.TFCropAndResize {
		p.Extrapolation = 0
		return p, r.Mode == graph.ResizeCubic || p.Antialias
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

// crop makes Out what scales mean for a crop, its part of the input scaled, and Scale the ratio of the
// sizes, which is all that is left of it.
func crop(r *graph.Resample, shape []int, scaled bool) error {
	if r.Coord != graph.TFCropAndResize {
		return nil
	}
	for i := range 2 {
		n := float32(shape[2+i])
		if scaled {
			size := math.Floor(float64(float32(n*(r.End[i]-r.Start[i])) * r.Scale[i]))
			if !(size >= 1 && size < graph.MaxElements) {
				return fmt.Errorf("the crop from %v to %v, scaled by %v, is empty or too large", r.Start[i], r.End[i], r.Scale[i])
			}
			r.Out[i] = int(size)
		}
		r.Scale[i] = float32(r.Out[i]) / n
	}
	return nil
}

// encodeResample writes r as ONNX Resize. Antialiasing needs opset 18.
func encodeResample(w *Writer, n graph.Node, r graph.Resample) error {
	if r.Antialias && w.Opset() < 18 {
		return errors.New("antialias needs opset 18")
	}
	var attrs []Attr
	if r.Mode == graph.ResizeCubic {
		attrs = append(attrs, Real("cubic_coeff_a", r.CubicA), Flag("exclude_outside", r.ExcludeOutside))
	}
	if r.Antialias {
		attrs = append(attrs, Flag("antialias", true))
	}
	if r.Coord != graph.TFCropAndResize {
		return writeResize(w, n, r.Resize, attrs...)
	}
	attrs = append(attrs, resizeModes(r.Resize)...)
	attrs = append(attrs, Real("extrapolation_value", r.Extrapolation))
	x := w.Value(n.Inputs[0]).Shape
	roi, sizes := []float32{r.Start[0], r.Start[1], r.End[0], r.End[1]}, r.Out[:]
	if w.Opset() >= 18 {
		attrs = append(attrs, Ints("axes", 2, 3))
	} else {
		roi = []float32{0, 0, roi[0], roi[1], 1, 1, roi[2], roi[3]}
		sizes = []int{x[0], x[1], sizes[0], sizes[1]}
	}
	t := &graph.Tensor{DType: graph.Float32, Shape: []int{len(roi)}, F: roi}
	w.Plain(n, "Resize", []string{w.Const(n, "roi", t), "", w.Ints(n, "sizes", sizes)}, attrs...)
	return nil
}
