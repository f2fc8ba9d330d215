package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/backend"
	"github.com/quantscope/quantscope/quant/scheme"
)

// maxSide and maxItems bound sizes and counts: beyond them a typing error is likelier than a wish.
const (
	maxSide  = 8192
	maxItems = 1 << 20
)

// Validate says in one sentence what is wrong with the recipe and what would be right.
func (r Recipe) Validate() error {
	if r.Format != Format {
		return fmt.Errorf("format is %q; this program reads %q", r.Format, Format)
	}
	if err := oneOf("backend", r.Backend, backend.Names()); err != nil {
		return err
	}
	if err := oneOf("rule", string(r.Rule), []string{string(scheme.PyTorch), string(scheme.ONNX)}); err != nil {
		return err
	}
	if r.MQBenchEval && !r.MQBenchExact {
		return fmt.Errorf("mqbenchEval is true, but mqbenchExact is not: set both, or leave out mqbenchEval")
	}
	engine, _ := backend.Of(r.Backend)
	if r.BF16Mix && !engine.Limits.BF16 {
		return fmt.Errorf("bf16MixPrec is true, but backend %s does not compute in bfloat16: leave it out, or take a chip of Sophgo's such as bm1684x", r.Backend)
	}
	if err := check(engine, "weight", r.Weight, true); err != nil {
		return err
	}
	if err := check(engine, "activation", r.Activation, false); err != nil {
		return err
	}
	if err := overrides(engine, r.Overrides); err != nil {
		return err
	}
	if err := r.blocks(); err != nil {
		return err
	}
	if err := r.Train.validate(); err != nil {
		return err
	}
	if err := r.Refine.validate(); err != nil {
		return err
	}
	if err := r.Preprocess.Validate(); err != nil {
		return err
	}
	return r.Data.validate()
}

// blocks refuses what changes weights and knows no blocks.
func (r Recipe) blocks() error {
	for _, s := range r.sides() {
		switch {
		case s.Scheme.Block == 0:
		case r.Train != (Training{}):
			return fmt.Errorf("%s.scheme.block is %d, but training has one scale for each channel: leave out one or the other", s.field, s.Scheme.Block)
		case r.Refine.Rounding.Method != "" && r.Refine.Rounding.Method != GPTQ:
			return fmt.Errorf("%s.scheme.block is %d, but %s learns roundings with one scale for each channel: leave out one or the other, or take %s, which rounds with blocks too", s.field, s.Scheme.Block, r.Refine.Rounding.Method, GPTQ)
		}
	}
	return nil
}

// Validate says in one sentence what is wrong with the settings.
func (p Preprocess) Validate() error {
	for _, f := range []struct {
		name string
		n    int
	}{{"resize", p.Resize}, {"width", p.Width}, {"height", p.Height}} {
		if f.n < 0 || f.n > maxSide {
			return fmt.Errorf("preprocess.%s is %d pixels; 0 (none) to %d are possible", f.name, f.n, maxSide)
		}
	}
	if err := oneOf("preprocess.channels", p.Channels, []string{"rgb", "bgr", "gray"}); err != nil {
		return err
	}
	if err := oneOf("preprocess.layout", p.Layout, []string{"nchw", "nhwc"}); err != nil {
		return err
	}
	channels := 3
	if p.Channels == "gray" {
		channels = 1
	}
	if len(p.Mean) != channels || len(p.Std) != channels {
		return fmt.Errorf("preprocess.mean has %d numbers and preprocess.std %d; %s takes %d of each", len(p.Mean), len(p.Std), p.Channels, channels)
	}
	if !(p.Scale > 0) || !finite(p.Scale) {
		return fmt.Errorf("preprocess.scale is %v; it multiplies the 8-bit value, usually by 1/255 or 1", p.Scale)
	}
	for c := range channels {
		if !finite(p.Mean[c]) {
			return fmt.Errorf("preprocess.mean of channel %d is %v; it must be a finite number", c, p.Mean[c])
		}
		if !(p.Std[c] > 0) || !finite(p.Std[c]) {
			return fmt.Errorf("preprocess.std of channel %d is %v; the value is divided by it, so it must be above 0", c, p.Std[c])
		}
	}
	return nil
}

func (d Data) validate() error {
	switch {
	case d.Calibration < 1 || d.Calibration > maxItems:
		return fmt.Errorf("data.calibration is %d items; 1 to %d are possible, 64 is usual", d.Calibration, maxItems)
	case d.Batch < 1 || d.Batch > maxItems:
		return fmt.Errorf("data.batch is %d items; 1 to %d are possible, 16 is usual", d.Batch, maxItems)
	case d.Evaluation < 0 || d.Evaluation > maxItems:
		return fmt.Errorf("data.evaluation is %d items; 0 (all that are left) to %d are possible", d.Evaluation, maxItems)
	case d.ClassOffset < 0 || d.ClassOffset > maxItems:
		return fmt.Errorf("data.classOffset is %d; it is 0, or 1 where the network has a background class first", d.ClassOffset)
	}
	return nil
}

func oneOf(field, value string, allowed []string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s is %q; it must be %s", field, value, strings.Join(allowed, " or "))
}

func finite(x float32) bool { return x-x == 0 }
