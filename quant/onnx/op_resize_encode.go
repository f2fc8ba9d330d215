package onnx

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/graph"
)

// encodeResize writes scales where every engine gets Out from them, whether it multiplies in float or in
// double, else sizes: of H and W only where the batch is free, which needs opset 18. What ONNX has no
// longer, or not yet at the opset, is an error.
func encodeResize(w *Writer, n graph.Node) error {
	if r, ok := n.Op.(graph.Resample); ok {
		return encodeResample(w, n, r)
	}
	return writeResize(w, n, n.Op.(graph.Resize))
}

// resizeModes are the attributes that say mode and coordinates.
func resizeModes(r graph.Resize) []Attr {
	attrs := []Attr{
		Text("mode", [...]string{graph.ResizeNearest: "nearest", graph.ResizeLinear: "linear", graph.ResizeCubic: "cubic"}[r.Mode]),
		Text("coordinate_transformation_mode", r.Coord.String()),
	}
	if r.Mode == graph.ResizeNearest {
		attrs = append(attrs, Text("nearest_mode", [...]string{graph.RoundPreferFloor: "round_prefer_floor",
			graph.RoundPreferCeil: "round_prefer_ceil", graph.NearestFloor: "floor", graph.NearestCeil: "ceil"}[r.Nearest]))
	}
	return attrs
}

// writeResize writes r with more attributes.
func writeResize(w *Writer, n graph.Node, r graph.Resize, attrs ...Attr) error {
	if r.Coord == graph.TFHalfPixelForNN || r.Coord == graph.HalfPixelSymmetric && w.Opset() < 19 {
		return fmt.Errorf("coordinates %v cannot be written at opset %d", r.Coord, w.Opset())
	}
	attrs = append(attrs, resizeModes(r)...)
	x := w.Value(n.Inputs[0]).Shape
	byScale, bySize := true, true
	for i := range 2 {
		h := float32(x[2+i])
		exact := float64(h) * float64(r.Scale[i])
		byScale = byScale && int(math.Floor(float64(h*r.Scale[i]))) == r.Out[i] && int(math.Floor(exact)) == r.Out[i]
		bySize = bySize && float32(r.Out[i])/h == r.Scale[i]
	}
	switch {
	case byScale:
		scales := &graph.Tensor{DType: graph.Float32, Shape: []int{4}, F: []float32{1, 1, r.Scale[0], r.Scale[1]}}
		w.Plain(n, "Resize", []string{"", w.Const(n, "scales", scales)}, attrs...)
	case bySize && w.Batch() && w.Opset() < 18:
		return fmt.Errorf("a size of %v with a free batch cannot be written at opset %d", r.Out, w.Opset())
	case bySize && w.Batch():
		w.Plain(n, "Resize", []string{"", "", w.Ints(n, "sizes", r.Out[:])}, append(attrs, Ints("axes", 2, 3))...)
	case bySize:
		w.Plain(n, "Resize", []string{"", "", w.Ints(n, "sizes", []int{x[0], x[1], r.Out[0], r.Out[1]})}, attrs...)
	default:
		policy := resizePolicy(r, x)
		if policy == "" || w.Opset() < 18 {
			return fmt.Errorf("a size of %v by a scale of %v cannot be written at opset %d", r.Out, r.Scale, w.Opset())
		}
		attrs = append(attrs, Ints("axes", 2, 3), Text("keep_aspect_ratio_policy", policy))
		w.Plain(n, "Resize", []string{"", "", w.Ints(n, "sizes", r.Out[:])}, attrs...)
	}
	return nil
}

// resizePolicy is the keep_aspect_ratio_policy with which sizes Out give Out and Scale; empty where there is
// none. One of the axes came out of the common scale without rounding.
func resizePolicy(r graph.Resize, x []int) string {
	h, w := float64(r.Out[0])/float64(x[2]), float64(r.Out[1])/float64(x[3])
	for _, p := range [...]struct {
		name  string
		scale float64
	}{{"not_larger", min(h, w)}, {"not_smaller", max(h, w)}} {
		ok := true
		for i := range 2 {
			ok = ok && float32(p.scale) == r.Scale[i] && roundUp(p.scale, x[2+i]) == r.Out[i]
		}
		if ok {
			return p.name
		}
	}
	return ""
}

// roundUp is scale·n rounded half up, as keep_aspect_ratio_policy says.
func roundUp(scale float64, n int) int { return int(math.Floor(float64(scale*float64(n)) + 0.5)) }
