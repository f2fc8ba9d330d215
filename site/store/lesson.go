package store

import (
	"encoding/json"
	"slices"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/site/lessons"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Lesson is the lesson that goes on, on the network and the data that are open.
type Lesson struct {
	lessons.Lesson
	Page     int
	Layer    int // of the scene's, -1 for the one that shows most
	Item     int
	Setting  lessons.Setting
	Guesses  []Guess // of each page
	Scene    *inspect.Scene
	Pictures []string // addresses, one for each input that is a picture
	Effect   *inspect.Effect
	Done     bool   // Effect is of all items
	Problem  string // why there is no scene, or no effect

	seen   sceneKey // of Scene, or of the one that was asked for
	turned turnKey  // of Effect, or of the one that was asked for
	flight flight
	asked  int // number of the question that is under way
}

// flight is the question that is under way.
type flight uint8

const (
	idle    flight = iota
	scening        // for a scene
	turning        // for an effect, of which nothing is known yet
	halfway        // for an effect, of which the first half is known
)

// Waiting tells whether the core has been asked.
func (l Lesson) Waiting() bool { return l.flight != idle }

// giveUp forgets the question that is under way, so that it is asked again.
func (l Lesson) giveUp() Lesson {
	switch l.flight {
	case scening:
		l.seen = sceneKey{}
	case turning, halfway:
		l.turned = turnKey{}
	}
	l.flight = idle
	return l
}

// sceneKey is all that a scene depends on.
type sceneKey struct {
	previewKey
	layer  int
	scheme scheme.QScheme
}

// turnKey is all that an effect depends on.
type turnKey struct {
	sceneKey
	item  int
	knobs string
}

// Guess is what a learner said to a page's question, and what was measured.
type Guess struct {
	Made     bool
	Option   int
	Measured bool
	Value    float64
}

// Free tells whether the controls may be turned: what the page asks has been answered.
func (l Lesson) Free() bool { return l.Taught().Ask == nil || l.Guesses[l.Page].Made }

// Predict answers the page's question. What it asks about is then put in place and measured.
type Predict struct{ Option int }

func (a Predict) apply(s State) (State, []Effect) {
	l := &s.Lesson
	if l.Free() {
		return s, nil
	}
	setting, err := l.Taught().Asked()
	if err != nil { // a lesson that is read has none
		return s, nil
	}
	l.Guesses = slices.Clone(l.Guesses)
	l.Guesses[l.Page] = Guess{Made: true, Option: a.Option}
	l.Setting, l.Problem = setting, ""
	return s, nil
}

// measure reads what the page's question is about, once the effect of what it sets is whole.
func (l Lesson) measure() Lesson {
	g := l.Guesses[l.Page]
	if l.Taught().Ask == nil || !g.Made || g.Measured || !l.Done || !l.Current() {
		return l
	}
	e := l.Effect
	switch g.Measured = true; l.Taught().Ask.Measure {
	case lessons.Changed:
		g.Value = float64(e.Measured - e.Agree)
	case lessons.Used:
		g.Value = float64(e.Used)
	case lessons.Clipped:
		g.Value = 100 * float64(e.Clipped) / float64(max(l.Scene.Elements, 1))
	case lessons.SQNR:
		g.Value = e.SQNR
	}
	l.Guesses = slices.Clone(l.Guesses)
	l.Guesses[l.Page] = g
	return l
}

// Taught is the page that is shown.
func (l Lesson) Taught() lessons.Page { return l.Pages[l.Page] }

// begin is the built-in lesson at its first page.
func begin() Lesson {
	l := Lesson{Lesson: lessons.BuiltIn(), Layer: -1}
	l.Guesses = make([]Guess, len(l.Pages))
	return l.at(0)
}

// at turns to a page; a scene stays as long as nothing else is asked for.
func (l Lesson) at(page int) Lesson {
	l.Page = min(max(page, 0), len(l.Pages)-1)
	l.Setting, l.Problem = l.Taught().Start, ""
	return l
}

// TurnPage goes to a page of the lesson, by its number from 0.
type TurnPage struct{ Page int }

func (a TurnPage) apply(s State) (State, []Effect) {
	before := s.Lesson.Page
	s.Lesson = s.Lesson.at(a.Page)
	if s.Lesson.Page == before {
		return s, nil
	}
	s.Said = s.Lesson.Taught().Title
	return s, []Effect{ShowPlace{AtLearn}}
}

// Adjust puts the controls of a page somewhere else.
type Adjust struct{ Setting lessons.Setting }

func (a Adjust) apply(s State) (State, []Effect) {
	s.Lesson.Setting, s.Lesson.Problem = a.Setting, ""
	return s, nil
}

// Watch chooses the layer or the item of a lesson.
type Watch struct{ Layer, Item int }

func (a Watch) apply(s State) (State, []Effect) {
	s.Lesson.Layer, s.Lesson.Item, s.Lesson.Problem = a.Layer, a.Item, ""
	return s, nil
}

// Shown is the core's answer to the question for a scene.
type Shown struct {
	Job      int
	Scene    inspect.Scene
	Pictures []string
}

func (a Shown) apply(s State) (State, []Effect) {
	l := &s.Lesson
	if !l.Waiting() || a.Job != l.asked {
		return s, []Effect{Revoke{a.Pictures}}
	}
	old := l.Pictures
	l.Scene, l.Pictures, l.flight = &a.Scene, a.Pictures, idle
	l.Item = min(l.Item, len(a.Scene.Inputs)-1)
	return s, []Effect{Revoke{old}}
}

// Turned is the core's answer to the question what the controls do.
type Turned struct {
	Job    int
	Effect protocol.TurnEffect
}

func (a Turned) apply(s State) (State, []Effect) {
	l := &s.Lesson
	if !l.Waiting() || a.Job != l.asked {
		return s, nil
	}
	l.Effect, l.Done, l.flight = &a.Effect.Effect, a.Effect.Done, halfway
	if l.Done {
		l.flight = idle
	}
	s.Lesson = l.measure()
	return s, nil
}

// knobs are what the controls mean to the core.
func (l Lesson) knobs() inspect.Knobs {
	k := inspect.Knobs{
		Scope:  inspect.Scope(l.Setting.Scope),
		Input:  inspect.Knob{Scheme: scheme.QScheme{Bits: l.Setting.Bits}},
		Weight: inspect.Knob{Scheme: scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true}},
	}
	low, high := l.Range()
	k.Input.Range = &[2]float32{low, high}
	return k
}

