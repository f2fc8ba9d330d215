package graph

import (
	"math"
)

// GridSample reads x [N,C,S…] where grid [N,S'…,rank], in [-1, 1] with the innermost axis first, says: output [N,C,S'…].
// Two or three axes of space; cubic over two only. Computed in float32 in ONNX Runtime's order. ONNX operator
// GridSample, opset 16 to 22.
type GridSample struct {
	Mode    string // nearest, linear or cubic
	Padding string // zeros, border or reflection
	Corners bool   // -1 and 1 are the centres of the outermost elements, not their edges
}

// Type is the ONNX operator name.
func (GridSample) Type() string { return "GridSample" }

// Infer checks the shapes against each other.
func (g GridSample) Infer(in []Value) ([]Value, error) {
	if err := floats(in, 2, 2); err != nil {
		return nil, err
	}
	x, grid := in[0].Shape, in[1].Shape
	space := len(x) - 2
	if space < 2 || space > 3 || len(grid) != len(x) || grid[0] != x[0] || grid[len(grid)-1] != space {
		return nil, Misfit("grid %q %v does not fit input %q %v", in[1].Name, grid, in[0].Name, x)
	}
	if Len(x[2:]) == 0 {
		return nil, Misfit("input %q %v is empty", in[0].Name, x)
	}
	if space > 2 && g.Mode == "cubic" {
		return nil, Misfit("cubic interpolation is defined over two axes of space, input %q has shape %v", in[0].Name, x)
	}
	return one(Float32, append([]int{x[0], x[1]}, grid[1:len(grid)-1]...)...), nil
}

// PerItem holds where both inputs have the items.
func (GridSample) PerItem(_ []Value, carry []bool) bool { return all(carry) }

// Compute reads each point.
func (g GridSample) Compute(in []*Tensor) ([]*Tensor, error) {
	v, err := g.Infer([]Value{in[0].value("x"), in[1].value("grid")})
	if err != nil {
		return nil, err
	}
	x, shape := in[0].Shape, v[0].Shape
	space := len(x) - 2
	plane, points := Len(x[2:]), Len(shape[2:])
	out := &Tensor{Shape: shape, F: make([]float32, Len(shape))}
	at := make([]float32, space)
	for n := range x[0] {
		for p := range points {
			for a := range at { // the grid has the innermost axis first
				size := x[2+a]
				at[a] = g.denormal(in[1].F[(n*points+p)*space+space-1-a], size)
				if g.Mode == "nearest" {
					at[a] = float32(math.RoundToEven(float64(at[a])))
				}
				at[a] = g.inside(at[a], size)
			}
			for c := range x[1] {
				i := n*x[1] + c
				out.F[i*points+p] = g.sample(in[0].F[i*plane:][:plane], x[2:], at)
			}
		}
	}
	return []*Tensor{out}, nil
}

func (g GridSample) denormal(x float32, size int) float32 {
	if g.Corners {
		return float32((x+1)/2) * float32(size-1)
	}
	return (float32((x+1)*float32(size)) - 1) / 2
}

// inside brings a coordinate into the input as the padding says, where that is none.
func (g GridSample) inside(x float32, size int) float32 {
	switch {
	case g.Padding == "border" && g.Mode != "cubic": // whose neighbours are limited, each by itself
		return min(max(x, 0), float32(size-1))
	case g.Padding == "reflection":
		return g.reflect(x, size)
	}
	return x
}

func (g GridSample) reflect(x float32, size int) float32 {
	lo, hi := float32(-0.5), float32(size)-0.5
	if g.Corners {
		lo, hi = 0, float32(size-1)
	}
	width := hi - lo
	if width == 0 || x != x {
		return 0
	}
	over := lo - x
	if x > hi {
		over = x - hi
	}
	if over <= 0 {
		return x
	}
	turns := math.Trunc(float64(over / width))
	rest := over - float32(float32(turns)*width)
	if (math.Mod(turns, 2) == 0) == (x < lo) {
		return lo + rest
	}
	return hi - rest
}

// pixel is an element, or what the padding has in its place.
func (g GridSample) pixel(x []float32, shape []int, at []int) float32 {
	i := 0
	for a, n := range shape {
		p := at[a]
		if p < 0 || p >= n {
			switch g.Padding {
			case "zeros":
				return 0
			case "border":
				p = min(max(p, 0), n-1)
			default:
				p = min(max(int(g.reflect(float32(p), n)), 0), n-1)
			}
		}
		i = i*n + p
	}
	return x[i]
}

// whole is a coordinate that is an integer, far outside limited.
func whole(x float32) int { return int(min(max(x, -1<<24), 1<<24)) }

func (g GridSample) sample(x []float32, shape []int, at []float32) float32 {
	first, place := make([]int, len(shape)), make([]int, len(shape))
	for a, v := range at {
		if v != v {
			v = -1 << 24
		}
		first[a] = whole(float32(math.Floor(float64(v))))
	}
	taps := 2
	switch g.Mode {
	case "nearest":
		return g.pixel(x, shape, first)
	case "cubic":
		taps = 4
	}
	// Along the innermost axis first, then the others, outwards.
	var along func(a int) float32
	along = func(a int) float32 {
		if a == len(shape) {
			return g.pixel(x, shape, place)
		}
		var weights [4]float32
		t := at[a] - float32(first[a])
		from := first[a]
		if taps == 2 {
			weights[0], weights[1] = float32(first[a]+1)-at[a], t
		} else {
			weights, from = cubicWeights(t), from-1
		}
		sum := float32(0)
		for k := range taps {
			place[a] = from + k
			sum += float32(weights[k] * along(a+1))
		}
		return sum
	}
	return along(0)
}

// cubicWeights are those of four neighbours, of which the second is t before the point, with a = -0.75.
func cubicWeights(t float32) [4]float32 {
	const a = float32(-0.75)
	far := func(d float32) float32 {
		return float32(float32(float32(float32(float32(a*d)-5*a)*d)+8*a)*d) - 4*a
	}
	near := func(d float32) float32 {
		return float32(float32(float32((a+2)*d)-(a+3))*float32(d*d)) + 1
	}
	return [4]float32{far(t + 1), near(t), near(1 - t), far(2 - t)}
}
