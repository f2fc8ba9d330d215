package diagnose

import (
	"context"
	"time"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Diagnosis is what was found out about a quantized network.
type Diagnosis struct {
	Recipe      recipe.Recipe `json:"recipe"`
	Whole       Trial         `json:"whole"`    // the network as the recipe quantizes it, on the items that fixes are tried on
	Findings    []Finding     `json:"findings"` // of the layers that lose most, worst layer first
	Fixes       []Fix         `json:"fixes"`    // tried, the best first
	Untried     int           `json:"untried"`  // fixes that the time did not allow
	Sensitivity *Sensitivity  `json:"sensitivity"`
	Notes       []string      `json:"notes,omitempty"` // what is to be known of the data
}

// Plan bounds a diagnosis.
type Plan struct {
	// Calibrated is what the recipe came to, where that is known already; else it is calibrated first.
	Calibrated *calibrate.Calibrated
	LayerItems int // that every layer is measured on; 0: half of DefaultItems
	// Time is after how long it ends, what has begun is cut off and nothing but what a diagnosis cannot do without is
	// begun. A diagnosis without a fix helps nobody: the first may end at four times as much, on a machine that is busy
	// with other things. 0: no bound.
	Time time.Duration
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

// Shares of Plan.Time after which nothing further begins of what comes before something more important.
const (
	layersUntil = 0.6
	fixesUntil  = 0.85
	firstUntil  = 4
)

// suspects are the layers that are measured first: those that are worst at their own outputs. leastMeasured
// of them are measured however short the time is, so that there is always a cause to name.
const (
	suspects      = 12
	leastMeasured = 4
)

// Diagnose finds the layers that cost the most, names the causes, and tries fixes. The layers under suspicion
// come first, and their causes; then the other layers, fixes, and with what is left of the time the rest of
// the measurements.
func Diagnose(ctx context.Context, l *Lab, r recipe.Recipe, p Plan) (*Diagnosis, error) {
	started := time.Now()
	over := func(share float64) bool {
		return p.Time > 0 && time.Since(started) >= time.Duration(share*float64(p.Time))
	}
	if p.Found == nil {
		p.Found = func(*Diagnosis) {}
	}
	calibrating := func(done, total int) { p.Progress(StageCalibrate, done, total, 0) }
	c, err := l.calibrated(ctx, r, p.Calibrated, calibrating)
	if err != nil {
		return nil, err
	}
	if err := l.sound(ctx, func(done, total int) { p.Progress(StageMeasure, done, total, 0) }); err != nil {
		return nil, err
	}
	d := &Diagnosis{Recipe: r}
	o := Options{Items: p.LayerItems, Workers: l.Workers, Time: time.Duration(layersUntil * float64(p.Time))}
	if o.Items == 0 {
		o.Items = DefaultItems / 2
	}
	o.Progress = func(done, total int, left time.Duration, _ *Layer) { p.Progress(StageMeasure, done, total, left) }
	s, err := begin(ctx, c, l.Items, o)
	if err != nil {
		return nil, err
	}
	l.leave(s.out)
	d.Sensitivity, s.work.started, s.work.least = &s.Sensitivity, started, leastMeasured
	var end, firstEnd time.Time
	if p.Time > 0 {
		end, firstEnd = started.Add(p.Time), started.Add(time.Duration(firstUntil*float64(p.Time)))
	}
	s.work.end = end
	for _, n := range []int{suspects, len(s.layers)} {
		if err := s.measure(ctx, alone, n); err != nil {
			return nil, err
		}
		p.Progress(StageCauses, 0, 1, 0)
		if d.Findings, err = s.meter.findings(ctx, s.layers, func() bool { return over(1) }); err != nil {
			return nil, err
		}
		p.Progress(StageCauses, 1, 1, 0)
		p.Found(d)
		if len(s.layers) <= suspects {
			break
		}
	}
	list := ideas(l.Graph, r, d.Findings)
	d.Untried = len(list)
	if err := l.fixes(ctx, d, list, c, end, firstEnd, over, p); err != nil {
		return nil, err
	}
	if d.Whole.Outcome.Items == 0 { // there was no time for more items than every layer is measured on
		d.Whole = Trial{Recipe: r, Outcome: s.Whole, Bytes: evaluate.Size(c).Quantized}
	}
	p.Found(d)
	s.work.o.Time = p.Time
	for _, k := range []kind{spared, weightsAlone, activationsAlone} {
		if err := s.measure(ctx, k, len(s.layers)); err != nil {
			return nil, err
		}
	}
	p.Found(d)
	return d, nil
}

// fixes measures the whole network on the items that fixes are tried on, and tries ideas for as long as there is time.
func (l *Lab) fixes(ctx context.Context, d *Diagnosis, list []idea, c *calibrate.Calibrated, end, firstEnd time.Time, over func(share float64) bool, p Plan) error {
	within, cancel := until(ctx, firstEnd)
	defer cancel()
	whole, err := l.trial(within, d.Recipe, c, func(done, total int) { p.Progress(StageFixes, done, total, 0) })
	if late(ctx, err) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Whole = *whole
	p.Found(d)
	for i, idea := range list {
		p.Progress(StageFixes, i, len(list), 0)
		at := end
		if i == 0 {
			at = firstEnd
		} else if over(fixesUntil) {
			break
		}
		f, err := l.fixWithin(ctx, at, d.Recipe, idea, whole, func(done, total int) { p.Progress(StageCalibrate, done, total, 0) })
		if late(ctx, err) {
			break
		}
		if err != nil {
			return err
		}
		d.Fixes = append(d.Fixes, *f)
		d.Untried--
		sortFixes(d.Fixes)
		p.Found(d)
	}
	return nil
}

func (l *Lab) fixWithin(ctx context.Context, end time.Time, r recipe.Recipe, idea idea, whole *Trial, progress func(done, total int)) (*Fix, error) {
	within, cancel := until(ctx, end)
	defer cancel()
	return l.fix(within, r, idea, whole, progress)
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
		Gain: t.Outcome.Share() - whole.Outcome.Share(), GainSQNR: t.Outcome.Typical - whole.Outcome.Typical, MoreBytes: t.Bytes - whole.Bytes,
	}, nil
}
