package graph

import "fmt"

// inferPool is Infer of the pooling operators.
func inferPool(in []Value, kernel, strides, dilations [2]int, pads [4]int, ceil bool) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if err := Planar(x); err != nil {
		return nil, err
	}
	var out [2]int
	for i := range out {
		n, before, after := x.Shape[2+i], pads[i], pads[2+i]
		over := 0
		if ceil {
			over = strides[i] - 1
		}
		m, err := slide(n, kernel[i], strides[i], dilations[i], before, after+over)
		if err != nil {
			return nil, fmt.Errorf("input %q %v: %w", x.Name, x.Shape, err)
		}
		// A window that begins beyond the input and its leading padding sees nothing.
		if ceil && m > 1 && (m-1)*strides[i] >= n+before {
			m--
		}
		out[i] = m
	}
	return one(Float32, x.Shape[0], x.Shape[1], out[0], out[1]), nil
}

// inferGlobalPool is Infer of the pooling operators over the whole plane.
func inferGlobalPool(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if err := Planar(x); err != nil {
		return nil, err
	}
	if x.Shape[2] < 1 || x.Shape[3] < 1 {
		return nil, fmt.Errorf("input %q %v is empty", x.Name, x.Shape)
	}
	return one(Float32, x.Shape[0], x.Shape[1], 1, 1), nil
}
