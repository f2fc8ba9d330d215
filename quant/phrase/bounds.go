package phrase

import (
	"fmt"
	"strconv"

	"github.com/quantscope/quantscope/quant/inspect"
)

// Bounds says in a few sentences what was proven of a network's integer sums.
func Bounds(b inspect.Bounds) string {
	if len(b.Sums) == 0 {
		return "No layer runs on integers, so there are no sums to bound."
	}
	over, bits, seven := 0, 0, 0
	for _, s := range b.Sums {
		over, bits = over+s.Overflow, max(bits, s.Bits)
		if s.SevenBits {
			seven++
		}
	}
	out := fmt.Sprintf("Proven: whatever the input, no accumulator of the %s on integers needs more than %d of 32 bits.", Plural(len(b.Sums), "layer", "layers"), bits)
	if over > 0 {
		out = fmt.Sprintf("%s may exceed 32 bits; their layers run in float for that reason.", Plural(over, "channel", "channels"))
	}
	if seven > 0 {
		out += fmt.Sprintf(" Engines that add two products in 16 bits (x86 before VNNI) may saturate in %s: these need 7-bit weights there.", Plural(seven, "layer", "layers"))
	}
	return out
}

// Sum says how far the sum of a layer reaches, and the beginning of the input that takes it there.
func Sum(s inspect.Sum) string {
	const shown = 8
	out := fmt.Sprintf("%s to %s, %d bits, in channel %d, over %s", Count(s.Low), Count(s.High), s.Bits, s.Channel, Plural(s.Terms, "product", "products"))
	out += "; reached by input codes"
	for i, c := range s.Input[:min(len(s.Input), shown)] {
		if i > 0 {
			out += ","
		}
		out += " " + strconv.Itoa(int(c))
	}
	if len(s.Input) > shown {
		out += " …"
	}
	return out
}
