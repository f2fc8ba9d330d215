package graph

import "math"

// ResizeMode is the way of interpolation.
type ResizeMode uint8

// Modes of Resize.
const (
	ResizeNearest ResizeMode = iota
	ResizeLinear
	ResizeCubic // of Resample
)

// CoordMode maps an output coordinate to an input coordinate; the names are ONNX's.
type CoordMode uint8

// Coordinate transformation modes.
const (
	HalfPixel CoordMode = iota
	HalfPixelSymmetric
	PytorchHalfPixel
	AlignCorners
	Asymmetric
	TFHalfPixelForNN // opset 11 and 12
	TFCropAndResize  // of Resample
)

// NearestMode rounds a coordinate; the names are ONNX's.
type NearestMode uint8

// Nearest modes.
const (
	RoundPreferFloor NearestMode = iota
	RoundPreferCeil
	NearestFloor
	NearestCeil
)

// Resize scales H and W of [N,C,H,W] to Out. Coord and Nearest together say which input element or,
// linear, which two along each axis an output element is made of: see Source. Upsample becomes Resize.
// ONNX operator Resize, opset 10 to 19, whose inputs roi, scales and sizes are dropped.
type Resize struct {
	Mode    ResizeMode
	Coord   CoordMode
	Nearest NearestMode
	Scale   [2]float32 // H, W: as given or, where sizes were given, output size by input size
	Out     [2]int     // H', W'
}

// Type is the ONNX operator name.
func (Resize) Type() string { return "Resize" }

// Infer gives [N,C,H',W'].
func (r Resize) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if err := Planar(x); err != nil {
		return nil, err
	}
	for i := range 2 {
		if x.Shape[2+i] < 1 || r.Out[i] < 1 || !(r.Scale[i] > 0) || math.IsInf(float64(r.Scale[i]), 0) {
			return nil, Misfit("input %q %v cannot be resized to %v by %v", x.Name, x.Shape, r.Out, r.Scale)
		}
	}
	return one(Float32, x.Shape[0], x.Shape[1], r.Out[0], r.Out[1]), nil
}

// Source maps output coordinate i of spatial axis a (0 is H, 1 is W), of size n at the input, to the
// coordinate at the input. It may lie outside: the edge continues. float32, each step rounded.
func (r Resize) Source(a, n, i int) float32 {
	s, x := r.Scale[a], float32(i)
	switch r.Coord {
	case HalfPixel:
		return (x+0.5)/s - 0.5
	case HalfPixelSymmetric:
		adjust := float32(r.Out[a]) / float32(s*float32(n))
		offset := float32(float32(n)/2) * (1 - adjust)
		return float32(offset+(x+0.5)/s) - 0.5
	case PytorchHalfPixel:
		if r.length(a, n) <= 1 {
			return 0
		}
		return (x+0.5)/s - 0.5
	case AlignCorners:
		length := r.length(a, n)
		if length == 1 || i == 0 {
			return 0
		}
		return float32(x*float32(n-1)) / (length - 1)
	case Asymmetric:
		return x / s
	}
	return (x + 0.5) / s
}

// length is what the operator calls length_resized: scale times the input's size, before it is rounded
// down to Out. Where sizes were given the two differ by rounding only, and Out is meant.
func (r Resize) length(a, n int) float32 {
	out := float32(r.Out[a])
	if length := float32(r.Scale[a] * float32(n)); length-out > out*0x1p-20 {
		return length
	}
	return out
}

// Index is the input element that output coordinate i of spatial axis a takes in mode ResizeNearest.
func (r Resize) Index(a, n, i int) int {
	return r.Nearest.round(float64(r.Source(a, n, i)), n)
}

// round is the element nearest to coordinate x along an axis of n.
func (m NearestMode) round(x float64, n int) int {
	switch m {
	case RoundPreferFloor:
		x = math.Ceil(x - 0.5)
	case RoundPreferCeil:
		x = math.Floor(x + 0.5)
	case NearestFloor:
		x = math.Floor(x)
	case NearestCeil:
		x = math.Ceil(x)
	}
	return int(min(max(x, 0), float64(n-1)))
}

// PerItem holds for the items of input 0.
func (Resize) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Moves holds in mode nearest.
func (r Resize) Moves() bool { return r.Mode == ResizeNearest }

// String is the ONNX attribute value.
func (c CoordMode) String() string {
	return [...]string{HalfPixel: "half_pixel", HalfPixelSymmetric: "half_pixel_symmetric", PytorchHalfPixel: "pytorch_half_pixel",
		AlignCorners: "align_corners", Asymmetric: "asymmetric", TFHalfPixelForNN: "tf_half_pixel_for_nn", TFCropAndResize: "tf_crop_and_resize"}[c]
}

// NonNegative holds where it does for all inputs: each element is a mean of elements.
func (Resize) NonNegative(in []bool) bool { return all(in) }
