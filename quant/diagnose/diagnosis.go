package diagnose

import (
	"context"
	"time"

	"github.com/quantscope/quantscope/quant/recipe"
)

// Diagnosis is what was found out about a quantized network.
type Diagnosis struct {
	Recipe      recipe.Recipe `json:"recipe"`
	Whole       Trial         `json:"whole"`    // the network as the recipe quantizes it, on the items that fixes are tried on
	Findings    []Finding     `json:"findings"` // of the layers that lose most, worst layer first
	Fixes       []Fix         `json:"fixes"`    // tried, the best first
	Sensitivity *Sensitivity  `json:"sensitivity"`
}

// Plan bounds a diagnosis.
type Plan struct {
	LayerItems int           // that every layer is measured on; 0: half of DefaultItems
	Time       time.Duration // after so long nothing further begins, but one fix is always tried; 0: no bound
	// Progress is told what goes on, how much of it is done, and how long that will still take, where it is
	// known. It is called from one goroutine at a time.
	Progress func(stage string, done, total int, left time.Duration)
	// Found is given the diagnosis whenever something has been added to it; nil: it is not wanted.
	Found func(d *Diagnosis)
}

// Stages of a diagnosis, as Plan.Progress names them.
const (
	StageCalibrate = "calibrate"
	StageMeasure   = "measure layers"
	StageCauses    = "look for causes"
	StageFixes     = "try fixes"
)

// Diagnose finds the layers that cost the most, names the causes, and tries fixes. Layers come first, then
// causes, then fixes; what is left of the time goes to the rest of the measurements.
func Diagnose(ctx context.Context, l *Lab, r recipe.Recipe, p Plan) (*Diagnosis, error) {
	started := time.Now()
	over := func(share float64) bool {
		return p.Time > 0 && time.Since(started) >= time.Duration(share*float64(p.Time))
	}
	if p.Found == nil {
		p.Found = func(*Diagnosis) {}
	}
	calibrating := func(done, total int) { p.Progress(StageCalibrate, done, total, 0) }
	whole, err := l.Try(ctx, r, calibrating)
	if err != nil {
		return nil, err
	}
	d := &Diagnosis{Recipe: r, Whole: *whole}
	o := Options{Items: p.LayerItems, Workers: l.Workers, Time: p.Time * 6 / 10}
	if o.Items == 0 {
		o.Items = DefaultItems / 2
	}
	o.Progress = func(done, total int, left time.Duration, _ *Layer) { p.Progress(StageMeasure, done, total, left) }
	s, err := begin(ctx, whole.c, l.Items, o)
	if err != nil {
		return nil, err
	}
	d.Sensitivity, s.work.started = &s.Sensitivity, started
	if err := s.measure(ctx, alone); err != nil {
		return nil, err
	}
	p.Found(d)
	p.Progress(StageCauses, 0, 1, 0)
	if d.Findings, err = s.meter.findings(ctx, s.layers); err != nil {
		return nil, err
	}
	p.Progress(StageCauses, 1, 1, 0)
	p.Found(d)
	list := ideas(l.Graph, r, d.Findings)
	for i, idea := range list {
		if i > 0 && over(0.85) {
			break
		}
		p.Progress(StageFixes, i, len(list), 0)
		f, err := l.fix(ctx, r, idea, whole, calibrating)
		if err != nil {
			return nil, err
		}
		d.Fixes = append(d.Fixes, *f)
		sortFixes(d.Fixes)
		p.Found(d)
	}
	s.work.o.Time = p.Time
	for _, k := range []kind{spared, weightsAlone, activationsAlone} {
		if err := s.measure(ctx, k); err != nil {
			return nil, err
		}
	}
	p.Found(d)
	return d, nil
}

// fix tries an idea.
func (l *Lab) fix(ctx context.Context, r recipe.Recipe, idea idea, whole *Trial, progress func(done, total int)) (*Fix, error) {
	r = copied(r)
	idea.change(&r)
	t, err := l.Try(ctx, r, progress)
	if err != nil {
		return nil, err
	}
	return &Fix{
		Title: idea.title, Layers: idea.layers, Trial: *t,
		Gain: t.Outcome.Share() - whole.Outcome.Share(), GainSQNR: t.Outcome.SQNR - whole.Outcome.SQNR, MoreBytes: t.Bytes - whole.Bytes,
	}, nil
}
