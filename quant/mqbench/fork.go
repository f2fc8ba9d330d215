package mqbench

import (
	"cmp"
	"fmt"

	"github.com/quantscope/quantscope/quant/recipe"
)

// chip reads quant_dict of Sophgo's fork, whose chip is read already.
func (r *reader) chip(s *section) error {
	s.take("chip")
	if err := r.mode(s); err != nil {
		return err
	}
	if err := s.set("bf16_mix_prec", &r.recipe.BF16Mix); err != nil {
		return err
	}
	strategy, err := s.str("strategy")
	if err != nil {
		return err
	}
	switch strategy {
	case "", "CNN":
	case "Transformer":
		r.note("%sstrategy is Transformer: quantizers sit where the chip's rule for convolutional networks wants them.", s.path)
	default:
		return fmt.Errorf("%sstrategy is %q; it is CNN or Transformer", s.path, strategy)
	}
	s.close()
	return nil
}

// mode reads quantmode.
func (r *reader) mode(s *section) error {
	mode, err := s.str("quantmode")
	if err != nil {
		return err
	}
	switch mode {
	case "", "weight_activation":
	case "weight_only":
		r.recipe.Backend = "weight_only"
	default:
		return fmt.Errorf("%squantmode is %q; it is weight_activation or weight_only", s.path, mode)
	}
	return nil
}

// fork reads the section quant: of the fork's examples with transformers, and of detection with EOD.
func (r *reader) fork(top *section) error {
	s, err := top.sub("quant")
	if err != nil || s.d == nil {
		return err
	}
	for _, key := range []string{"backend", "deploy_backend", "chip"} {
		s.take(key)
	}
	if err := r.mode(s); err != nil {
		return err
	}
	pot, _, err := s.flag("pot_scale")
	if err != nil {
		return err
	}
	for _, c := range []struct {
		key string
		q   *recipe.Quantizer
	}{{"w_qconfig", &r.recipe.Weight}, {"a_qconfig", &r.recipe.Activation}} {
		side, err := s.sub(c.key)
		if err != nil {
			return err
		}
		if side.d == nil {
			continue
		}
		if err := r.flat(side, c.q, pot); err != nil {
			return err
		}
	}
	if n, ok, err := s.whole("calibrate"); err != nil {
		return err
	} else if ok {
		r.recipe.Data.Calibration = n
	}
	if n, ok, err := s.whole("cali_batch_size"); err != nil {
		return err
	} else if ok { // of EOD: how many batches
		r.recipe.Data.Calibration = n * r.recipe.Data.Batch
	}
	if err := r.dictsIn(s); err != nil {
		return err
	}
	s.skip("scales of 8-bit floats are found as the fake-quantizer says", "scaling_method")
	s.skip(ofTraining, "ptq_only")
	s.skip(ofFiles, "resume_model")
	s.close()
	top.skip(ofTraining, "train", "trainer", "progress", "runner")
	return nil
}

// flat reads a side whose scheme stands beside observer and fake-quantizer.
func (r *reader) flat(s *section, q *recipe.Quantizer, pot bool) error {
	fake, err := s.str("quantizer")
	if err != nil {
		return err
	}
	if err := setFakeQuant(q, fake); err != nil {
		return fmt.Errorf("%squantizer: %w", s.path, err)
	}
	watch, err := s.str("observer")
	if err != nil {
		return err
	}
	if err := setObserver(q, watch); err != nil {
		return fmt.Errorf("%sobserver: %w", s.path, err)
	}
	axis, told, err := s.whole("ch_axis")
	if err != nil {
		return err
	}
	q.Scheme.PoT, q.Scheme.Codes, q.Scheme.Narrow = pot, "", false
	if told {
		q.Scheme.PerChannel = axis >= 0
	}
	if bits, ok, err := s.whole("bit"); err != nil {
		return err
	} else if ok {
		q.Scheme.Bits = bits
	}
	if err := cmp.Or(s.set("symmetric", &q.Scheme.Symmetric), s.set("per_channel", &q.Scheme.PerChannel)); err != nil {
		return err
	}
	return r.observed(s, q)
}

// module reads the fork's settings of a kind of modules, or of one.
func (r *reader) module(of *section, key string, named bool) error {
	s, err := of.sub(key)
	if err != nil {
		return err
	}
	o, known := byType(key)
	if named {
		o, known = byName(key)
	}
	if !known {
		r.note("%s: there is no such module here.", of.path+key)
		return nil
	}
	mode, err := s.str("mode")
	if err != nil {
		return err
	}
	q, side := r.recipe.Activation, "a"
	switch mode {
	case "activation":
		o.Activation = &q
	case "weight":
		q, side = r.recipe.Weight, "w"
		o.Weight = &q
	default:
		return fmt.Errorf("%smode is %q; it is weight or activation", s.path, mode)
	}
	if bits, ok, err := s.whole("bit"); err != nil {
		return err
	} else if ok {
		q.Scheme.Bits = bits
	}
	fake, err := s.str(side + "fakequantize")
	if err != nil {
		return err
	}
	if err := setFakeQuant(&q, fake); err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	watch, err := s.str(side + "observer")
	if err != nil {
		return err
	}
	if err := setObserver(&q, watch); err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	s.close()
	r.override(o)
	return nil
}
