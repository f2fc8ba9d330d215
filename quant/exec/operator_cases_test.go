package exec

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// operatorTests is a list in the making.
type operatorTests []operatorTest

type shapes = [][]int

func (t *operatorTests) add(name string, op graph.Op, inputs shapes, want func(in []array) []array, types ...graph.DType) {
	*t = append(*t, operatorTest{name, op, inputs, want, types})
}

// eachOf applies f to every element of the first input.
func eachOf(f func(x float64) float64) func(in []array) []array {
	return func(in []array) []array {
		return []array{fill(in[0].shape, func(i []int) float64 { return f(in[0].at(i...)) })}
	}
}

// normal is InstanceNormalization and LayerNormalization in float64: the space of an element is all that
// has its index on the axes before from.
func normal(x array, from int, epsilon float64, scale, bias func(i []int) float64) (y, mean, inv array) {
	inner := graph.Len(x.shape[from:])
	stats := slices.Clone(x.shape)
	for a := from; a < len(stats); a++ {
		stats[a] = 1
	}
	mean, inv = array{shape: stats}, array{shape: stats}
	for at := 0; at < len(x.x); at += inner {
		m, v := 0.0, 0.0
		for _, e := range x.x[at : at+inner] {
			m += e / float64(inner)
		}
		for _, e := range x.x[at : at+inner] {
			v += (e - m) * (e - m) / float64(inner)
		}
		mean.x, inv.x = append(mean.x, m), append(inv.x, 1/math.Sqrt(v+epsilon))
	}
	y = fill(x.shape, func(i []int) float64 { return (x.at(i...)-mean.spread(i))*inv.spread(i)*scale(i) + bias(i) })
	return y, mean, inv
}

// pointwise are operators that work element by element.
func (t *operatorTests) pointwise() {
	five := shapes{{2, 3, 1, 4, 5}}
	t.add("elu", graph.Elu{Alpha: 1.5}, five, eachOf(func(x float64) float64 { return max(x, 0) + 1.5*math.Expm1(min(x, 0)) }))
	t.add("softplus", graph.Softplus{}, five, eachOf(func(x float64) float64 { return math.Log1p(math.Exp(x)) }))
	t.add("mish", graph.Mish{}, shapes{{7}}, eachOf(func(x float64) float64 { return x * math.Tanh(math.Log1p(math.Exp(x))) }))
	t.add("log", graph.Log{}, shapes{{2, 5, 3, 2}}, eachOf(math.Log))
	t.add("abs", graph.Abs{}, shapes{{2, 5, 3, 2}}, eachOf(math.Abs))
	t.add("round", graph.Round{}, shapes{{2, 5, 3, 2}}, eachOf(math.RoundToEven))
	t.add("gelu", graph.Gelu{}, shapes{{2, 5, 3, 2}}, eachOf(func(x float64) float64 { return x * math.Erfc(-x/math.Sqrt2) / 2 }))
	t.add("exp", graph.Exp{}, shapes{{}}, eachOf(math.Exp))
	t.add("pow", graph.Pow{}, shapes{{2, 3, 2, 2}, {}}, func(in []array) []array {
		return []array{fill(in[0].shape, func(i []int) float64 { return math.Pow(in[0].at(i...), in[1].spread(i)) })}
	})
}

