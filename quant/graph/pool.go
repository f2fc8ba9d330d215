package graph

import "fmt"

// inferPool is Infer of the pooling operators.
func inferPool(in []Value, kernel, strides, dilations, pads []int, ceil bool) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0]
	if err := checkWindow(x, kernel, strides, dilations, pads); err != nil {
		return nil, err
	}
	out := []int{x.Shape[0], x.Shape[1]}
	for a, k := range kernel {
		n, before, after := x.Shape[2+a], pads[a], pads[len(kernel)+a]
		over := 0
		if ceil {
			over = strides[a] - 1
		}
		m, err := slide(n, k, strides[a], dilations[a], before, after+over)
		if err != nil {
			return nil, fmt.Errorf("input %q %v: %w", x.Name, x.Shape, err)
		}
		// A window that begins beyond the input and its leading padding sees nothing.
		if ceil && m > 1 && (m-1)*strides[a] >= n+before {
			m--
		}
		out = append(out, m)
	}
	return one(Float32, out...), nil
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
		return nil, Misfit("input %q %v is empty", x.Name, x.Shape)
	}
	return one(Float32, x.Shape[0], x.Shape[1], 1, 1), nil
}
