package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/quantscope/quantscope/quant"
	"github.com/quantscope/quantscope/quant/export"
	"github.com/quantscope/quantscope/quant/internal/checkpoint"
	"github.com/quantscope/quantscope/quant/internal/input"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/refine"
)

// maxCheckpoint bounds what is read of a checkpoint.
const maxCheckpoint = 1 << 31

// resuming lets what takes long be left and taken up again: a rounding that is learned, and a training.
type resuming struct {
	flags            *flags
	checkpoint, from *string
	at, kept         string // how far it is, and how far the checkpoint
}

func newResuming(f *flags) *resuming {
	return &resuming{
		flags:      f,
		checkpoint: f.output("checkpoint", "write what is learned to `FILE` now and then, and behind every part of a rounding"),
		from:       f.String("resume", "", "go on from a checkpoint in `FILE`, with the same recipe, network and data"),
	}
}

// watch reads the checkpoint to go on from, and writes others.
func (r *resuming) watch(c console, j *quant.Job) error {
	if *r.checkpoint == "" && *r.from == "" {
		return nil
	}
	if j.Recipe.Train == (recipe.Training{}) && !j.Recipe.Refine.Rounding.Learns() {
		return r.flags.wrong("--checkpoint and --resume are of what takes long, and this recipe learns nothing: give --refine adaround, brecq or qdrop, or leave them out")
	}
	if *r.from != "" {
		var err error
		if j.Watch.From, err = input.Read(*r.from, maxCheckpoint); err != nil {
			return err
		}
	}
	if *r.checkpoint == "" {
		return nil
	}
	j.Watch.Rounded = func(m refine.Moment) {
		r.at = fmt.Sprintf("part %d of %d", m.Parts, m.Of)
		if !m.Whole {
			r.at = fmt.Sprintf("iteration %d of %d", m.Done, m.Total)
		}
		c.disk.keeps.Store(true)
	}
	j.Watch.Keep = func(b []byte) error {
		r.kept = r.at
		return (&disk{}).write(export.File{Name: *r.checkpoint, Bytes: b})
	}
	return nil
}

// told is an error with what the checkpoint is good for.
func (r *resuming) told(err error) error {
	if errors.Is(err, checkpoint.Err) {
		return fmt.Errorf("%s: %w", *r.from, err)
	}
	if r.kept != "" && errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted after %s: go on with the same arguments and --resume %s", r.kept, *r.checkpoint)
	}
	return err
}
