package graph

import (
	"fmt"
	"math"
)

// RoiAlign pools bins of boxes: x [N,C,H,W], boxes [R,4] as left, top, right, bottom, and for each the item it is of, [R] of Int64;
// output [R,C,Height,Width]. Each bin is the average, or with Max the maximum of the weighted neighbours, of points that
// Sampling says the number of along each axis; with 0 as many as it has pixels. ONNX operator RoiAlign, opset 10 to 22.
type RoiAlign struct {
	Height, Width, Sampling int
	Scale                   float32
	Max, HalfPixel          bool
}

// Type is the ONNX operator name.
func (RoiAlign) Type() string { return "RoiAlign" }

// Infer checks the shapes against each other.
func (r RoiAlign) Infer(in []Value) ([]Value, error) {
	if err := Arity(in, 3, 3); err != nil {
		return nil, err
	}
	if err := floats(in[:2], 2, 2); err != nil {
		return nil, err
	}
	if err := Planar(in[0]); err != nil {
		return nil, err
	}
	boxes, items := in[1].Shape, in[2].Shape
	if len(boxes) != 2 || boxes[1] != 4 || len(items) != 1 || items[0] != boxes[0] || in[2].DType != Int64 {
		return nil, fmt.Errorf("boxes %q %v and items %q %v %v are not [R,4] and [R] of int64", in[1].Name, boxes, in[2].Name, in[2].DType, items)
	}
	if r.Height < 1 || r.Width < 1 || r.Sampling < 0 || Len(in[0].Shape[2:]) == 0 {
		return nil, fmt.Errorf("input %q %v has no bins of %d×%d", in[0].Name, in[0].Shape, r.Height, r.Width)
	}
	return one(Float32, boxes[0], in[0].Shape[1], r.Height, r.Width), nil
}

// PerItem fails: boxes name items.
func (RoiAlign) PerItem([]Value, []bool) bool { return false }

// mostSamples bounds the points of one bin, whose number data may choose.
const mostSamples = 1 << 16

// Compute computes it as ONNX Runtime does.
func (r RoiAlign) Compute(in []*Tensor) ([]*Tensor, error) {
	x := in[0].Shape
	h, w := x[2], x[3]
	out := &Tensor{Shape: []int{in[1].Shape[0], x[1], r.Height, r.Width}}
	out.F = make([]float32, Len(out.Shape))
	offset := float32(0)
	if r.HalfPixel {
		offset = 0.5
	}
	for b, item := range in[2].I {
		if item < 0 || item >= int64(x[0]) {
			return nil, fmt.Errorf("box %d is of item %d, and there are %d", b, item, x[0])
		}
		var edge [4]float32
		for k, v := range in[1].F[4*b:][:4] {
			edge[k] = float32(v*r.Scale) - offset
		}
		width, height := edge[2]-edge[0], edge[3]-edge[1]
		if !r.HalfPixel {
			width, height = max(width, 1), max(height, 1)
		}
		bin := [2]float32{height / float32(r.Height), width / float32(r.Width)}
		grid := [2]int{r.Sampling, r.Sampling}
		for a, size := range bin {
			if r.Sampling == 0 {
				grid[a] = int(min(max(math.Ceil(float64(size)), 0), mostSamples))
			}
		}
		if grid[0]*grid[1] > mostSamples {
			return nil, fmt.Errorf("box %d takes %d×%d points a bin", b, grid[0], grid[1])
		}
		for c := range x[1] {
			plane := in[0].F[(int(item)*x[1]+c)*h*w:][:h*w]
			for i := range r.Height {
				for j := range r.Width {
					sum, most, first := float32(0), float32(0), true
					for k := range grid[0] {
						y := edge[1] + float32(float32(i)*bin[0]) + float32((float32(k)+0.5)*bin[0])/float32(grid[0])
						for l := range grid[1] {
							x := edge[0] + float32(float32(j)*bin[1]) + float32((float32(l)+0.5)*bin[1])/float32(grid[1])
							total, greatest := corners(plane, h, w, y, x)
							sum += total
							if first || greatest > most {
								most, first = greatest, false
							}
						}
					}
					if !r.Max {
						most = sum / float32(max(grid[0]*grid[1], 1))
					}
					out.F[((b*x[1]+c)*r.Height+i)*r.Width+j] = most
				}
			}
		}
	}
	return []*Tensor{out}, nil
}

// corners are the sum and the greatest of the four neighbours of a point, each by its weight.
func corners(plane []float32, h, w int, y, x float32) (sum, most float32) {
	if !(y >= -1 && y <= float32(h) && x >= -1 && x <= float32(w)) {
		return 0, 0
	}
	low := func(v float32, n int) (at, next int, t float32) {
		v = max(v, 0)
		if at = int(v); at >= n-1 {
			return n - 1, n - 1, 0
		}
		return at, at + 1, v - float32(at)
	}
	y0, y1, dy := low(y, h)
	x0, x1, dx := low(x, w)
	parts := [4]float32{
		float32((1-dy)*(1-dx)) * plane[y0*w+x0], float32((1-dy)*dx) * plane[y0*w+x1],
		float32(dy*(1-dx)) * plane[y1*w+x0], float32(dy*dx) * plane[y1*w+x1],
	}
	return parts[0] + parts[1] + parts[2] + parts[3], max(parts[0], parts[1], parts[2], parts[3])
}
