//go:build js

package main

import (
	"syscall/js"
	"time"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/refine"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/train"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// often is how often the page is told how a network's quantizers stand, which may be some hundred.
const often = time.Second

// follow tells the page how a job trains, and stops it where the page wants it paused. No loss is left out, however
// seldom it is told.
func (s *session) follow(j *quant.Job, job int, stop func()) {
	var now protocol.Training
	var first int
	var began, told, stood time.Time
	tell := func() {
		p := protocol.Progress{Stage: protocol.StageTrain, Done: now.Step, Total: now.Steps, Training: &now}
		if spent := time.Since(began); now.Step > first && spent > 0 {
			now.Speed = float64(now.Step-first) / spent.Seconds()
			p.Left = float64(now.Steps-now.Step) / now.Speed
		}
		step(job, p)
		now.Losses, now.Scores, now.Quantizers, told = nil, nil, nil, time.Now()
	}
	look := func(m train.Moment) {
		if time.Since(stood) >= often || m.Step == m.Steps {
			now.Quantizers, stood = m.Quantizers, time.Now()
		}
	}
	plain := j.Progress
	j.Progress = func(stage string, done, total int) {
		if stage != protocol.StageTrain {
			plain(stage, done, total)
		}
	}
	j.Watch.Before = func(a report.Accuracy) { now.Scores = append(now.Scores, protocol.Score{Accuracy: a}) }
	j.Watch.Quantizers = true
	j.Watch.Began = func(m train.Moment) {
		look(m)
		now.Epoch, now.Epochs, now.Step, now.Steps, now.Memory = m.Epoch, m.Epochs, m.Step, m.Steps, m.Bytes
		first, began = m.Step, time.Now()
		tell()
	}
	j.Watch.Step = func(m train.Moment) {
		now.Epoch, now.Step, now.Rate, now.Memory = m.Epoch, m.Step, m.Rate, m.Bytes
		now.Losses = append(now.Losses, protocol.Loss{Step: m.Step, Loss: m.Loss})
		look(m)
		if time.Since(told) >= interval*time.Millisecond || m.Step == m.Steps {
			tell()
			if s.breathe(); s.pause.Load() {
				stop()
			}
		}
	}
	j.Watch.Keep = func(b []byte) error {
		tell() // the losses so far belong to it
		return keep(job, b, protocol.Progress{Stage: protocol.StageTrain, Done: now.Step, Total: now.Steps, Kept: now.Step})
	}
	j.Watch.Epoch = func(_ int, a report.Accuracy) {
		now.Scores = append(now.Scores, protocol.Score{Step: now.Step, Accuracy: a})
		tell()
	}
}

// keepRounding gives the page what is learned of a job's rounding, to go on from, until its training begins.
func keepRounding(j *quant.Job, job int) {
	var at protocol.Progress
	training := j.Watch.Keep
	j.Watch.Rounded = func(m refine.Moment) {
		at = protocol.Progress{Stage: protocol.StageRefine, Done: m.Done, Total: m.Total, Kept: m.Done}
	}
	j.Watch.Keep = func(b []byte) error {
		if refine.IsCheckpoint(b) {
			return keep(job, b, at)
		}
		return training(b)
	}
}

// keep gives the page a checkpoint of what has come so far.
func keep(job int, checkpoint []byte, at protocol.Progress) error {
	m, err := protocol.New(protocol.Step, "", job, at)
	if err != nil {
		return err
	}
	return protocol.Post(js.Global(), m, []js.Value{buffer(checkpoint)}, true)
}
