package store

import (
	"fmt"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Part is a part of the core's answer, which the browser keeps.
type Part interface {
	Blob(mediaType string) (handle any, size int64) // of its bytes
	URL(mediaType string) string                    // to show it under, until it is revoked
}

// heard is what comes with an answer.
type heard struct {
	job   int
	parts []Part
	now   float64 // the page's clock, milliseconds
}

// file is the first part as a file; without one it is empty.
func (h heard) file(mediaType string) (handle any, size int64) {
	if len(h.parts) == 0 {
		return nil, 0
	}
	return h.parts[0].Blob(mediaType)
}

// pictures are the addresses of the parts, which are BMP files.
func (h heard) pictures() (list []string) {
	for _, part := range h.parts {
		list = append(list, part.URL("image/bmp"))
	}
	return list
}

const bytesType = "application/octet-stream"

// answers say what the answer of each endpoint means to the page.
func answers() map[protocol.Kind]func(protocol.Message, heard) (Action, error) {
	return map[protocol.Kind]func(protocol.Message, heard) (Action, error){
		protocol.Open.Kind: from(protocol.Open, func(m protocol.Model, h heard) Action { return Opened{Job: h.job, Model: m} }),
		protocol.Load.Kind: from(protocol.Load, func(d protocol.Loaded, h heard) Action {
			a := Loaded{Job: h.job, Data: d}
			for i, part := range h.parts[:min(len(h.parts), len(d.Model))] {
				b, size := part.Blob(bytesType)
				a.Files = append(a.Files, File{Path: d.Model[i], Size: size, Handle: b})
			}
			return a
		}),
		protocol.Run.Kind: from(protocol.Run, func(r protocol.Result, h heard) Action {
			qdq, size := h.file(bytesType)
			return Finished{Job: h.job, Result: r, QDQ: qdq, Size: size, Now: h.now}
		}),
		protocol.Verify.Kind: from(protocol.Verify, func(v protocol.Verified, h heard) Action {
			qdq, size := h.file(bytesType)
			return Verified{Job: h.job, Verification: v.Verification, Result: v.Result, QDQ: qdq, Size: size, Now: h.now}
		}),
		protocol.Recheck.Kind: from(protocol.Recheck, func(r receipt.Recheck, h heard) Action { return Rechecked{Job: h.job, Recheck: r} }),
		protocol.Export.Kind: from(protocol.Export, func(f protocol.File, h heard) Action {
			b, size := h.file(bytesType)
			return Exported{Job: h.job, File: f, Handle: b, Size: size}
		}),
		protocol.Compare.Kind:   from(protocol.Compare, func(c protocol.Comparison, h heard) Action { return Compared{Job: h.job, Comparison: c} }),
		protocol.Diagnose.Kind:  from(protocol.Diagnose, func(d protocol.Diagnosis, h heard) Action { return Diagnosed{Job: h.job, Diagnosis: d} }),
		protocol.Improve.Kind:   from(protocol.Improve, func(i protocol.Improvement, h heard) Action { return Improved{Job: h.job, Improvement: i} }),
		protocol.Translate.Kind: from(protocol.Translate, func(t protocol.Translation, h heard) Action { return Translated{Job: h.job, Translation: t} }),
		protocol.Mix.Kind:       from(protocol.Mix, func(m inspect.Mixed, h heard) Action { return BitsFound{Job: h.job, Mixed: m} }),
		protocol.Bounds.Kind:    from(protocol.Bounds, func(b inspect.Bounds, h heard) Action { return Bounded{Job: h.job, Bounds: b} }),
		protocol.Look.Kind: from(protocol.Look, func(p protocol.Preview, h heard) Action {
			return Previewed{Job: h.job, Preview: p, Pictures: h.pictures()}
		}),
		protocol.Adequacy.Kind: from(protocol.Adequacy, func(a inspect.Adequacy, h heard) Action { return CalibrationChecked{Job: h.job, Adequacy: a} }),
		protocol.Guard.Kind:    from(protocol.Guard, func(g inspect.Guard, h heard) Action { return Checked{Job: h.job, Guard: g} }),
		protocol.Formats.Kind:  from(protocol.Formats, func(f protocol.Fits, h heard) Action { return Fitted{Job: h.job, Fits: f} }),
		protocol.Outputs.Kind: from(protocol.Outputs, func(o inspect.Outputs, h heard) Action {
			return Answered{Job: h.job, Outputs: o, Pictures: h.pictures()}
		}),
		protocol.Scene.Kind: from(protocol.Scene, func(sc inspect.Scene, h heard) Action {
			return Shown{Job: h.job, Scene: sc, Pictures: h.pictures()}
		}),
		protocol.Times.Kind:    from(protocol.Times, func(t inspect.Times, h heard) Action { return Timed{Job: h.job, Times: t} }),
		protocol.WhatIf.Kind:   from(protocol.WhatIf, func(t protocol.Tried, h heard) Action { return TriedOut{Job: h.job, Tried: t} }),
		protocol.Turn.Kind:     from(protocol.Turn, func(e protocol.TurnEffect, h heard) Action { return Turned{Job: h.job, Effect: e} }),
		protocol.Practice.Kind: from(protocol.Practice, func(p protocol.PracticeStep, h heard) Action { return Practised{Job: h.job, Practice: p} }),
		protocol.Detail.Kind:   from(protocol.Detail, func(d protocol.LayerDetail, h heard) Action { return Detailed{Job: h.job, Detail: d} }),
	}
}

// from reads the answers of an endpoint.
func from[Q, A any](e protocol.Endpoint[Q, A], act func(a A, h heard) Action) func(protocol.Message, heard) (Action, error) {
	return func(m protocol.Message, h heard) (Action, error) {
		a, err := e.Answered(m)
		return act(a, h), err
	}
}

// Hear is what a message of the core means to the page.
func Hear(m protocol.Message, parts []Part, now float64) Action {
	a, err := hear(m, heard{m.Job, parts, now})
	if err != nil {
		return Failed{Job: m.Job, Message: "The engine's answer could not be read: " + err.Error()}
	}
	return a
}

func hear(m protocol.Message, h heard) (Action, error) {
	switch m.Word {
	case protocol.Ready:
		e, err := protocol.Read[protocol.Engine](m)
		return Started{Engine: e}, err
	case protocol.Step:
		p, err := protocol.Read[protocol.Progress](m)
		a := Stepped{Job: m.Job, Step: p, Now: h.now}
		if p.Kept > 0 {
			a.Checkpoint.Path = "checkpoint"
			a.Checkpoint.Handle, a.Checkpoint.Size = h.file(bytesType)
		}
		return a, err
	case protocol.Fail:
		f, err := protocol.Read[protocol.Failure](m)
		return Failed{Job: m.Job, Message: f.Message}, err
	}
	answer := answers()[m.Kind]
	if answer == nil {
		return nil, fmt.Errorf("unknown message %q", m.Kind)
	}
	return answer(m, h)
}
