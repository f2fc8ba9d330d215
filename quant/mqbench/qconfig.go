package mqbench

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/scheme"
)

// sideKeys are the entries of extra_qconfig_dict.
func sideKeys() []string {
	var keys []string
	for _, side := range []string{"w", "a"} {
		for _, what := range []string{"_observer", "_fakequantize", "_fakeq_params", "_qscheme", "_observer_extra_args"} {
			keys = append(keys, side+what)
		}
	}
	return keys
}

// qconfig reads extra_qconfig_dict: settings of both sides, and in Sophgo's fork of kinds of modules and of
// single ones.
func (r *reader) qconfig(s *section) error {
	if r.configured {
		r.note("Settings of both sides stand at several places: where they differ, those of %s count.", cmp.Or(strings.TrimSuffix(s.path, "."), "the document itself"))
	}
	r.configured = true
	if err := r.sides(s); err != nil {
		return err
	}
	for _, key := range []string{"object_type", "module_name"} {
		of, err := s.sub(key)
		if err != nil {
			return err
		}
		for _, e := range of.d {
			if err := r.module(of, e.key, key == "module_name"); err != nil {
				return err
			}
		}
	}
	s.close()
	return nil
}

// sides reads the settings of both sides.
func (r *reader) sides(s *section) error {
	if err := r.side(s, "w", &r.recipe.Weight); err != nil {
		return err
	}
	return r.side(s, "a", &r.recipe.Activation)
}

func (r *reader) side(s *section, side string, q *recipe.Quantizer) error {
	watch, err := s.str(side + "_observer")
	if err != nil {
		return err
	}
	if err := setObserver(q, watch); err != nil {
		return fmt.Errorf("%s%s_observer: %w", s.path, side, err)
	}
	if b, _ := backend.Of(r.recipe.Backend); b.Limits.OwnCodes { // as MQBench
		s.skip(fmt.Sprintf("backend %s has codes of its own, and MQBench passes over it too", b.Name),
			side+"_fakequantize", side+"_fakeq_params", side+"_qscheme", side+"_observer_extra_args")
		return nil
	}
	fake, err := s.str(side + "_fakequantize")
	if err != nil {
		return err
	}
	if err := setFakeQuant(q, fake); err != nil {
		return fmt.Errorf("%s%s_fakequantize: %w", s.path, side, err)
	}
	if fake == "FP4GROUPFakeQuantize1" {
		r.note("%s%s_fakequantize: scales of blocks stay float32, which the fork rounds to 8-bit floats.", s.path, side)
	}
	qscheme, err := s.sub(side + "_qscheme")
	if err != nil {
		return err
	}
	if qscheme.d != nil {
		if err := r.scheme(qscheme, q); err != nil {
			return err
		}
	}
	extra, err := s.sub(side + "_observer_extra_args")
	if err != nil {
		return err
	}
	if err := r.observed(extra, q); err != nil {
		return err
	}
	params, err := s.sub(side + "_fakeq_params")
	if err != nil {
		return err
	}
	if k, _ := fakequant.KindOf(q.FakeQuant); k.Options == "alpha" {
		alpha, ok, err := params.number("alpha")
		if err != nil {
			return err
		}
		if ok {
			q.FakeQuantOptions.Alpha = float32(alpha)
		}
	}
	params.skip(ofTraining, "use_grad_scaling")
	params.close()
	return nil
}

// setFakeQuant sets a fake-quantizer by MQBench's name, "" for none told.
func setFakeQuant(q *recipe.Quantizer, mq string) error {
	if mq == "" {
		return nil
	}
	var names []string
	if block := map[string]int{"FP4GROUPFakeQuantize": 128, "FPXGROUPFakeQuantize": 128, "FP4GROUPFakeQuantize1": 64}[mq]; block > 0 {
		q.FakeQuant, q.FakeQuantOptions = "fp4", fakequant.Options{}
		q.Scheme.Block, q.Scheme.PerChannel = block, true
		return nil
	}
	q.Scheme.Block = 0
	for _, k := range fakequant.Kinds() {
		if k.MQBench == mq || k.Name == mq {
			q.FakeQuant, q.FakeQuantOptions = k.Name, fakequant.Options{}
			return nil
		}
		if k.MQBench != "" {
			names = append(names, k.MQBench)
		}
	}
	return fmt.Errorf("there is no %q: there are %s", mq, strings.Join(names, ", "))
}

// setObserver sets an observer by MQBench's name, "" for none told, with its averages' usual weight.
func setObserver(q *recipe.Quantizer, mq string) error {
	if mq == "" {
		return nil
	}
	var names []string
	for _, k := range observer.Kinds() {
		if k.MQBench == mq || k.Name == mq {
			q.Observer, q.ObserverOptions, q.EMARatio = k.Name, observer.Options{}, 0
			if k.Average {
				q.EMARatio = 0.9
			}
			return nil
		}
		if k.MQBench != "" {
			names = append(names, k.MQBench)
		}
	}
	return fmt.Errorf("there is no %q: there are %s", mq, strings.Join(names, ", "))
}

// scheme reads a qscheme, with MQBench's defaults for what it does not say; what is no part of it goes to the
// observer.
func (r *reader) scheme(s *section, q *recipe.Quantizer) error {
	block := q.Scheme.Block
	q.Scheme = scheme.QScheme{Bits: 8, Symmetric: true, Block: block}
	if bits, ok, err := s.whole("bit"); err != nil {
		return err
	} else if ok {
		q.Scheme.Bits = bits
	}
	to := &q.Scheme
	if err := cmp.Or(s.set("symmetry", &to.Symmetric), s.set("per_channel", &to.PerChannel), s.set("pot_scale", &to.PoT), s.set("symmetric_range", &to.Narrow)); err != nil {
		return err
	}
	q.Scheme.PerChannel = q.Scheme.PerChannel || block > 0 // the fork's groups are those of rows
	if q.Scheme.Narrow && !q.Scheme.Symmetric {
		q.Scheme.Narrow = false
		r.note("%ssymmetric_range: an asymmetric scheme has none, in MQBench neither.", s.path)
	}
	return r.observed(s, q)
}

// observed reads what is handed to the observer.
func (r *reader) observed(s *section, q *recipe.Quantizer) error {
	k, err := observer.KindOf(q.Observer)
	if err != nil {
		return err
	}
	ratio, ok, err := s.number("ema_ratio")
	switch {
	case err != nil:
		return err
	case ok && k.Average:
		q.EMARatio = float32(ratio)
	case ok:
		r.note("%sema_ratio: the observer %s has none.", s.path, k.Name)
	}
	for _, o := range []struct {
		key, option string
		set         func(x float64)
	}{
		{"p", "power", func(x float64) { q.ObserverOptions.Power = float32(x) }},
		{"threshold", "threshold", func(x float64) { q.ObserverOptions.Threshold = float32(x) }},
		{"std_scale", "deviations", func(x float64) { q.ObserverOptions.Deviations = float32(x) }},
		{"bins", "bins", func(x float64) { q.ObserverOptions.Bins = int(x) }},
	} {
		x, ok, err := s.number(o.key)
		switch {
		case err != nil:
			return err
		case ok && slices.Contains(strings.Fields(k.Options), o.option):
			o.set(x)
		case ok:
			r.note("%s%s: the observer %s has none.", s.path, o.key, k.Name)
		}
	}
	s.skip("the observer finds it by itself", "ch_axis", "dtype", "qscheme", "quant_min", "quant_max", "reduce_range")
	s.close()
	return nil
}
