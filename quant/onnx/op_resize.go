package onnx

import (
	"errors"
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

func decodeResize(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	if err := graph.Planar(s.in[0]); err != nil {
		return nil, nil, err
	}
	var r graph.Resize
	s.resizeMode(&r)
	if s.opset < 10 {
		return nil, nil, errors.New("the operator begins at opset 10")
	}
	if s.opset == 10 {
		scales, ok := s.floats(1, "scales")
		return s.scaled(oldResize(r), scales, ok)
	}
	switch mode := s.text("coordinate_transformation_mode", "half_pixel"); {
	case mode == "half_pixel":
		r.Coord = graph.HalfPixel
	case mode == "half_pixel_symmetric" && s.opset >= 19:
		r.Coord = graph.HalfPixelSymmetric
	case mode == "pytorch_half_pixel":
		r.Coord = graph.PytorchHalfPixel
	case mode == "align_corners":
		r.Coord = graph.AlignCorners
	case mode == "asymmetric":
		r.Coord = graph.Asymmetric
	case mode == "tf_half_pixel_for_nn" && s.opset < 13:
		r.Coord = graph.TFHalfPixelForNN
	case mode == "tf_crop_and_resize":
		r.Coord = graph.TFCropAndResize
	default:
		s.fail(fmt.Errorf("coordinate_transformation_mode %q is not supported", mode))
	}
	switch mode := s.text("nearest_mode", "round_prefer_floor"); mode {
	case "round_prefer_floor":
		r.Nearest = graph.RoundPreferFloor
	case "round_prefer_ceil":
		r.Nearest = graph.RoundPreferCeil
	case "floor":
		r.Nearest = graph.NearestFloor
	case "ceil":
		r.Nearest = graph.NearestCeil
	default:
		s.fail(fmt.Errorf("nearest_mode %q is not supported", mode))
	}
	if r.Mode != graph.ResizeNearest {
		r.Nearest = 0
	}
	more, resampled := s.resample(r)
	policy := "stretch"
	if s.opset >= 18 {
		policy = s.text("keep_aspect_ratio_policy", policy)
	}
	var op graph.Op
	var ids []graph.ValueID
	var err error
	sizes, sized := s.integers(3, "sizes")
	if sized = sized && len(sizes) > 0; sized {
		op, ids, err = s.sized(r, sizes, policy)
	} else {
		scales, ok := s.floats(2, "scales")
		op, ids, err = s.scaled(r, scales, ok)
	}
	if err != nil || !resampled {
		return op, ids, err
	}
	more.Resize = op.(graph.Resize)
	err = crop(&more, s.in[0].Shape, !sized)
	return more, ids, err
}

// decodeUpsample makes a Resize whose coordinates are output/scale, rounded down.
func decodeUpsample(s *source) (graph.Op, []graph.ValueID, error) {
	if err := s.need(1); err != nil {
		return nil, nil, err
	}
	if err := graph.Planar(s.in[0]); err != nil {
		return nil, nil, err
	}
	if s.opset >= 10 {
		return nil, nil, errors.New("the operator ended at opset 9")
	}
	var r graph.Resize
	s.resizeMode(&r)
	if s.opset >= 9 {
		scales, ok := s.floats(1, "scales")
		return s.scaled(oldResize(r), scales, ok)
	}
	a := s.attr("scales", AttrFloats)
	if a == nil {
		return nil, nil, errors.New("attribute \"scales\" is missing")
	}
	return s.scaled(oldResize(r), a.Floats, true)
}

// resizeMode decodes the attribute mode.
func (s *source) resizeMode(r *graph.Resize) {
	switch mode := s.text("mode", "nearest"); {
	case mode == "nearest":
	case mode == "linear", mode == "bilinear":
		r.Mode = graph.ResizeLinear
	case mode == "cubic" && s.node.OpType == "Resize" && s.opset >= 11:
		r.Mode = graph.ResizeCubic
	default:
		s.fail(fmt.Errorf("mode %q is not supported: nearest and linear are, and cubic of Resize from opset 11 on", mode))
	}
}

// oldResize has the coordinates of the operators before opset 11.
func oldResize(r graph.Resize) graph.Resize {
	r.Coord = graph.Asymmetric
	if r.Mode == graph.ResizeNearest {
		r.Nearest = graph.NearestFloor
	}
	return r
}

// resizeAxes tells, for each entry of scales or sizes, its axis.
func (s *source) resizeAxes(n int) ([]int, error) {
	axes := []int{0, 1, 2, 3}
	if s.opset >= 18 {
		if v, ok := s.list("axes"); ok {
			axes = axes[:0]
			for _, x := range v {
				a, err := graph.AxisOf(x, 4)
				if err != nil {
					return nil, err
				}
				axes = append(axes, a)
			}
		}
	}
	if len(axes) != n {
		return nil, fmt.Errorf("there are %d scales or sizes for %d axes", n, len(axes))
	}
	return axes, nil
}

// scaled resolves scales: the output is the input times scale, rounded down, in float32 as ONNX
// Runtime computes it.
func (s *source) scaled(r graph.Resize, scales []float32, given bool) (graph.Op, []graph.ValueID, error) {
	if s.err == nil && (!given || len(scales) == 0) {
		s.fail(errors.New("neither scales nor sizes are given"))
	}
	if s.err != nil {
		return nil, nil, s.err
	}
	shape := s.in[0].Shape
	r.Scale, r.Out = [2]float32{1, 1}, [2]int{shape[2], shape[3]}
	axes, err := s.resizeAxes(len(scales))
	if err != nil {
		return nil, nil, err
	}
	for i, a := range axes {
		if a < 2 {
			if scales[i] != 1 {
				return nil, nil, fmt.Errorf("axis %d is scaled by %v: 2-D only, that is axes 2 and 3", a, scales[i])
			}
			continue
		}
		n := float64(float32(shape[a]) * scales[i])
		if !(scales[i] > 0 && n < graph.MaxElements) {
			return nil, nil, graph.Misfit("axis %d of input %q %v is scaled by %v", a, s.in[0].Name, shape, scales[i])
		}
		r.Scale[a-2], r.Out[a-2] = scales[i], int(math.Floor(n))
	}
	if s.opset == 10 && s.node.OpType == "Resize" && r.Mode == graph.ResizeNearest {
		// Opset 10 does not say which neighbour; ONNX Runtime takes the upper one when it shrinks.
		down := [2]bool{r.Scale[0] < 1, r.Scale[1] < 1}
		if down[0] || down[1] {
			if down[0] && r.Scale[1] > 1 || down[1] && r.Scale[0] > 1 {
				return nil, nil, fmt.Errorf("scales %v shrink one axis and enlarge the other, which opset 10 leaves open", r.Scale)
			}
			r.Nearest = graph.NearestCeil
		}
	}
	return s.done(r, 1)
}

// sized resolves sizes with keep_aspect_ratio_policy.
func (s *source) sized(r graph.Resize, sizes []int64, policy string) (graph.Op, []graph.ValueID, error) {
	if s.err != nil {
		return nil, nil, s.err
	}
	shape := s.in[0].Shape
	r.Scale, r.Out = [2]float32{1, 1}, [2]int{shape[2], shape[3]}
	axes, err := s.resizeAxes(len(sizes))
	if err != nil {
		return nil, nil, err
	}
	common := math.Inf(1)
	if policy == "not_smaller" {
		common = 0
	}
	for i, a := range axes {
		n := sizes[i]
		if n < 1 || n > graph.MaxElements || shape[a] < 1 || a < 2 && n != int64(shape[a]) {
			return nil, nil, graph.Misfit("axis %d of input %q %v cannot be resized to %d: 2-D only, that is axes 2 and 3",
				a, s.in[0].Name, shape, n)
		}
		if a >= 2 {
			r.Out[a-2], r.Scale[a-2] = int(n), float32(n)/float32(shape[a])
		}
		ratio := float64(n) / float64(shape[a])
		if policy == "not_smaller" {
			common = max(common, ratio)
		} else {
			common = min(common, ratio)
		}
	}
	switch policy {
	case "stretch":
		return s.done(r, 1)
	case "not_larger", "not_smaller":
	default:
		return nil, nil, fmt.Errorf("keep_aspect_ratio_policy %q is not supported", policy)
	}
	for _, a := range axes {
		n := roundUp(common, shape[a])
		switch {
		case a < 2 && n != shape[a]:
			return nil, nil, fmt.Errorf("axis %d is resized to %v: 2-D only, that is axes 2 and 3", a, n)
		case a >= 2:
			r.Out[a-2], r.Scale[a-2] = n, float32(common)
		}
	}
	return s.done(r, 1)
}

// floats is a constant float input; ok is false where it is absent.
func (s *source) floats(i int, what string) (v []float32, ok bool) {
	t := s.constant(i, what)
	if t == nil {
		return nil, false
	}
	if t.DType != graph.Float32 {
		s.fail(fmt.Errorf("%s, input %q, has type %v, want float", what, s.in[i].Name, t.DType))
		return nil, false
	}
	return t.F, true
}