// Range is the range of the layer's input that the controls stand at.
func (l Lesson) Range() (low, high float32) {
	if l.Scene == nil {
		return 0, 0
	}
	return min(l.Scene.Min, 0) * float32(l.Setting.Low), max(l.Scene.Max, 0) * float32(l.Setting.High)
}

// askLesson asks for the scene of the page, then for what its controls do to it. While an answer is under way
// nothing more is asked: whoever drags would have every question given up for the next one. The first half of an
// answer ends the wait; what the controls stand at then is asked next.
func askLesson(s State) (State, []Effect) {
	l := s.Lesson
	settings, err := json.Marshal([]any{s.Recipe.Preprocess, s.Recipe.Data})
	if err != nil || len(s.Edits) > 0 {
		return s, nil
	}
	seen := sceneKey{previewKey{s.Model, s.Data, string(settings)}, l.Layer, scheme.QScheme{Bits: l.Setting.Bits}}
	if seen != l.seen {
		return ask(s, protocol.Scene, protocol.SceneRequest{Recipe: s.Recipe, Layer: l.Layer, Scheme: seen.scheme}, func(s *State, number int) {
			if seen.previewKey != l.seen.previewKey || seen.layer != l.seen.layer {
				s.Lesson.Scene, s.Lesson.Effect = nil, nil
			}
			s.Lesson.seen, s.Lesson.asked, s.Lesson.flight, s.Lesson.Done = seen, number, scening, false
		})
	}
	if l.Scene == nil || l.Problem != "" {
		return s, nil
	}
	knobs := l.knobs()
	text, err := json.Marshal(knobs)
	turned := turnKey{seen, l.Item, string(text)}
	if err != nil || turned == l.turned || l.flight == scening || l.flight == turning {
		return s, nil
	}
	return ask(s, protocol.Turn, protocol.TurnRequest{Recipe: s.Recipe, Layer: l.Scene.Layer, Item: l.Item, Knobs: knobs}, func(s *State, number int) {
		s.Lesson.turned, s.Lesson.asked, s.Lesson.flight, s.Lesson.Done = turned, number, turning, false
	})
}

// Current tells whether the effect is that of where the controls stand now.
func (l Lesson) Current() bool {
	text, err := json.Marshal(l.knobs())
	return err == nil && l.Effect != nil && l.flight != turning && l.turned == turnKey{l.seen, l.Item, string(text)}
}

// Items gives each input its picture, empty where it is none.
func (l Lesson) Items() []Seen { return Preview{Inputs: l.Scene.Inputs, Pictures: l.Pictures}.Pair() }
