package mqbench

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/recipe"
)

// method reads how the section quantize: makes integers: by calibration alone, or with roundings learned too,
// which MQBench does for advanced_ptq.
func (r *reader) method(q *section) error {
	kind, err := q.str("quantize_type")
	if err != nil {
		return err
	}
	learns := kind == "advanced_ptq" || kind == ""
	switch {
	case learns && q.has("reconstruction"):
		return r.reconstruction(q)
	case kind == "qat":
		r.note("quantize.quantize_type is %q: what is read here is calibrated; the command train trains it.", kind)
	case kind == "advanced_ptq":
		r.note("quantize.quantize_type is %q, but there is no reconstruction: what is read here is calibrated; --refine adaround, brecq or qdrop learns roundings.", kind)
	case kind != "" && kind != "ptq" && kind != "naive_ptq":
		r.note("quantize.quantize_type is %q: what is read here is calibrated.", kind)
	}
	q.skip("MQBench reconstructs for advanced_ptq only; --refine adaround, brecq or qdrop learns roundings here", "reconstruction")
	return nil
}

// reconstruction reads MQBench's ReconstructionConfig: of layers it is AdaRound, of blocks BRECQ, and where
// activations are dropped QDrop.
func (r *reader) reconstruction(q *section) error {
	s, err := q.sub("reconstruction")
	if err != nil {
		return err
	}
	pattern, err := s.str("pattern")
	if err != nil {
		return err
	}
	keep, told, err := s.number("prob") // how many activations are quantized
	if err != nil {
		return err
	}
	to := &r.recipe.Refine.Rounding
	drops := told && keep < 1
	switch {
	case pattern == "layer":
		to.Method = recipe.AdaRound
		if drops {
			r.note("%sprob is %v: activations are dropped with the pattern block only.", s.path, keep)
		}
	case pattern != "block" && pattern != "":
		return fmt.Errorf("%spattern is %q; it is layer or block", s.path, pattern)
	case drops:
		to.Method = recipe.QDrop
		if keep != 0.5 {
			r.note("%sprob is %v: half of the activations are dropped here.", s.path, keep)
		}
	default:
		to.Method = recipe.BRECQ
	}
	count, _, err := s.whole("max_count")
	if err != nil {
		return err
	}
	to.Iterations = count
	for _, f := range []struct {
		key string
		to  *float32
	}{{"weight", &to.Weight}, {"scale_lr", &to.ScaleRate}} {
		if f.key == "scale_lr" && to.Method == recipe.AdaRound {
			s.skip("of layers by themselves scales of activations are not learned", f.key)
			continue
		}
		x, _, err := s.number(f.key)
		if err != nil {
			return err
		}
		*f.to = float32(x)
	}
	if err := r.annealing(s); err != nil {
		return err
	}
	s.skip(ofMachine, "keep_gpu")
	s.close()
	return nil
}

// annealing reads how roundings become whole, which is fixed here as MQBench's examples have it.
func (r *reader) annealing(s *section) error {
	if warm, told, err := s.number("warm_up"); err != nil {
		return err
	} else if told && warm != 0.2 {
		r.note("%swarm_up is %v: it is 0.2 here.", s.path, warm)
	}
	mode, err := s.str("round_mode")
	if err != nil {
		return err
	}
	if mode != "" && mode != "learned_hard_sigmoid" {
		r.note("%sround_mode is %q: it is learned_hard_sigmoid here.", s.path, mode)
	}
	exponents, err := s.names("b_range")
	if err != nil {
		return err
	}
	if len(exponents) > 0 && fmt.Sprint(exponents) != "[20 2]" {
		r.note("%sb_range is %v: it is [20 2] here.", s.path, exponents)
	}
	return nil
}
