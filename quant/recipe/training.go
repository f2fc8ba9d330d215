package recipe

import (
	"fmt"
	"math"

	"github.com/quantscope/quantscope/quant/portable"
)

// Training is how a network is trained with its quantizers in place, on the calibration items. Of numbers 0 is the
// default, but for Epochs: none.
type Training struct {
	Epochs      int     `json:"epochs"`
	Batch       int     `json:"batch,omitempty"`
	Optimizer   string  `json:"optimizer,omitempty"`   // SGD, Adam, AdamW
	Rate        float32 `json:"rate,omitempty"`        // at which it begins
	Schedule    string  `json:"schedule,omitempty"`    // Cosine, Linear, Step, Constant: how the rate goes on
	WarmUp      float32 `json:"warmUp,omitempty"`      // share of the steps in which the rate climbs to where the schedule begins
	Clip        float32 `json:"clip,omitempty"`        // greatest 2-norm of all gradients together; 0: any
	Smoothing   float32 `json:"smoothing,omitempty"`   // share of each label that is spread over all classes
	WeightDecay float32 `json:"weightDecay,omitempty"` // of the optimizer
	Labels      float32 `json:"labels,omitempty"`      // share of the loss that is cross-entropy with the labels; the rest is with the float network's answers
	Temperature float32 `json:"temperature,omitempty"` // that softens the float network's answers
	DecayOnly   bool    `json:"decayOnly,omitempty"`   // weight decay is of weights only: biases, normalisations and the quantizers' numbers have none
	Average     float32 `json:"average,omitempty"`     // share of the past in a moving average of the parameters, which is then the result; 0: the last ones are
	Flip        bool    `json:"flip,omitempty"`        // each image is mirrored in half of the epochs, left to right
	Shift       int     `json:"shift,omitempty"`       // most pixels that each image is moved by in either direction, edges repeated
	Statistics  bool    `json:"statistics,omitempty"`  // batch normalisation takes the statistics of each batch; else its running ones, which stay
}

// Optimizers and schedules of Training.
const (
	SGD      = "sgd" // with momentum 0.9
	Adam     = "adam"
	AdamW    = "adamw"
	Cosine   = "cosine" // down to 0 by half a cosine
	Linear   = "linear" // down to 0 in a line
	Step     = "step"   // a tenth of it after each third
	Constant = "constant"
)

// Optimizers are those of Training.
func Optimizers() []string { return []string{Adam, AdamW, SGD} }

// Schedules are those of Training.
func Schedules() []string { return []string{Cosine, Linear, Step, Constant} }

// Full is t with the defaults in place of zeros.
func (t Training) Full() Training {
	if t.Batch == 0 {
		t.Batch = 16
	}
	if t.Optimizer == "" {
		t.Optimizer = Adam
	}
	if t.Rate == 0 {
		t.Rate = map[string]float32{SGD: 1e-2, Adam: 1e-4, AdamW: 1e-4}[t.Optimizer]
	}
	if t.Schedule == "" {
		t.Schedule = Cosine
	}
	if t.Temperature == 0 {
		t.Temperature = 1
	}
	return t
}

// At is the learning rate of a step, of so many.
func (t Training) At(step, steps int) float32 {
	t = t.Full()
	if warm := int(float64(t.WarmUp) * float64(steps)); step < warm {
		return float32(float64(t.Rate) * float64(step+1) / float64(warm+1))
	} else if warm > 0 {
		step, steps = step-warm, steps-warm
	}
	switch t.Schedule {
	case Constant:
		return t.Rate
	case Step:
		return float32(float64(t.Rate) / []float64{1, 10, 100}[3*step/steps])
	case Linear:
		return float32(float64(t.Rate) * float64(steps-step) / float64(steps))
	}
	return float32(float64(t.Rate) * (1 + portable.Cos(math.Pi*float64(step)/float64(steps))) / 2)
}

// String is what is done, in a few words.
func (t Training) String() string {
	f := t.Full()
	of := "the float network's answers"
	switch {
	case f.Labels == 1:
		of = "the labels"
	case f.Labels > 0:
		of = "labels and the float network's answers"
	}
	epochs := "epochs"
	if f.Epochs == 1 {
		epochs = "epoch"
	}
	return fmt.Sprintf("%d %s towards %s, batches of %d, %s at %v", f.Epochs, epochs, of, f.Batch, f.Optimizer, f.Rate)
}

func (t Training) validate() error {
	if t == (Training{}) {
		return nil
	}
	f := t.Full()
	if f.Epochs < 1 || f.Epochs > maxIterations {
		return fmt.Errorf("train.epochs is %d; 1 to %d are possible, or leave train out", f.Epochs, maxIterations)
	}
	if f.Batch < 1 || f.Batch > 1<<12 {
		return fmt.Errorf("train.batch is %d; 1 to %d are possible, 16 is usual", f.Batch, 1<<12)
	}
	if err := oneOf("train.optimizer", f.Optimizer, Optimizers()); err != nil {
		return err
	}
	if err := oneOf("train.schedule", f.Schedule, Schedules()); err != nil {
		return err
	}
	for _, n := range []struct {
		name  string
		x, to float32
	}{{"rate", f.Rate, 10}, {"weightDecay", f.WeightDecay, 10}, {"labels", f.Labels, 1}, {"temperature", f.Temperature, 100}, {"warmUp", f.WarmUp, 1}, {"clip", f.Clip, 1e6}, {"smoothing", f.Smoothing, 1}, {"average", f.Average, 0.9999}} {
		if !(n.x >= 0 && n.x <= n.to) {
			return fmt.Errorf("train.%s is %v; 0 to %v are possible", n.name, n.x, n.to)
		}
	}
	if f.Shift < 0 || f.Shift > maxShift {
		return fmt.Errorf("train.shift is %d; 0 to %d pixels are possible, an eighth of the image's side is usual", f.Shift, maxShift)
	}
	return nil
}

// maxShift is the most pixels of Training.Shift.
const maxShift = 64
