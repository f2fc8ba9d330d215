package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows on a terminal how far a job is, and elsewhere nothing.
type progress struct {
	w     io.Writer // nil where nothing is shown
	stage string
	bar   *progressbar.ProgressBar
}

// newProgress shows on w if it is a terminal.
func newProgress(w io.Writer) *progress {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &progress{w: w}
	}
	return &progress{}
}

// step tells that done of total items of a stage are finished.
func (p *progress) step(stage string, done, total int) {
	if p.w == nil {
		return
	}
	if stage != p.stage {
		p.clear()
		p.stage = stage
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(stage), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	}
	// A bar that cannot be drawn is no reason to stop.
	_ = p.bar.Set(done)
}

// note says more about the present stage.
func (p *progress) note(text string) {
	if p.bar != nil {
		p.bar.Describe(p.stage + ", " + text)
	}
}

// clear takes the bar off the terminal.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}