// normalizations are normalizations over space and over channels.
func (t *operatorTests) normalizations() {
	for _, shape := range (shapes{{2, 3, 5}, {2, 5, 3, 4}, {1, 3, 2, 4, 3}, {2, 3, 1, 2, 3, 2}}) {
		along := func(a array) func(i []int) float64 { return func(i []int) float64 { return a.at(i[1]) } }
		t.add("instance norm", graph.InstanceNormalization{Epsilon: 0.1}, shapes{shape, {shape[1]}, {shape[1]}}, func(in []array) []array {
			y, _, _ := normal(in[0], 2, 0.1, along(in[1]), along(in[2]))
			return []array{y}
		})
		for axis := range shape {
			for _, bias := range []bool{false, true} {
				inputs := shapes{shape, shape[axis:]}
				if bias {
					inputs = append(inputs, shape[axis:])
				}
				t.add("layer norm", graph.LayerNormalization{Axis: axis, Epsilon: 1e-3}, inputs, func(in []array) []array {
					plus := func([]int) float64 { return 0 }
					if bias {
						plus = in[2].spread
					}
					y, mean, inv := normal(in[0], axis, 1e-3, in[1].spread, plus)
					return []array{y, mean, inv}
				})
			}
		}
	}
	for _, shape := range (shapes{{3, 4}, {2, 7, 3}, {2, 7, 2, 3}, {1, 5, 2, 1, 3}}) {
		for _, size := range []int{1, 4, 5, 20} {
			t.add("lrn", graph.LRN{Size: size, Alpha: 0.3, Beta: 0.75, Bias: 2}, shapes{shape}, func(in []array) []array {
				return []array{fill(shape, func(i []int) float64 {
					sum, j := 0.0, slices.Clone(i)
					for c := max(0, i[1]-(size-1)/2); c <= min(shape[1]-1, i[1]+size/2); c++ {
						j[1] = c
						sum += in[0].at(j...) * in[0].at(j...)
					}
					return in[0].at(i...) / math.Pow(2+0.3/float64(size)*sum, 0.75)
				})}
			})
		}
	}
}

// moves are operators that only move elements.
func (t *operatorTests) moves() {
	for _, b := range []int{1, 2, 3} {
		deep, wide := []int{2, 5 * b * b, 2, 3}, []int{2, 5, 2 * b, 3 * b}
		for _, inner := range []bool{false, true} {
			t.add("depth to space", graph.DepthToSpace{Block: b, Inner: inner}, shapes{deep}, func(in []array) []array {
				return []array{fill(wide, func(i []int) float64 {
					place, c := i[2]%b*b+i[3]%b, i[1]
					if inner {
						return in[0].at(i[0], c*b*b+place, i[2]/b, i[3]/b)
					}
					return in[0].at(i[0], place*5+c, i[2]/b, i[3]/b)
				})}
			})
		}
		t.add("space to depth", graph.SpaceToDepth{Block: b}, shapes{wide}, func(in []array) []array {
			return []array{fill(deep, func(i []int) float64 {
				place, c := i[1]/5, i[1]%5
				return in[0].at(i[0], c, i[2]*b+place/b, i[3]*b+place%b)
			})}
		})
	}
	for axis := range 4 {
		x := []int{2, 3, 4, 5}
		for _, index := range (shapes{{}, {3}, {2, 2}}) {
			g := graph.Gather{Axis: axis, Shape: index}
			for i := range graph.Len(index) {
				g.Indices = append(g.Indices, (3*i+1)%x[axis])
			}
			out := slices.Concat(x[:axis], index, x[axis+1:])
			t.add("gather", g, shapes{x}, func(in []array) []array {
				return []array{fill(out, func(i []int) float64 {
					at := 0
					for d, n := range index {
						at = at*n + i[axis+d]
					}
					return in[0].at(slices.Concat(i[:axis], []int{g.Indices[at]}, i[axis+len(index):])...)
				})}
			})
		}
	}
	for _, from := range (shapes{{}, {4}, {3, 1}, {5, 1, 4}, {2, 1, 3, 1}}) {
		out := []int{2, 5, 3, 4}
		t.add("expand", graph.Expand{Shape: out}, shapes{from}, func(in []array) []array { return []array{fill(out, in[0].spread)} })
	}
}

// reductions are reductions of more axes than the kernel takes at once.
func (t *operatorTests) reductions() {
	six := []int{2, 3, 2, 2, 3, 2}
	for _, axes := range (shapes{{0, 1, 2, 3, 4}, {1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5}, {0, 2, 4}}) {
		for _, keep := range []bool{false, true} {
			out, from := []int{}, []int{} // axes of the result, and which of the input they are
			for a, n := range six {
				if !slices.Contains(axes, a) {
					out, from = append(out, n), append(from, a)
				} else if keep {
					out, from = append(out, 1), append(from, a)
				}
			}
			reduce := func(x array, f func(a, b float64) float64, start float64) array {
				return fill(out, func(i []int) float64 {
					y := start
					fill(six, func(j []int) float64 {
						for k, a := range from {
							if out[k] > 1 && i[k] != j[a] {
								return 0
							}
						}
						y = f(y, x.at(j...))
						return 0
					})
					return y
				})
			}
			sum := func(a, b float64) float64 { return a + b }
			t.add("reduce sum", graph.ReduceSum{Axes: axes, KeepDims: keep}, shapes{six}, func(in []array) []array { return []array{reduce(in[0], sum, 0)} })
			t.add("reduce max", graph.ReduceMax{Axes: axes, KeepDims: keep}, shapes{six}, func(in []array) []array { return []array{reduce(in[0], math.Max, math.Inf(-1))} })
			t.add("reduce mean", graph.ReduceMean{Axes: axes, KeepDims: keep}, shapes{six}, func(in []array) []array {
				y := reduce(in[0], sum, 0)
				for i := range y.x {
					y.x[i] *= float64(graph.Len(out)) / float64(graph.Len(six))
				}
				return []array{y}
			})
		}
	}
}

