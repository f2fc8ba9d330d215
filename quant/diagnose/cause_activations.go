package diagnose

import (
	"fmt"
	"slices"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/observer"
	"github.com/quantscope/quantscope/quant/scheme"
)

// seenActivation is an activation quantizer of a unit with the float values it got.
type seenActivation struct {
	index  int
	name   string
	scheme scheme.QScheme
	params scheme.QParams
	values [][]float32
	lo, hi float32 // of the values
}

// activations are those of the unit that have integers for codes, and one scale.
func (b *bench) activations() []seenActivation {
	var seen []seenActivation
	for _, i := range b.mine {
		q, p := b.quantizer(i), b.m.c.Params[i]
		values := b.values(i)
		if q.Weight || values == nil || p.Axis >= 0 || !p.Grid.Whole() {
			continue
		}
		a := seenActivation{index: i, name: b.m.c.Graph.Values[q.Value].Name, scheme: q.Scheme, params: p, values: values}
		a.lo, a.hi = observer.Of(slices.Concat(values...))
		if a.lo <= a.hi {
			seen = append(seen, a)
		}
	}
	return seen
}

// spread describes the values beside the range of the codes.
func (a seenActivation) spread() inspect.Activation {
	s := inspect.NewSpread(a.params, len(a.values))
	for _, x := range a.values {
		s.Add(x)
	}
	return s.Activation()
}

// outliers: a few values far out widen the range for all.
func outliers(b *bench) *suspicion {
	with := change{}
	var told string
	for _, a := range b.activations() {
		o, err := observer.New("hist_mse", observer.Config{Scheme: a.scheme, Axis: -1, Channels: 1})
		if err != nil {
			continue
		}
		show(o, a.values)
		p, err := o.Params()
		low, high := p.Reach(0)
		if nowLow, nowHigh := a.params.Reach(0); err != nil || high-low >= 0.9*(nowHigh-nowLow) {
			continue
		}
		with[a.index] = &p
		s := a.spread()
		told = fmt.Sprintf("%s reaches from %.3g to %.3g, but 99.8 %% of its values lie between %.3g and %.3g", a.name, a.lo, a.hi, s.Few, s.Most)
	}
	if len(with) == 0 {
		return nil
	}
	return &suspicion{with, func(output string, before, after float64) string {
		return fmt.Sprintf("%s: with the outliers cut off, %s would be %.1f dB above the noise instead of %.1f.", told, output, after, before)
	}}
}

// show gives an observer all values as one batch.
func show(o observer.Observer, values [][]float32) {
	observer.Batch(o, func(see func(c int, x []float32)) {
		for _, x := range values {
			see(0, x)
		}
	})
}

// enoughItems is from how many calibration items on clipping is the observer's fault rather than theirs.
const enoughItems = 16

// clipped is the quantizers whose range is too narrow for the values, made as wide.
func clipped(b *bench) (with change, told string) {
	with = change{}
	for _, a := range b.activations() {
		s := a.spread()
		if s.Below+s.Above == 0 {
			continue
		}
		p, err := a.scheme.FromRange([]float32{min(a.lo, s.Low)}, []float32{max(a.hi, s.High)}, -1)
		if err != nil {
			continue
		}
		with[a.index] = &p
		told = fmt.Sprintf("%.2g %% of the values of %s lie beyond its codes, which stand for %.3g to %.3g; they reach from %.3g to %.3g",
			100*float64(s.Below+s.Above)/float64(s.Elements), a.name, s.Low, s.High, a.lo, a.hi)
	}
	return with, told
}

// clipping: the calibrated range is too narrow for what comes.
func clipping(b *bench) *suspicion {
	with, told := clipped(b)
	if len(with) == 0 || b.m.c.Recipe.Data.Calibration < enoughItems {
		return nil
	}
	return &suspicion{with, func(output string, before, after float64) string {
		return fmt.Sprintf("%s. With a range that holds them all, %s would be %.1f dB above the noise instead of %.1f.", told, output, after, before)
	}}
}

// fewItems: it is, and few items were calibrated on.
func fewItems(b *bench) *suspicion {
	with, told := clipped(b)
	n := b.m.c.Recipe.Data.Calibration
	if len(with) == 0 || n >= enoughItems {
		return nil
	}
	return &suspicion{with, func(output string, before, after float64) string {
		return fmt.Sprintf("%s: %d calibration items have not shown how far they go. With a range that holds them all, %s would be %.1f dB above the noise instead of %.1f.", told, n, output, after, before)
	}}
}

// zeroPoint: zero is where the codes cannot have it, so that many of them stand for nothing.
func zeroPoint(b *bench) *suspicion {
	with := change{}
	var told string
	for _, a := range b.activations() {
		low, high := a.params.Reach(0)
		lo, hi := max(a.lo, low), min(a.hi, high)
		used := (hi - lo) / (high - low)
		if !(used > 0) || used > 0.6 {
			continue
		}
		p := scheme.QParams{Scale: []float32{max((hi-lo)/float32(a.params.QMax-a.params.QMin), scheme.Epsilon)}, ZeroPoint: []int32{0}, QMin: a.params.QMin, QMax: a.params.QMax, Axis: -1}
		steps := lo / p.Scale[0]
		if steps > 1<<20 || steps < -1<<20 {
			continue
		}
		p.ZeroPoint[0] = p.QMin - int32(steps)
		with[a.index] = &p
		why := "which has to hold zero"
		if a.scheme.Symmetric {
			why = "which has zero in its middle"
		}
		told = fmt.Sprintf("%s lies between %.3g and %.3g, %.0f %% of its range, %s", a.name, lo, hi, 100*used, why)
	}
	if len(with) == 0 {
		return nil
	}
	return &suspicion{with, func(output string, before, after float64) string {
		return fmt.Sprintf("%s. If all codes were used, %s would be %.1f dB above the noise instead of %.1f.", told, output, after, before)
	}}
}

// placement: the quantizers are not a layer's; the backend puts them on what other operators read or make.
func placement(b *bench) *suspicion {
	if b.layer.Layer != "" {
		return nil
	}
	with := change{}
	for _, i := range b.layer.Activations {
		with[i] = nil
	}
	return &suspicion{with, func(output string, before, after float64) string {
		return fmt.Sprintf("Backend %s rounds what this %s reads or makes, which is neither a convolution nor a linear layer: that leaves its output %.1f dB above the noise.", b.m.c.Recipe.Backend, b.layer.Op, before)
	}}
}

// splitSiLU: the sigmoid of a SiLU is rounded before it is multiplied with.
func splitSiLU(b *bench) *suspicion {
	g, with := b.m.c.Graph, change{}
	producers := g.Producers()
	for k, end := range b.m.steps.quantized {
		n := g.Nodes[k]
		at := g.Gate(n, producers)
		if at < 0 || end != b.m.steps.quantized[b.layer.Node] {
			continue
		}
		for _, i := range b.mine {
			if b.quantizer(i).Value == n.Inputs[at] {
				with[i] = nil
			}
		}
	}
	if len(with) == 0 {
		return nil
	}
	return &suspicion{with, func(output string, before, after float64) string {
		return fmt.Sprintf("A SiLU is cut in two: its sigmoid is rounded before the product is, which an engine that has SiLU as one operator would not do. Without that, %s would be %.1f dB above the noise instead of %.1f.", output, after, before)
	}}
}
