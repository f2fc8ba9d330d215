package diagnose

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/report"
)

// Cause is why a layer loses what it loses.
type Cause string

// The causes.
const (
	ChannelSpread Cause = "channel spread"
	DeadChannels  Cause = "dead channels"
	Outliers      Cause = "outliers"
	Clipping      Cause = "clipping"
	FewItems      Cause = "too few calibration items"
	ZeroPoint     Cause = "zero point"
	SplitSiLU     Cause = "SiLU in two"
	Placement     Cause = "placement"
	BiasOverflow  Cause = "bias overflow"
	Rounding      Cause = "rounding" // nothing else: there are too few codes
)

// Finding is one cause in one layer. It was measured: Gain is by how many dB the layer's own output would
// be better without the cause, over all its elements or as the mean of its channels, whichever shows it more.
type Finding struct {
	Layer    string  `json:"layer"`
	Cause    Cause   `json:"cause"`
	Noise    float64 `json:"noise"` // share of the noise that all layers alone make in the logits, 0 to 1
	Gain     float64 `json:"gain"`  // dB
	Sentence string  `json:"sentence"`
}

// suspicion is a cause that a unit may have: what its quantizers would be without it, and how to tell.
type suspicion struct {
	without change
	tell    func(output string, before, after float64) string // of what is measured: the output, or its channels
}

// causes are looked for in this order; of two that explain the same, the first is the one that is told.
func causes() []struct {
	cause   Cause
	suspect func(b *bench) *suspicion
} {
	return []struct {
		cause   Cause
		suspect func(b *bench) *suspicion
	}{
		{Placement, placement},
		{SplitSiLU, splitSiLU},
		{ChannelSpread, channelSpread},
		{DeadChannels, deadChannels},
		{ZeroPoint, zeroPoint},
		{Outliers, outliers},
		{Clipping, clipping},
		{FewItems, fewItems},
	}
}

// Limits of findings.
const (
	leastGain = 1.0  // dB that a cause must explain
	sameGain  = 1.0  // dB that make no difference between two causes
	guilt     = 0.05 // share of the noise in the logits from which on a layer is guilty
	mostFound = 8    // layers that are looked at
)

// findings looks for causes in the layers that make most of the noise; when the time is over, only in the first.
func (m *meter) findings(ctx context.Context, layers []*Layer, over func() bool) ([]Finding, error) {
	noise, all := make([]float64, len(layers)), 0.0
	for i, l := range layers {
		if l.Alone != nil {
			noise[i] = report.Noise(l.Alone.SQNR)
			all += noise[i]
		}
	}
	var guilty []*Layer
	for i, l := range layers {
		if len(guilty) < mostFound && l.Alone != nil && all > 0 && (noise[i] >= guilt*all || len(guilty) == 0) {
			guilty = append(guilty, l)
		}
	}
	if len(guilty) > 1 && over() {
		guilty = guilty[:1]
	}
	benches, err := m.benches(ctx, guilty)
	if err != nil {
		return nil, err
	}
	var found []Finding
	for i, b := range benches {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if i > 0 && over() {
			break
		}
		own, err := b.findings(ctx)
		if err != nil {
			return nil, err
		}
		for k := range own {
			own[k].Noise = noise[i] / all
		}
		found = append(found, own...)
	}
	return found, nil
}

// findings are the causes of one unit, the one that explains most first.
func (b *bench) findings(ctx context.Context) ([]Finding, error) {
	before, err := b.quality(ctx, nil)
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, c := range causes() {
		s := c.suspect(b)
		if s == nil {
			continue
		}
		after, err := b.quality(ctx, s.without)
		if err != nil {
			return nil, err
		}
		was, is, output := before.all, after.all, "its output"
		if after.channels-before.channels > is-was {
			was, is, output = before.channels, after.channels, "the average channel of its output"
		}
		if is-was >= leastGain {
			found = append(found, Finding{Layer: b.layer.Name, Cause: c.cause, Gain: is - was, Sentence: s.tell(output, was, is)})
		}
	}
	slices.SortStableFunc(found, func(x, y Finding) int {
		if px, py := x.Cause == Placement, y.Cause == Placement; px != py { // which explains all there is, and so nothing
			if px {
				return 1
			}
			return -1
		}
		if d := y.Gain - x.Gain; d > sameGain || d < -sameGain {
			return cmp.Compare(y.Gain, x.Gain)
		}
		return 0
	})
	if n := b.overflows(); n != "" {
		found = append(found, Finding{Layer: b.layer.Name, Cause: BiasOverflow, Sentence: n})
	}
	if len(found) == 0 {
		found = append(found, Finding{Layer: b.layer.Name, Cause: Rounding, Sentence: b.rounding(before.all)})
	}
	return found, nil
}

// rounding tells that nothing is wrong but the number of codes.
func (b *bench) rounding(before float64) string {
	w, a := b.layer.OwnWeights.SQNR, b.layer.OwnActivations.SQNR
	side, bits := "activations", 0
	if w < a {
		side = "weights"
	}
	for _, i := range b.mine {
		if q := b.quantizer(i); bits == 0 && q.Weight == (w < a) {
			bits = q.Scheme.Bits
		}
	}
	return fmt.Sprintf("Nothing unusual: %d bits for its %s leave its output %.1f dB above the noise, and what follows needs more.", bits, side, before)
}
