package train

import (
	"math"
	"slices"

	"github.com/quantscope/quantscope/quant/graph"
)

// derivative gives f'(x) of y = f(x), nil where it is zero everywhere.
type derivative func(e emit, op graph.Op, x, y graph.ValueID) graph.ValueID

func elementwise(f derivative) rule {
	return func(l *local) ([]graph.ValueID, error) {
		return l.each(func() graph.ValueID {
			d := f(l.emit, l.n.Op, l.in(0), l.out())
			if d == graph.None {
				return graph.None
			}
			return l.mul(l.g(), d)
		})
	}
}

// clamped is the gradient of a clamp, which goes through where it changes nothing. What it makes tells as much as what it reads, which
// need not be kept: a layer and its activation are one step. Behind a fake-quantizer that reads it alone, that gradient's kernel does it.
func clamped(l *local, within graph.Within) ([]graph.ValueID, error) {
	for i := len(l.Graph.Nodes) - 1; i >= 0 && l.want(0); i-- {
		n := &l.Graph.Nodes[i]
		if n.Outputs[0] != l.g() {
			continue
		}
		if op, ok := n.Op.(graph.LearnedFakeQuantizeGradient); ok && n.Inputs[0] == l.out() && !slices.Contains(l.wrt, l.out()) {
			op.Within = within
			n.Op = op
			return []graph.ValueID{l.g()}, nil
		}
		break
	}
	return l.each(func() graph.ValueID { return l.mul(l.g(), l.unary(within, l.out())) })
}

func infinite(sign int) float32 { return float32(math.Inf(sign)) }

// derivatives lists those of the functions of single numbers. At a kink they are those of PyTorch: 0 at the ends
// of a clamp and at the zero of a ReLU.
func derivatives() map[string]derivative {
	positive := graph.Within{Lo: 0, Hi: infinite(1)}
	sigmoid := func(e emit, x graph.ValueID) graph.ValueID { return e.unary(graph.Sigmoid{}, x) }
	return map[string]derivative{
		"LeakyRelu": func(e emit, op graph.Op, x, _ graph.ValueID) graph.ValueID {
			a := op.(graph.LeakyRelu).Alpha
			return e.plus(e.times(e.unary(positive, x), 1-a), a)
		},
		"Abs": func(e emit, _ graph.Op, x, _ graph.ValueID) graph.ValueID {
			return e.sub(e.unary(positive, x), e.unary(graph.Within{Lo: infinite(-1), Hi: 0}, x))
		},
		"Sigmoid": func(e emit, _ graph.Op, _, y graph.ValueID) graph.ValueID { return e.mul(y, e.from(1, y)) },
		"Tanh":    func(e emit, _ graph.Op, _, y graph.ValueID) graph.ValueID { return e.from(1, e.mul(y, y)) },
		"Exp":     func(_ emit, _ graph.Op, _, y graph.ValueID) graph.ValueID { return y },
		"Log":     func(e emit, _ graph.Op, x, _ graph.ValueID) graph.ValueID { return e.over(1, x) },
		"Sqrt":    func(e emit, _ graph.Op, _, y graph.ValueID) graph.ValueID { return e.over(0.5, y) },
		"SiLU": func(e emit, _ graph.Op, x, y graph.ValueID) graph.ValueID {
			s := sigmoid(e, x)
			return e.add(s, e.mul(y, e.from(1, s)))
		},
		"Softplus": func(e emit, _ graph.Op, x, _ graph.ValueID) graph.ValueID { return sigmoid(e, x) },
		"Mish": func(e emit, _ graph.Op, x, _ graph.ValueID) graph.ValueID {
			t := e.unary(graph.Tanh{}, e.unary(graph.Softplus{}, x))
			return e.add(t, e.mul(e.mul(x, sigmoid(e, x)), e.from(1, e.mul(t, t))))
		},
		"HardSigmoid": func(e emit, op graph.Op, _, y graph.ValueID) graph.ValueID {
			return e.times(e.unary(graph.Within{Lo: 0, Hi: 1}, y), op.(graph.HardSigmoid).Alpha)
		},
		"HardSwish": func(e emit, _ graph.Op, x, _ graph.ValueID) graph.ValueID {
			ramp := e.times(e.mul(x, e.unary(graph.Within{Lo: -3, Hi: 3}, x)), 1./6)
			return e.add(e.unary(graph.HardSigmoid{Alpha: 1. / 6, Beta: 0.5}, x), ramp)
		},
		"Elu": func(e emit, op graph.Op, x, y graph.ValueID) graph.ValueID {
			a, p := op.(graph.Elu).Alpha, e.unary(positive, x)
			return e.add(p, e.mul(e.from(1, p), e.plus(y, a)))
		},
		"Gelu": gelu,
		"Erf": func(e emit, _ graph.Op, x, _ graph.ValueID) graph.ValueID {
			return e.times(e.unary(graph.Exp{}, e.times(e.mul(x, x), -1)), float32(2/math.Sqrt(math.Pi)))
		},
		"Neg": func(e emit, _ graph.Op, _, _ graph.ValueID) graph.ValueID { return e.scalar(-1) },
		// (Φ)' is the density.
		"NormalCDF": func(e emit, _ graph.Op, x, _ graph.ValueID) graph.ValueID { return density(e, x) },
		"Round":     flat,
		"Floor":     flat,
		"Ceil":      flat,
		"Sign":      flat,
		"Within":    flat,
	}
}

func flat(emit, graph.Op, graph.ValueID, graph.ValueID) graph.ValueID { return graph.None }

// density is that of the normal distribution.
func density(e emit, x graph.ValueID) graph.ValueID {
	return e.times(e.unary(graph.Exp{}, e.times(e.mul(x, x), -0.5)), float32(1/math.Sqrt(2*math.Pi)))
}

// gelu is Φ(x) + x·φ(x), or with u = √(2/π)·(x + 0.044715·x³), s = sigmoid(2u): s + x·s·(1-s)·2u'.
func gelu(e emit, op graph.Op, x, y graph.ValueID) graph.ValueID {
	if !op.(graph.Gelu).Tanh {
		return e.add(e.unary(graph.NormalCDF{}, x), e.mul(x, density(e, x)))
	}
	const linear, cubic = 1.5957691216057308, 0.07135481282553 // 2·√(2/π), and 0.044715 of it
	square := e.mul(x, x)
	s := e.unary(graph.Sigmoid{}, e.mul(x, e.plus(e.times(square, cubic), linear)))
	slope := e.plus(e.times(square, 3*cubic), linear)
	return e.add(s, e.mul(e.mul(y, e.from(1, s)), slope))
}
