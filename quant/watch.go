package quant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/quantscope/quantscope/quant/calibrate"
	"github.com/quantscope/quantscope/quant/evaluate"
	"github.com/quantscope/quantscope/quant/merkle"
	"github.com/quantscope/quantscope/quant/refine"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/train"
)

// Watch follows a job's training, and lets it, and the rounding that is learned before, be left and taken up again; the same
// bits come out. What is nil is not called.
type Watch struct {
	Before     func(report.Accuracy)          // of the quantized network before its training
	Began      func(train.Moment)             // before the first step
	Step       func(train.Moment)             // behind every step
	Epoch      func(n int, a report.Accuracy) // behind every epoch, on the same items
	Quantizers bool                           // moments tell how the quantizers stand

	From []byte                        // checkpoint to go on from, nil for none
	Keep func(checkpoint []byte) error // at times, and where the context ends during the training

	Rounded func(refine.Moment) // before what is learned of a rounding is kept: behind every part, and at times
}

// often is after how much time a training or a rounding is kept: what a crash or a closed tab may cost.
const often = 20 * time.Second

// followed is on how many evaluation items accuracy is followed at most: more would take as long as the training.
const followed = 128

// few are the evaluation items on which accuracy is followed.
func (s split) few() evaluate.Items {
	items := s.evaluation
	items.Len = min(items.Len, followed)
	return items
}

// rounding is what the learning of a job's rounding is followed by.
func (j Job) rounding(s split) (refine.Watch, error) {
	var w refine.Watch
	if !j.Recipe.Refine.Rounding.Learns() {
		return w, nil
	}
	if refine.IsCheckpoint(j.Watch.From) {
		w.From = j.Watch.From
	}
	if j.Watch.Keep != nil {
		kept := time.Now()
		w.Keep = func(m refine.Moment, checkpoint func() []byte) error {
			if !m.Whole && time.Since(kept) < often {
				return nil
			}
			if j.Watch.Rounded != nil {
				j.Watch.Rounded(m)
			}
			err := j.Watch.Keep(checkpoint())
			kept = time.Now()
			return err
		}
	}
	if w.From == nil && w.Keep == nil {
		return w, nil
	}
	var err error
	w.Of, err = j.identity(s)
	return w, err
}

// watch is what a job's training is followed by.
func (j Job) watch(ctx context.Context, s split) (train.Watch, error) {
	from := j.Watch.From
	if refine.IsCheckpoint(from) {
		from = nil
	}
	w := train.Watch{From: from, Began: j.Watch.Began, Quantizers: j.Watch.Quantizers}
	var kept time.Time // never: the first step is kept, so that what cannot be kept shows at once
	keep := func(save func() ([]byte, error)) error {
		b, err := save()
		if err == nil {
			err = j.Watch.Keep(b)
		}
		kept = time.Now()
		return err
	}
	w.Step = func(m train.Moment, save func() ([]byte, error)) error {
		j.Progress(StageTrain, m.Step, m.Steps)
		if j.Watch.Step != nil {
			j.Watch.Step(m)
		}
		if j.Watch.Keep != nil && time.Since(kept) >= often && m.Step < m.Steps {
			return keep(save)
		}
		return nil
	}
	if j.Watch.Keep != nil {
		w.Ended = keep
	}
	if j.Watch.Epoch != nil && s.evaluation.Len > 0 {
		w.Epoch = func(m train.Moment, now func() *calibrate.Calibrated) error {
			a, err := evaluate.Accuracy(ctx, now(), s.few(), j.Workers)
			if err == nil {
				j.Watch.Epoch(m.Epoch, a)
			}
			return err
		}
	}
	if w.From == nil && w.Ended == nil {
		return w, nil
	}
	var err error
	w.Of, err = j.identity(s)
	return w, err
}

// identity names all that a training depends on.
func (j Job) identity(s split) (string, error) {
	digest, err := j.Recipe.Digest()
	if err != nil {
		return "", err
	}
	leaves, err := j.Data.Leaves(s.choice.Calibration)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintln(h, engineName, j.Model.SHA256, j.Model.Inputs(), digest, text(merkle.Root(leaves)))
	for i := range s.calibration.Len {
		fmt.Fprintln(h, s.calibrationLabel(i))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
