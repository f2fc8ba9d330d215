package recipe

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/fakequant"
	"github.com/quantscope/quantscope/quant/observer"
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
	if err := oneOf("backend", r.Backend, Backends()); err != nil {
		return err
	}
	if err := oneOf("rule", string(r.Rule), []string{string(scheme.PyTorch), string(scheme.ONNX)}); err != nil {
		return err
	}
	if err := r.Weight.validate("weight"); err != nil {
		return err
	}
	if err := r.Activation.validate("activation"); err != nil {
		return err
	}
	if r.Activation.Scheme.PerChannel {
		return errors.New("activation.scheme.perChannel is true; activations are quantized per tensor: set it to false")
	}
	backend, _ := BackendOf(r.Backend)
	if err := backend.limit("weight", r.Weight); err != nil {
		return err
	}
	if err := backend.limit("activation", r.Activation); err != nil {
		return err
	}
	if err := r.Preprocess.validate(); err != nil {
		return err
	}
	return r.Data.validate()
}

func (q Quantizer) validate(side string) error {
	if err := oneOf(side+".fakeQuant", q.FakeQuant, fakequant.Names()); err != nil {
		return err
	}
	if err := oneOf(side+".observer", q.Observer, observer.Names()); err != nil {
		return err
	}
	averages := q.Observer == "ema_minmax"
	if averages && !(q.EMARatio > 0 && q.EMARatio < 1) {
		return fmt.Errorf("%s.emaRatio is %v; it is the weight of the past, above 0 and below 1, usually 0.9", side, q.EMARatio)
	}
	if !averages && q.EMARatio != 0 {
		return fmt.Errorf("%s.emaRatio is %v, but the observer %s takes none: set it to 0", side, q.EMARatio, q.Observer)
	}
	s := q.Scheme
	if nearest := nearestBits(s.Bits); nearest != s.Bits {
		return fmt.Errorf("%s.scheme.bits is %d; 2 to 8 and 16 are possible, %d is nearest", side, s.Bits, nearest)
	}
	if s.Narrow && !s.Symmetric {
		return fmt.Errorf("%s.scheme.narrow leaves out the lowest code of a symmetric scheme, and this one is asymmetric: set narrow to false or symmetric to true", side)
	}
	return nil
}

func nearestBits(bits int) int {
	switch {
	case bits < 2:
		return 2
	case bits <= 8:
		return bits
	case bits < 12:
		return 8
	}
	return 16
}

func (p Preprocess) validate() error {
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
