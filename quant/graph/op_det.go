package graph

import "math"

// Det is the determinant of the square matrices in the last two axes. ONNX operator Det.
type Det struct{}

// Type is the ONNX operator name.
func (Det) Type() string { return "Det" }

// Infer drops the last two axes.
func (Det) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 1, 1); err != nil {
		return nil, err
	}
	x := in[0].Shape
	n := len(x)
	if n < 2 || x[n-1] != x[n-2] {
		return nil, Misfit("input %q %v has no square matrices", in[0].Name, x)
	}
	return one(Float32, x[:n-2]...), nil
}

// PerItem holds where the first axis is none of the matrices'.
func (Det) PerItem(in []Value, carry []bool) bool { return len(in[0].Shape) > 2 && alone(carry) }

// Compute eliminates in float64, with the greatest number of a column as the pivot.
func (d Det) Compute(in []*Tensor) ([]*Tensor, error) {
	v, err := d.Infer([]Value{in[0].value("x")})
	if err != nil {
		return nil, err
	}
	n := in[0].Shape[len(in[0].Shape)-1]
	out := &Tensor{Shape: v[0].Shape, F: make([]float32, Len(v[0].Shape))}
	m := make([]float64, n*n)
	for i := range out.F {
		for k, x := range in[0].F[i*n*n:][:n*n] {
			m[k] = float64(x)
		}
		out.F[i] = float32(determinant(m, n))
	}
	return []*Tensor{out}, nil
}

func determinant(m []float64, n int) float64 {
	det := 1.0
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(m[r*n+c]) > math.Abs(m[p*n+c]) {
				p = r
			}
		}
		pivot := m[p*n+c]
		if pivot == 0 {
			return 0
		}
		if p != c {
			det = -det
			for k := range n {
				m[p*n+k], m[c*n+k] = m[c*n+k], m[p*n+k]
			}
		}
		det *= pivot
		for r := c + 1; r < n; r++ {
			f := m[r*n+c] / pivot
			for k := c; k < n; k++ {
				m[r*n+k] -= float64(f * m[c*n+k])
			}
		}
	}
	return det
}
