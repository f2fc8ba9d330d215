// Package diagnose finds out why a quantized network does worse than its float self, and what helps. It
// measures instead of guessing: each unit quantized alone, each left in float alone, and what is lost on
// the way; from the numbers of the guilty ones it names causes, and every fix it offers has been tried.
// What comes in is a calibrated network and items, what goes out are small values with numbers in them.
package diagnose

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/report"
)

// Effect is how a tensor differs from its float self.
type Effect struct {
	SQNR   float64 `json:"sqnr"` // dB
	Cosine float64 `json:"cosine"`
}

// Layer is what was measured of a unit. At its own output, as its readers see it: what its quantizers do
// when it gets float values, the weights' and the activations' apart, and what has come together there when
// everything before it is quantized too. At the network's output: what becomes of the answers. An Outcome
// is nil where the budget ended before it was measured.
type Layer struct {
	Unit
	Own            Effect `json:"own"`
	OwnWeights     Effect `json:"ownWeights"`
	OwnActivations Effect `json:"ownActivations"` // its input's, and its output's if that has one
	Accumulated    Effect `json:"accumulated"`

	Alone            *Outcome `json:"alone"`            // nothing else quantized
	Spared           *Outcome `json:"spared"`           // everything else quantized
	AloneWeights     *Outcome `json:"aloneWeights"`     // its weights, and nothing else
	AloneActivations *Outcome `json:"aloneActivations"` // its activations, and nothing else
}

// Sensitivity is what was measured of a network.
type Sensitivity struct {
	Items  int      `json:"items"`  // that every Outcome is of
	Whole  Outcome  `json:"whole"`  // everything quantized
	Layers []Layer  `json:"layers"` // worst alone first, then those that are not measured, worst at their own output first
	Left   int      `json:"left"`   // measurements that the budget did not allow
	out    []string // names of the items that were left out, as the float network gives no finite numbers on them
}

// Options bound a measurement.
type Options struct {
	Items   int           // at most so many items are looked at; 0: DefaultItems
	Time    time.Duration // after so long nothing further begins; 0: no bound. Which layers are measured depends on it, no number does
	Workers int
	// Progress is told how far the measurement is, how long it will go on, and which layer has changed: at first none, while
	// items go through all of them. It is called from one goroutine at a time.
	Progress func(done, total int, left time.Duration, l *Layer)
}

// DefaultItems are enough to rank layers.
const DefaultItems = 8

// Measure measures all units of c, the worst first: first all of them quantized alone, then all left in
// float alone, then weights and activations apart. No number depends on the number of workers.
func Measure(ctx context.Context, c *calibrate.Calibrated, items evaluate.Items, o Options) (*Sensitivity, error) {
	m, err := begin(ctx, c, items, o)
	if err != nil {
		return nil, err
	}
	for _, k := range []kind{alone, spared, weightsAlone, activationsAlone} {
		if err := m.measure(ctx, k, len(m.layers)); err != nil {
			return nil, err
		}
	}
	return &m.Sensitivity, nil
}

// measurement is one under way.
type measurement struct {
	Sensitivity
	meter  *meter
	work   *work
	layers []*Layer // of Sensitivity, worst first
}

// begin measures all units at their own outputs.
func begin(ctx context.Context, c *calibrate.Calibrated, items evaluate.Items, o Options) (*measurement, error) {
	if items.Len < 1 {
		return nil, errors.New("a diagnosis needs at least one item besides those that calibrate")
	}
	if o.Items == 0 {
		o.Items = DefaultItems
	}
	items.Len = min(items.Len, o.Items)
	m := &measurement{
		meter: &meter{c: c, items: items, workers: max(o.Workers, 1), units: unitsOf(c), steps: stepsOf(c)},
		work:  &work{o: o, started: time.Now()},
	}
	var err error
	if m.Layers, m.Whole, m.out, err = m.meter.local(ctx, func(n int) {
		if o.Progress != nil {
			o.Progress(n, items.Len, 0, nil)
		}
	}); err != nil {
		return nil, err
	}
	m.Items = m.meter.items.Len
	for i := range m.Layers {
		l := &m.Layers[i]
		m.layers = append(m.layers, l)
		for _, k := range []kind{alone, spared, weightsAlone, activationsAlone} {
			if k.concerns(l) {
				m.work.total++
			}
		}
	}
	m.Left = m.work.total
	m.sort()
	return m, nil
}

// measure makes the measurements of one kind that the time allows, of the worst n layers.
func (m *measurement) measure(ctx context.Context, k kind, n int) error {
	if err := m.work.measure(ctx, m.meter, m.layers[:min(n, len(m.layers))], k); err != nil {
		return err
	}
	m.Left = m.work.total - m.work.done
	m.sort()
	return nil
}

// sort puts the worst first.
func (m *measurement) sort() {
	slices.SortStableFunc(m.Layers, worse)
	for i := range m.Layers {
		m.layers[i] = &m.Layers[i]
	}
}

// worse orders layers: by the SQNR of the logits with the layer alone quantized, those that have one first;
// then by that of its own output.
func worse(a, b Layer) int {
	switch {
	case a.Alone != nil && b.Alone != nil:
		return cmp.Or(cmp.Compare(a.Alone.SQNR, b.Alone.SQNR), cmp.Compare(a.Own.SQNR, b.Own.SQNR))
	case a.Alone != nil:
		return -1
	case b.Alone != nil:
		return 1
	}
	return cmp.Compare(a.Own.SQNR, b.Own.SQNR)
}

// kind is which quantizers are on in a run.
type kind int

const (
	alone kind = iota
	spared
	weightsAlone
	activationsAlone
)

// outcome is where a Layer has what is measured of it.
func (k kind) outcome(l *Layer) **Outcome {
	return []**Outcome{&l.Alone, &l.Spared, &l.AloneWeights, &l.AloneActivations}[k]
}

// concerns tells whether a layer has anything to measure: with one kind of quantizers alone is all there is.
func (k kind) concerns(l *Layer) bool {
	return k == alone || k == spared || len(l.Weights) > 0 && len(l.Activations) > 0
}

// quantizers are those of a unit that a kind of run switches on, or spared off.
func (k kind) quantizers(u Unit) []int {
	switch k {
	case weightsAlone:
		return u.Weights
	case activationsAlone:
		return u.Activations
	}
	return u.all()
}

// meter measures. What the networks answer to each item is kept once it is known.
type meter struct {
	c       *calibrate.Calibrated
	items   evaluate.Items
	workers int
	units   []Unit
	steps   steps

	float, quantized [][]float32 // logits of each item
}

// effects are those of one item at the units' own outputs.
type effects struct{ own, weights, activations, accumulated report.Signal }

func effectOf(s report.Signal) Effect { return Effect{s.SQNR(), s.Cosine()} }