// products are matrix products with operands that are constant or not.
func (t *operatorTests) products() {
	for _, c := range (shapes{nil, {}, {11}, {1, 11}, {6, 1}, {6, 11}}) {
		for _, op := range []graph.Gemm{{Alpha: 1, Beta: 1}, {Alpha: 0.5, Beta: 2, TransA: true}, {Alpha: -3, Beta: 1, TransB: true}, {Alpha: 1, Beta: 0.25, TransA: true, TransB: true}} {
			a, b := []int{6, 4}, []int{4, 11}
			if op.TransA {
				slices.Reverse(a)
			}
			if op.TransB {
				slices.Reverse(b)
			}
			inputs := shapes{a, b}
			if c != nil {
				inputs = append(inputs, c)
			}
			t.add("gemm", op, inputs, func(in []array) []array {
				return []array{fill([]int{6, 11}, func(i []int) float64 {
					y := 0.0
					for k := range 4 {
						p, q := []int{i[0], k}, []int{k, i[1]}
						if op.TransA {
							slices.Reverse(p)
						}
						if op.TransB {
							slices.Reverse(q)
						}
						y += float64(op.Alpha) * in[0].at(p...) * in[1].at(q...)
					}
					if c != nil {
						y += float64(op.Beta) * in[2].spread(i)
					}
					return y
				})}
			})
		}
	}
}

// quantizers are quantizers with a scale for each channel.
func (t *operatorTests) quantizers() {
	for _, x := range (shapes{{5, 3}, {2, 3, 4}, {2, 5, 2, 3}}) {
		for axis := range x {
			for _, n := range []int{1, x[axis]} {
				at := func(a array, i []int) float64 { return a.x[i[axis]%n] }
				t.add("quantize", graph.QuantizeLinear{Axis: axis, To: graph.Uint8}, shapes{x, {n}, {n}}, func(in []array) []array {
					return []array{fill(x, func(i []int) float64 {
						q := math.RoundToEven(float64(float32(in[0].at(i...)) / float32(at(in[1], i))))
						return min(max(q+at(in[2], i), 0), 255)
					})}
				}, graph.Float32, graph.Float32, graph.Uint8)
				t.add("dequantize", graph.DequantizeLinear{Axis: axis}, shapes{x, {n}, {n}}, func(in []array) []array {
					return []array{fill(x, func(i []int) float64 { return (in[0].at(i...) - at(in[2], i)) * at(in[1], i) })}
				}, graph.Uint8, graph.Float32, graph.Uint8)
			}
		}
	}
}

// weighted is resizing by weights.
func (t *operatorTests) weighted() {
	resample := graph.Resample{Resize: graph.Resize{Mode: graph.ResizeCubic, Coord: graph.TFCropAndResize, Scale: [2]float32{0.75, 1.4}, Out: [2]int{3, 7}},
		CubicA: -0.5, Antialias: true, Start: [2]float32{0.2, 0.9}, End: [2]float32{0.9, -0.4}, Extrapolation: 7}
	t.add("resample", resample, shapes{{2, 3, 4, 5}}, func(in []array) []array {
		return []array{fill([]int{2, 3, 3, 7}, func(i []int) float64 {
			rows, columns := make([]float32, 4), make([]float32, 5)
			if !resample.Weights(0, i[2], rows) || !resample.Weights(1, i[3], columns) {
				return 7
			}
			y := 0.0
			for r, p := range rows {
				for c, q := range columns {
					y += float64(p) * float64(q) * in[0].at(i[0], i[1], r, c)
				}
			}
			return y
		})}
	})
}
