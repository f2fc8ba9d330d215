package store

import (
	"encoding/json"

	"github.com/quantscope/quantscope/wasm/protocol"
)

// follow asks the core for what the present place shows besides the results of jobs: the preview of
// the data, the detail of a layer. It comes after every action, and asks once for each thing to be
// seen. A question is no job: it has a negative number, nobody waits for it, and the core gives it up
// when a later command comes.
func follow(s State) (State, []Effect) {
	if len(s.Jobs) > 0 || s.Model == nil || s.Data == nil {
		return s, nil
	}
	switch s.Place {
	case AtData:
		s, effects := askPreview(s)
		if s.Preview.Waiting {
			return s, effects
		}
		return askGuard(s)
	case AtModel, AtQuantize:
		return askGuard(s)
	case AtInspect:
		s, effects := askDetail(s)
		s, changes := askWhatIf(s)
		if s.WhatIf.flight != rested {
			return s, append(effects, changes...)
		}
		if s, times := askTimes(s); s.Times.Waiting {
			return s, append(effects, times...)
		}
		s, more := askOutputs(s)
		return s, append(effects, more...)
	case AtExport:
		return askFits(s)
	case AtLearn:
		return askLesson(s)
	}
	return s, nil
}

func askPreview(s State) (State, []Effect) {
	key, err := s.previewKey()
	if err != nil || len(s.Edits) > 0 || key == s.Preview.key {
		return s, nil
	}
	p := s.Preview
	p.key, p.Waiting, p.Problem = key, true, ""
	return ask(s, protocol.Look, protocol.LookRequest{Recipe: s.Recipe}, func(s *State, number int) {
		p.asked = number
		s.Preview = p
	})
}

func askDetail(s State) (State, []Effect) {
	r := s.Result
	if r == nil || s.Elsewhere() {
		return s, nil
	}
	l, _, ok := s.Selected()
	key := detailKey{r, l.Name}
	if !ok || key == s.Detail.key {
		return s, nil
	}
	body := protocol.DetailRequest{Run: r.Run, Recipe: r.Recipe, Layer: l.Index}
	weight, input := s.Quantizers(l)
	if weight != nil {
		body.Weight = &weight.Params
	}
	if input != nil {
		body.Input = &input.Params
	}
	if weight == nil && input == nil {
		s.Detail = Detail{key: key}
		return s, nil
	}
	return ask(s, protocol.Detail, body, func(s *State, number int) {
		s.Detail = Detail{key: key, asked: number, Waiting: true}
	})
}

// askFits asks which formats can hold the result, where the core still has it.
func askFits(s State) (State, []Effect) {
	r := s.Result
	if r == nil || s.Elsewhere() || s.held.run == 0 || s.held.run != r.Run || s.Fits.of == r {
		return s, nil
	}
	return ask(s, protocol.Formats, protocol.FormatsRequest{Run: r.Run, Name: stem(r.Model.Summary.Name)}, func(s *State, number int) {
		s.Fits = Fits{of: r, asked: number, waiting: true}
	})
}

// ask posts a question, with the files before it if the worker is fresh. waiting notes its number.
func ask[Q, A any](s State, e protocol.Endpoint[Q, A], q Q, waiting func(s *State, number int)) (State, []Effect) {
	s, effects := refill(s)
	s.asks--
	m, err := e.Ask(s.asks, q)
	if err != nil {
		return s, effects
	}
	s = s.giveUp()
	waiting(&s, s.asks)
	return s, append(effects, Post{Message: m})
}

// giveUp forgets the questions that are not answered yet: the core drops them for what is posted next.
func (s State) giveUp() State {
	if s.Preview.Waiting {
		s.Preview.key, s.Preview.Waiting = previewKey{}, false
	}
	if s.Detail.Waiting {
		s.Detail.key, s.Detail.Waiting = detailKey{}, false
	}
	if s.Outputs.Waiting {
		s.Outputs.of, s.Outputs.Waiting = nil, false
	}
	if s.Times.Waiting {
		s.Times = Times{}
	}
	if s.Guard.Waiting {
		s.Guard = Guard{}
	}
	if s.Fits.waiting {
		s.Fits.of, s.Fits.waiting = nil, false
	}
	s.Lesson, s.WhatIf = s.Lesson.giveUp(), s.WhatIf.giveUp()
	return s
}

// previewKey is all that a preview depends on.
type previewKey struct {
	model    *Model
	data     *Data
	settings string
}

func (s State) previewKey() (previewKey, error) {
	settings, err := json.Marshal([]any{s.Recipe.Preprocess, s.Recipe.Data.ClassOffset})
	return previewKey{s.Model, s.Data, string(settings)}, err
}

// detailKey is all that a layer's detail depends on.
type detailKey struct {
	result *Result
	layer  string
}
