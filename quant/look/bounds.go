package look

import (
	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/inspect"
)

// Bounds describes what may make integers others on other engines.
func Bounds(b *quant.Bounds) inspect.Bounds {
	var out inspect.Bounds
	for _, s := range b.Sums {
		out.Sums = append(out.Sums, inspect.Sum{
			Name: s.Name, Terms: s.Terms, Channel: s.Channel, Low: s.Low, High: s.High, Bits: s.Bits, Input: s.Input,
			Overflow: s.Overflow, Saturating: s.Saturating, SevenBits: s.SevenBits,
		})
	}
	for _, t := range b.Ties {
		out.Ties = append(out.Ties, inspect.Tie{Name: t.Name, Numbers: t.Numbers, Near: t.Near})
	}
	return out
}
