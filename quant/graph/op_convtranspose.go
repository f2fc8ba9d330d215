package graph

import "fmt"

// ConvTranspose is a transposed convolution over one to three axes of space. Inputs x [N,C,S…],
// w [C,O/Group,Kernel…], optional bias [O]; output [N,O,S'…] with S' = Strides·(S-1) + OutputPadding +
// Dilations·(Kernel-1) + 1 - before - after: x[s] times w[k] lands on s·Strides + k·Dilations - before.
// auto_pad and output_shape are resolved into Pads and OutputPadding. ONNX operator ConvTranspose, opset 1 to 22.
type ConvTranspose struct {
	Kernel, Strides, Dilations []int // for each axis of space
	Pads                       []int // before each axis of space, then behind each: top, left, bottom, right
	OutputPadding              []int // behind each axis of space
	Group                      int
}

// Type is the ONNX operator name.
func (ConvTranspose) Type() string { return "ConvTranspose" }

// Infer checks the shapes against each other.
func (c ConvTranspose) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 3); err != nil {
		return nil, err
	}
	x, w := in[0], in[1]
	if err := checkWindow(x, c.Kernel, c.Strides, c.Dilations, c.Pads); err != nil {
		return nil, err
	}
	if err := weightShape(w, c.Kernel); err != nil {
		return nil, err
	}
	if c.Group < 1 || x.Shape[1] < 1 || x.Shape[1]%c.Group != 0 {
		return nil, Misfit("group %d does not divide %d input channels", c.Group, x.Shape[1])
	}
	if w.Shape[0] != x.Shape[1] {
		return nil, Misfit("weight %q %v does not fit input %q %v", w.Name, w.Shape, x.Name, x.Shape)
	}
	if len(c.OutputPadding) != len(c.Kernel) {
		return nil, fmt.Errorf("output_padding %v does not go with kernel %v", brief(c.OutputPadding), c.Kernel)
	}
	if w.Shape[1] > MaxElements/c.Group || c.Group > MaxElements {
		return nil, fmt.Errorf("weight %q %v in %d groups has too many channels", w.Name, w.Shape, c.Group)
	}
	o := w.Shape[1] * c.Group
	if err := biasShape(in, 2, o); err != nil {
		return nil, err
	}
	out := []int{x.Shape[0], o}
	for a, k := range c.Kernel {
		n := x.Shape[2+a]
		m := c.Strides[a]*(n-1) + c.OutputPadding[a] + c.Dilations[a]*(k-1) + 1 - c.Pads[a] - c.Pads[len(c.Kernel)+a]
		if n < 1 || m < 1 {
			return nil, Misfit("input %q %v: padding %v leaves no output", x.Name, x.Shape, c.Pads)
		}
		out = append(out, m)
	}
	return one(Float32, out...), nil
}

// PerItem holds for the items of input 0.
func (ConvTranspose) PerItem(_ []Value, carry []bool) bool { return alone(carry) }

// Compute adds products up in float64: the bias first, then kernel and input in their order.
func (c ConvTranspose) Compute(in []*Tensor) ([]*Tensor, error) {
	values := []Value{in[0].value("x"), in[1].value("w")}
	if len(in) > 2 && in[2] != nil {
		values = append(values, in[2].value("bias"))
	}
	v, err := c.Infer(values)
	if err != nil {
		return nil, err
	}
	x, w, y := in[0].Shape, in[1].Shape, v[0].Shape
	out := &Tensor{Shape: y, F: make([]float32, Len(y))}
	plane, kernel, made := Len(x[2:]), Len(c.Kernel), Len(y[2:])
	total := make([]float64, len(out.F))
	for i := range total {
		if len(values) > 2 {
			total[i] = float64(in[2].F[i/made%y[1]])
		}
	}
	from, to := c.landings(x[2:], y[2:])
	inputs, outputs := x[1]/c.Group, w[1]
	for n := range x[0] {
		for ic := range x[1] {
			data := in[0].F[(n*x[1]+ic)*plane:][:plane]
			for oc := range outputs {
				sums := total[(n*y[1]+ic/inputs*outputs+oc)*made:][:made]
				weights := in[1].F[(ic*outputs+oc)*kernel:][:kernel]
				for k, f := range weights {
					for i, at := range from[k] {
						sums[to[k][i]] += float64(f) * float64(data[at]) // a product of two float32 is exact
					}
				}
			}
		}
	}
	for i, v := range total {
		out.F[i] = float32(v)
	}
	return []*Tensor{out}, nil
}

// landings are for each element of the kernel the elements of a plane of the input and where in a plane of the output each lands.
func (c ConvTranspose) landings(x, y []int) (from, to [][]int) {
	from, to = make([][]int, Len(c.Kernel)), make([][]int, Len(c.Kernel))
	for k := range from {
		offset := position(k, c.Kernel)
	elements:
		for i := range Len(x) {
			at := 0
			for a, p := range position(i, x) {
				q := p*c.Strides[a] + offset[a]*c.Dilations[a] - c.Pads[a]
				if q < 0 || q >= y[a] {
					continue elements
				}
				at = at*y[a] + q
			}
			from[k], to[k] = append(from[k], i), append(to[k], at)
		}
	}
	return from, to
}
