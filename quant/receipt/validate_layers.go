package receipt

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
)

const (
	maxLayers   = 1 << 12 // steps, tensors or quantizers of a network; MaxBytes leaves room for less
	maxLabel    = 100     // bytes of a layer's name
	maxProbes   = 16
	tensorChars = 8 // hexadecimal digits of a tensor's digest
	maxCode     = 1 << 16
	maxDecibels = 1000
)

// Label is a node's name as a receipt has it: what can be printed of it, cut off.
func Label(name string) string { return strings.TrimSpace(foreign(name, maxLabel-len("…"))) }

// validateLayers checks what version 2 added. Any of it may be missing: it is then not compared.
func (r *Receipt) validateLayers() error {
	if m := r.Metrics.Measure; m != "" && !slices.Contains(report.Measures(), m) {
		return fmt.Errorf("receipt: field \"metrics.measure\" is %q, which is none", clip(string(m)))
	}
	if v := r.Metrics.Value; v != Figure(r.Metrics.Measure, v) || v != 0 && r.Metrics.Measure == "" {
		return fmt.Errorf("receipt: field \"metrics.value\" is %g, which is no figure of the measure %q", v, r.Metrics.Measure)
	}
	if r.Format == Format1 {
		if r.Model.Graph != "" || r.Model.Weights != "" || r.Model.Tensors != nil || r.Model.Source != "" || r.Data.Calibration.Marks != "" || r.Data.Evaluation.Marks != "" || r.Digests.Weights != "" || r.Activations != nil || r.Layers != nil || r.Probes != (Probes{}) || r.Metrics.Measure != "" {
			return fmt.Errorf("receipt: it has fields that format %q has not", Format1)
		}
		return nil
	}
	for _, d := range []struct{ field, digest string }{
		{"model.graph", r.Model.Graph}, {"model.weights", r.Model.Weights}, {"digests.weights", r.Digests.Weights},
	} {
		if d.digest != "" && !IsDigest(d.digest) {
			return fmt.Errorf("receipt: field %q is not a SHA-256 digest of 64 lowercase hexadecimal digits", d.field)
		}
	}
	if n := max(len(r.Model.Tensors), len(r.Activations), len(r.Layers)); n > maxLayers {
		return fmt.Errorf("receipt: it has %d tensors, quantizers or layers; at most %d", n, maxLayers)
	}
	if len(r.Model.Tensors) > 0 && r.Model.Weights == "" {
		return errors.New("receipt: field \"model.tensors\" needs the field \"model.weights\"")
	}
	for i, t := range r.Model.Tensors {
		if b, err := hex.DecodeString(t); err != nil || len(t) != tensorChars || hex.EncodeToString(b) != t {
			return fmt.Errorf("receipt: field \"model.tensors\" has at %d no %d lowercase hexadecimal digits", i, tensorChars)
		}
	}
	for i, p := range r.Activations {
		if err := checkParams(p); err != nil {
			return fmt.Errorf("receipt: field \"activations\", quantizer %d: %w", i, err)
		}
	}
	if p := r.Probes; p.Count < 0 || p.Count > maxProbes || (p.Count > 0) != IsDigest(p.Root) || p.Count == 0 && p != (Probes{}) {
		return fmt.Errorf("receipt: field \"probes\" needs a count of 1 to %d and a root, or is left out", maxProbes)
	}
	for i, l := range r.Layers {
		if err := l.validate(r.Digests.Weights != "", r.Probes.Count > 0); err != nil {
			return fmt.Errorf("receipt: field \"layers\", layer %d: %w", i, err)
		}
	}
	return nil
}

func (l Layer) validate(coded, probed bool) error {
	switch {
	case Label(l.Name) != l.Name:
		return fmt.Errorf("its name %q has more than %d bytes, or what cannot be printed", clip(l.Name), maxLabel)
	case l.SQNR != nil && (math.Abs(*l.SQNR) > maxDecibels || *l.SQNR != Decibels(*l.SQNR)):
		return fmt.Errorf("its SQNR %v is not in dB with two decimals", *l.SQNR)
	case l.Weights != "" && !(coded && l.Weights.valid()), probed != l.Output.valid(), !probed && l.Output != "":
		return errors.New("a fingerprint is missing, or is none")
	}
	return nil
}

// Decibels is an SQNR as a receipt has it: two decimals, within what is worth telling.
func Decibels(x float64) float64 {
	return math.Round(max(-maxDecibels, min(x, maxDecibels))*100)/100 + 0 // no −0, which JSON of RFC 8785 has not
}

// Figure is what a measure gives as a receipt has it: a ratio of up to six decimals, or decibels.
func Figure(m report.Measure, x float64) float64 {
	if m == report.Signals {
		return Decibels(x)
	}
	const most = 1e6
	return math.Round(max(-1, min(x, most))*1e6)/1e6 + 0
}

func checkParams(p scheme.QParams) error {
	switch {
	case len(p.Scale) == 0 || len(p.Scale) != len(p.ZeroPoint) || p.Axis < -1 || (p.Axis < 0) && len(p.Scale) != 1:
		return errors.New("it has no scale and zero point for each channel")
	case p.Block != 0 || p.Along != 0:
		return errors.New("it has blocks, which only weights have")
	case p.QMin >= p.QMax || p.QMin < -maxCode || p.QMax > maxCode:
		return fmt.Errorf("its codes are from %d to %d", p.QMin, p.QMax)
	case !slices.Contains([]scheme.Grid{scheme.Integers, scheme.HalfUp, scheme.Log2, scheme.E4M3, scheme.E5M2, scheme.FP16, scheme.BF16}, p.Grid):
		return fmt.Errorf("its grid is %q", clip(string(p.Grid)))
	}
	for i, s := range p.Scale {
		if !(s > 0) || math.IsInf(float64(s), 0) {
			return fmt.Errorf("its scale %d is %v", i, s)
		}
		if z := p.ZeroPoint[i]; z < -maxCode || z > maxCode {
			return fmt.Errorf("its zero point %d is %d", i, z)
		}
	}
	return nil
}
