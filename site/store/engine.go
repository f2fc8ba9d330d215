package store

import (
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// EngineFiles are an engine of another release, as the site's engines.json has it; zero is the page's own.
type EngineFiles struct {
	Release string `json:"release"`
	Core    string `json:"core"`
	Exec    string `json:"exec"`
}

// Foreign is the release that a receipt says to be of, where it is another than the page's.
func (c Claim) Foreign() (string, bool) {
	if c.Receipt == nil {
		return "", false
	}
	release, ours := receipt.ReleaseOf(c.Receipt.Engine)
	return release, ours && release != receipt.Release
}

// UseEngine checks the claim with the engine of its own release, if the site has it.
type UseEngine struct{}

func (UseEngine) apply(s State) (State, []Effect) {
	if s.Claim == nil {
		return s, nil
	}
	release, foreign := s.Claim.Foreign()
	if !foreign {
		return s, nil
	}
	return s, []Effect{FindEngine{release}}
}

// EngineFound is the answer: without files the site does not have it.
type EngineFound struct {
	Release string
	Files   EngineFiles
}

func (a EngineFound) apply(s State) (State, []Effect) {
	if s.Claim == nil {
		return s, nil
	}
	if release, foreign := s.Claim.Foreign(); !foreign || release != a.Release {
		return s, nil
	}
	if a.Files.Core == "" {
		s.Problem = &Problem{
			What: "This site does not have the engine of release " + a.Release + ".",
			Why:  "A site keeps the engines of the releases it was built with.",
			Next: "Run quantscope verify of release " + a.Release + " on the receipt, or check with this engine: releases differ in few bits, and every step says which.",
		}
		return s, nil
	}
	c := *s.Claim
	c.Steps, c.Layers, c.Cause, c.Here, c.Done, c.Run = nil, nil, "", receipt.Metrics{}, false, 0
	c.Scalar = nil
	s.Claim, s.foreign = &c, a.Files
	s, effects := stop(s)
	s, more := check(s)
	return s, append(effects, more...)
}

// Checker is the release of the engine that checks, where it is not the page's own.
func (s State) Checker() string { return s.foreign.Release }

// home gives the page its own engine back before anything but a check is asked of it.
func home(s State, kind protocol.Kind) (State, []Effect) {
	if s.foreign == (EngineFiles{}) || kind == protocol.Verify.Kind || kind == protocol.Open.Kind || kind == protocol.Load.Kind {
		return s, nil
	}
	s.foreign = EngineFiles{}
	return stop(s)
}
