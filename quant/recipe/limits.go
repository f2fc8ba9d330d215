package recipe

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/scheme"
)

// limit says what the backend cannot compute with, why, and the nearest that it can. Fewer codes than
// it has (narrow), scales that are powers of two, and one scale where it takes one for each channel
// are all within what it computes, and pass. side is the field of q in the recipe.
func limit(b backend.Backend, side string, q Quantizer, weight bool) error {
	own := b.Activation
	if weight {
		own = b.Weight
	}
	if b.Limits.OwnCodes && q.FakeQuant != own.FakeQuant {
		return fmt.Errorf("%s.fakeQuant is %q, but the codes of backend %s are those of %q and no others: set it to %q",
			side, q.FakeQuant, b.Name, own.FakeQuant, own.FakeQuant)
	}
	if b.Limits.AnyScheme {
		return nil
	}
	s, o := q.Scheme, own.Scheme
	given, _ := fakequant.KindOf(q.FakeQuant)
	theirs, _ := fakequant.KindOf(own.FakeQuant)
	switch {
	case given.Grid != theirs.Grid && !(b.Limits.Floats && ofChip(given.Grid)):
		return fmt.Errorf("%s.fakeQuant is %q, whose numbers are not those backend %s computes with: %q is nearest", side, q.FakeQuant, b.Name, own.FakeQuant)
	case s.Bits != o.Bits && !slices.Contains(b.Limits.Bits, s.Bits):
		widths := append([]int{o.Bits}, b.Limits.Bits...)
		return fmt.Errorf("%s.scheme.bits is %d, but backend %s computes with %s bits: %d is nearest",
			side, s.Bits, b.Name, listed(widths), nearest(widths, s.Bits))
	case s.Symmetric && !o.Symmetric:
		return fmt.Errorf("%s.scheme.symmetric is true, but backend %s has unsigned codes with a zero point: set it to false", side, b.Name)
	case !s.Symmetric && o.Symmetric:
		return fmt.Errorf("%s.scheme.symmetric is false, but backend %s has no zero point: set it to true", side, b.Name)
	case s.PerChannel && !o.PerChannel:
		return fmt.Errorf("%s.scheme.perChannel is true, but backend %s has one scale for a tensor: set it to false", side, b.Name)
	case s.Codes != o.Codes:
		return fmt.Errorf("%s.scheme.codes is %q, but backend %s has the usual ones: leave it out", side, s.Codes, b.Name)
	case !s.PoT && o.PoT:
		return fmt.Errorf("%s.scheme.pot is false, but backend %s scales by shifting: set it to true", side, b.Name)
	}
	return nil
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
