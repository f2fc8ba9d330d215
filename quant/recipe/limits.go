package recipe

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/scheme"
)

// beyond says what of a side the backend's chip cannot compute with, and the nearest that it can; "" if
// nothing. Such a recipe is a simulation, as in MQBench, whose schemes may be overridden for every backend.
// Fewer codes than the chip has (narrow), scales that are powers of two, and one scale where it takes one for
// each channel are all within what it computes. side is the field of q in the recipe.
func beyond(b backend.Backend, side string, q Quantizer, weight bool) string {
	own := b.Activation
	if weight {
		own = b.Weight
	}
	s, o := q.Scheme, own.Scheme
	if s.PerChannel && !weight {
		return fmt.Sprintf("%s.scheme.perChannel is true, but integer engines have one scale for an activation, since their sums run over its channels", side)
	}
	if s.Block > 0 && len(b.Rule.Inputs) > 0 { // else the engine computes in floats
		return fmt.Sprintf("%s.scheme.block is %d, but integer engines have one scale for a channel of a weight, since a sum runs over all of its inputs", side, s.Block)
	}
	if b.Limits.AnyScheme || b.Limits.OwnCodes {
		return ""
	}
	given, _ := fakequant.KindOf(q.FakeQuant)
	theirs, _ := fakequant.KindOf(own.FakeQuant)
	switch {
	case given.Grid != theirs.Grid && !(b.Limits.Floats && ofChip(given.Grid)):
		return fmt.Sprintf("%s.fakeQuant is %q, whose numbers are not those backend %s computes with: %q is nearest", side, q.FakeQuant, b.Name, own.FakeQuant)
	case s.Bits != o.Bits && !slices.Contains(b.Limits.Bits, s.Bits):
		widths := append([]int{o.Bits}, b.Limits.Bits...)
		return fmt.Sprintf("%s.scheme.bits is %d, but backend %s computes with %s bits: %d is nearest",
			side, s.Bits, b.Name, listed(widths), nearest(widths, s.Bits))
	case s.Symmetric && !o.Symmetric:
		return fmt.Sprintf("%s.scheme.symmetric is true, but backend %s has unsigned codes with a zero point", side, b.Name)
	case !s.Symmetric && o.Symmetric:
		return fmt.Sprintf("%s.scheme.symmetric is false, but backend %s has no zero point", side, b.Name)
	case s.PerChannel && !o.PerChannel:
		return fmt.Sprintf("%s.scheme.perChannel is true, but backend %s has one scale for a tensor", side, b.Name)
	case s.Codes != o.Codes:
		return fmt.Sprintf("%s.scheme.codes is %q, but backend %s has the usual ones", side, s.Codes, b.Name)
	case !s.PoT && o.PoT:
		return fmt.Sprintf("%s.scheme.pot is false, but backend %s scales by shifting", side, b.Name)
	}
	return ""
}

// ofChip tells whether numbers are integers or 8-bit floats times a scale.
func ofChip(g scheme.Grid) bool {
	return g == scheme.Integers || g == scheme.E4M3 || g == scheme.E5M2
}

// nearest is the one of some widths that differs least, the wider of two.
func nearest(widths []int, bits int) int {
	best := widths[0]
	for _, w := range widths[1:] {
		d, e := max(w-bits, bits-w), max(best-bits, bits-best)
		if d < e || d == e && w > best {
			best = w
		}
	}
	return best
}

func listed(widths []int) string {
	s := fmt.Sprint(widths[0])
	for _, w := range widths[1:] {
		s += fmt.Sprintf(" or %d", w)
	}
	return s
}
