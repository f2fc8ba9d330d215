package onnx

import (
	"errors"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// Operators that detectors have: they read where data says.

// choice is a string attribute that is one of several.
func (s *source) choice(name, otherwise string, known ...string) string {
	text := s.text(name, otherwise)
	if !slices.Contains(known, text) {
		s.fail(fmt.Errorf("attribute %q is %.20q, not one of %q", name, text, known))
	}
	return text
}

// decodeGridSample knows the modes by their names since opset 20 and before.
func decodeGridSample(s *source) (graph.Op, []graph.ValueID, error) {
	g := graph.GridSample{
		Mode:    s.choice("mode", "linear", "linear", "nearest", "cubic", "bilinear", "bicubic"),
		Padding: s.choice("padding_mode", "zeros", "zeros", "border", "reflection"),
		Corners: s.flag("align_corners", false),
	}
	switch g.Mode {
	case "bilinear":
		g.Mode = "linear"
	case "bicubic":
		g.Mode = "cubic"
	}
	return s.done(g, len(s.ids))
}

func encodeGridSample(w *Writer, n graph.Node) error {
	g := n.Op.(graph.GridSample)
	mode, need := g.Mode, 16
	if len(w.Value(n.Inputs[0]).Shape) > 4 {
		need = 20
	}
	if w.Opset() < need {
		return fmt.Errorf("GridSample needs opset %d", need)
	}
	if w.Opset() < 20 && mode != "nearest" {
		mode = "bi" + mode
	}
	w.Plain(n, "GridSample", nil, Text("mode", mode), Text("padding_mode", g.Padding), Flag("align_corners", g.Corners))
	return nil
}

func decodeRoiAlign(s *source) (graph.Op, []graph.ValueID, error) {
	r := graph.RoiAlign{
		Height: s.number("output_height", 1, 1, maxWindow), Width: s.number("output_width", 1, 1, maxWindow),
		Sampling: s.number("sampling_ratio", 0, 0, 1<<7), Scale: s.float("spatial_scale", 1),
		Max: s.choice("mode", "avg", "avg", "max") == "max",
	}
	if s.opset >= 16 {
		const half = "half_pixel"
		r.HalfPixel = s.choice("coordinate_transformation_mode", half, half, "output_half_pixel") == half
	}
	return s.done(r, len(s.ids))
}

func encodeRoiAlign(w *Writer, n graph.Node) error {
	r := n.Op.(graph.RoiAlign)
	mode, transformation := "avg", "output_half_pixel"
	if r.Max {
		mode = "max"
	}
	if r.HalfPixel {
		transformation = "half_pixel"
	}
	attrs := []Attr{Int("output_height", r.Height), Int("output_width", r.Width), Int("sampling_ratio", r.Sampling),
		Real("spatial_scale", r.Scale), Text("mode", mode)}
	switch {
	case w.Opset() >= 16:
		attrs = append(attrs, Text("coordinate_transformation_mode", transformation))
	case r.HalfPixel:
		return errors.New("RoiAlign of half pixels needs opset 16")
	}
	w.Plain(n, "RoiAlign", nil, attrs...)
	return nil
}

// decodeNonMaxSuppression reads its limits, which are inputs.
func decodeNonMaxSuppression(s *source) (graph.Op, []graph.ValueID, error) {
	n := graph.NonMaxSuppression{Centre: s.flag("center_point_box", false), IoU: s.scalar(3, "iou_threshold", 0), Score: s.scalar(4, "score_threshold", 0)}
	n.Scored = graph.Present(s.in, 4)
	if most, ok := s.integers(2, "max_output_boxes_per_class"); ok {
		if len(most) != 1 {
			return nil, nil, fmt.Errorf("input %q is not one number of boxes", s.in[2].Name)
		}
		n.Most = int(min(max(most[0], 0), graph.MaxElements))
	}
	return s.done(n, 2)
}
