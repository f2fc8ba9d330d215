package recipe

import (
	"fmt"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/scheme"
)

// check holds one side's settings to what fake-quantizer and observer can do, and a backend that has codes of
// its own to those. field is where they stand in the recipe.
func check(b backend.Backend, field string, q Quantizer, weight bool) error {
	if err := q.validate(field, weight); err != nil {
		return err
	}
	own := b.Activation
	if weight {
		own = b.Weight
	}
	if b.Limits.OwnCodes && q.FakeQuant != own.FakeQuant {
		return fmt.Errorf("%s.fakeQuant is %q, but the codes of backend %s are those of %q and no others: set it to %q",
			field, q.FakeQuant, b.Name, own.FakeQuant, own.FakeQuant)
	}
	return nil
}

func (q Quantizer) validate(field string, weight bool) error {
	if err := oneOf(field+".fakeQuant", q.FakeQuant, fakequant.Names()); err != nil {
		return err
	}
	if err := oneOf(field+".observer", q.Observer, observer.Names()); err != nil {
		return err
	}
	if err := q.scheme(field, weight); err != nil {
		return err
	}
	f, err := fakequant.KindOf(q.FakeQuant)
	if err != nil {
		return err
	}
	o, err := observer.KindOf(q.Observer)
	if err != nil {
		return err
	}
	if weight && !f.Weights {
		return fmt.Errorf("%s.fakeQuant is %q, which is for activations only: \"learnable\" is nearest for weights", field, f.Name)
	}
	if !weight && !f.Activation {
		return fmt.Errorf("%s.fakeQuant is %q, which is for weights only: \"learnable\" is nearest for activations", field, f.Name)
	}
	for _, k := range []struct {
		what                      string
		perTensor, symmetric, pot bool
		bits                      int
	}{
		{fmt.Sprintf("fake-quantizer %q", f.Name), f.PerTensor, f.Symmetric, f.PoT, f.Bits},
		{fmt.Sprintf("observer %q", o.Name), o.PerTensor, o.Symmetric, o.PoT, 0},
	} {
		s := q.Scheme
		switch {
		case k.perTensor && s.PerChannel:
			return fmt.Errorf("%s.scheme.perChannel is true, but the %s has one scale for a tensor: set it to false, or take the observer \"mse\" with \"fixed\" or \"learnable\"", field, k.what)
		case k.symmetric && !s.Symmetric:
			return fmt.Errorf("%s.scheme.symmetric is false, but the %s has no zero point: set it to true", field, k.what)
		case k.pot && !s.PoT:
			return fmt.Errorf("%s.scheme.pot is false, but the scales of the %s are powers of two: set it to true", field, k.what)
		case k.bits != 0 && s.Bits != k.bits:
			return fmt.Errorf("%s.scheme.bits is %d, but the %s has %d bits: set it to %d", field, s.Bits, k.what, k.bits, k.bits)
		}
	}
	return q.options(field, o, f)
}

// scheme checks what integers there can be.
func (q Quantizer) scheme(field string, weight bool) error {
	s := q.Scheme
	if nearest := min(max(s.Bits, MinBits), MaxBits); nearest != s.Bits {
		return fmt.Errorf("%s.scheme.bits is %d; %d to %d are possible, %d is nearest", field, s.Bits, MinBits, MaxBits, nearest)
	}
	if s.Codes != scheme.Usual {
		if err := oneOf(field+".scheme.codes", string(s.Codes), []string{string(scheme.Signed), string(scheme.Unsigned)}); err != nil {
			return err
		}
	}
	if s.Symmetric && s.Codes == scheme.Signed || !s.Symmetric && s.Codes == scheme.Unsigned {
		return fmt.Errorf("%s.scheme.codes is %q, which such a scheme has anyhow: leave it out", field, s.Codes)
	}
	if s.Narrow && (!s.Symmetric || s.Codes != scheme.Usual) {
		return fmt.Errorf("%s.scheme.narrow leaves out the lowest code of a symmetric scheme, and this one is asymmetric or unsigned: set narrow to false or symmetric to true", field)
	}
	switch {
	case s.Block == 0:
	case !weight:
		return fmt.Errorf("%s.scheme.block is %d; only weights have blocks of inputs: leave it out", field, s.Block)
	case !s.PerChannel:
		return fmt.Errorf("%s.scheme.block is %d, but perChannel is false: blocks are those of an output channel, set it to true", field, s.Block)
	case s.Block < minBlock || s.Block > maxBlock:
		return fmt.Errorf("%s.scheme.block is %d inputs; %d to %d are possible, 32 to 256 are usual", field, s.Block, minBlock, maxBlock)
	}
	return nil
}

// Bounds of blocks: a scale for fewer inputs is no compression any more.
const (
	minBlock = 4
	maxBlock = 4096
)

// options checks the settings that only some observers and fake-quantizers have.
func (q Quantizer) options(field string, o observer.Kind, f fakequant.Kind) error {
	if o.Average && !(q.EMARatio > 0 && q.EMARatio < 1) {
		return fmt.Errorf("%s.emaRatio is %v; it is the weight of the past, above 0 and below 1, usually 0.9", field, q.EMARatio)
	}
	if !o.Average && q.EMARatio != 0 {
		return fmt.Errorf("%s.emaRatio is %v, but the observer %s takes none: set it to 0", field, q.EMARatio, q.Observer)
	}
	given, dsq := q.ObserverOptions, f.Name == "dsq"
	alphaMost := float32(1e6)
	if dsq {
		alphaMost = 0.99
	}
	for _, c := range []struct {
		owner, options, name string
		value, least, most   float32
		usual                string
	}{
		{o.Name, o.Options, "power", given.Power, 0.5, 8, "2 or 2.4"},
		{o.Name, o.Options, "threshold", given.Threshold, 0.5, 1, "0.9999"},
		{o.Name, o.Options, "deviations", given.Deviations, 0.1, 100, "2.6"},
		{o.Name, o.Options, "bins", float32(given.Bins), minBins, maxBins, "2048 or 4096"},
		{f.Name, f.Options, "alpha", q.FakeQuantOptions.Alpha, 1e-6, alphaMost, "6 for pact, 0.4 for dsq"},
	} {
		switch has := strings.Contains(" "+c.options+" ", " "+c.name+" "); {
		case c.value == 0:
		case !has:
			return fmt.Errorf("%s has the option %s, but %s takes none: leave it out", field, c.name, c.owner)
		case !(c.value >= c.least && c.value <= c.most):
			return fmt.Errorf("%s: the option %s of %s is %v; %v to %v are possible, usually %s", field, c.name, c.owner, c.value, c.least, c.most, c.usual)
		}
	}
	return nil
}

// Bounds of histograms: fewer bins than this see nothing, more are only memory.
const (
	minBins = 64
	maxBins = 1 << 16
)

// Bounds of the width of codes.
const (
	MinBits = 2
	MaxBits = 16
)
