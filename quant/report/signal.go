package report

import (
	"math"

	"github.com/quantscope/quantscope/quant/portable"
)

// LimitSQNR bounds what SQNR gives, in dB: where nothing differs, which no logarithm has, and at the
// other end where nothing is left of the signal or it is not a number.
const LimitSQNR = 200

// Signal compares a tensor with its quantized self, piece by piece, in float64 and in the order of
// the calls. The zero Signal has seen nothing.
type Signal struct{ float, quantized, noise, product float64 }

// Add takes a piece of both; x and y have the same length.
func (s *Signal) Add(x, y []float32) {
	for i := range x {
		f, q := float64(x[i]), float64(y[i])
		d := f - q
		s.float += float64(f * f)
		s.quantized += float64(q * q)
		s.noise += float64(d * d)
		s.product += float64(f * q)
	}
}

// Join takes all that another Signal has seen, as one piece.
func (s *Signal) Join(t Signal) {
	s.float += t.float
	s.quantized += t.quantized
	s.noise += t.noise
	s.product += t.product
}

// Runs are second moments of what three runs make of a tensor: A a layer in float, B as the simulation and C as the integer
// engine has it. Its fields are those of ref.Moments, on which nothing that the page shows may depend.
type Runs struct {
	AA, BB, AB                float64
	AminusB, AminusC, BminusC float64
	Apart                     uint32
}

// Finite tells whether all of the float run was finite.
func (r Runs) Finite() bool { return r.AA-r.AA == 0 }

// Simulation compares float with the simulation.
func (r Runs) Simulation() Signal {
	return Signal{float: r.AA, quantized: r.BB, noise: r.AminusB, product: r.AB}
}

// IntegerSQNR is that of the integer engine against float, and SimulationSQNR against the simulation.
func (r Runs) IntegerSQNR() float64    { return (&Signal{float: r.AA, noise: r.AminusC}).SQNR() }
func (r Runs) SimulationSQNR() float64 { return (&Signal{float: r.BB, noise: r.BminusC}).SQNR() }

// SQNR is 10·log10(Σ float² / Σ (float − quantized)²) in dB, within ±LimitSQNR.
func (s *Signal) SQNR() float64 {
	switch {
	case s.noise == 0:
		return LimitSQNR
	case !(s.float > 0) || !(s.noise <= math.MaxFloat64):
		return -LimitSQNR
	}
	return min(max(10*log10(s.float/s.noise), -LimitSQNR), LimitSQNR)
}

// Cosine is Σ float·quantized / (‖float‖·‖quantized‖): 1 where they point the same way, 0 where one is
// zero or not a number, unless both are zero.
func (s *Signal) Cosine() float64 {
	if s.float == 0 && s.quantized == 0 {
		return 1
	}
	c := s.product / float64(math.Sqrt(s.float)*math.Sqrt(s.quantized))
	if c != c || math.IsInf(c, 0) {
		return 0
	}
	return min(max(c, -1), 1)
}

// log10 is the decimal logarithm of a positive finite number, with operations that every machine
// rounds alike: math.Log is assembly on some. With x = f·2^e and √½ ≤ f < √2 it is
// (2·artanh((f−1)/(f+1)) + e·ln 2)/ln 10; the series to the 23rd power has an error below 1e-17.
func log10(x float64) float64 {
	f, e := math.Frexp(x)
	if f < math.Sqrt2/2 {
		f, e = 2*f, e-1
	}
	t := (f - 1) / (f + 1)
	square, sum := float64(t*t), 0.0
	for k := 23; k >= 1; k -= 2 {
		sum = float64(sum*square) + 1/float64(k)
	}
	return (float64(2*t*sum) + float64(float64(e)*math.Ln2)) / math.Ln10
}

// Decades is the decimal logarithm of a ratio, within ±LimitSQNR/10.
func Decades(x float64) float64 {
	if !(x > 0) {
		return -LimitSQNR / 10
	}
	return min(max(log10(min(x, math.MaxFloat64)), -LimitSQNR/10), LimitSQNR/10)
}

// Noise is the share of noise in a signal that an SQNR in dB stands for: 10^(−dB/10).
func Noise(sqnr float64) float64 { return portable.Exp(-sqnr / 10 * math.Ln10) }
