package store

import (
	"encoding/json"
	"math"
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
	Guesses  []Guess           // of each page
	Solved   []bool            // of each page, whether its task is done
	Present  bool              // to a room: large, and the arrow keys turn pages
	Locked   []lessons.Control // that whoever follows the lesson may not turn
	Edit     *LessonEdit       // how the lesson is to be for others, nil while it is not edited
	Scene    *inspect.Scene
	Pictures []string // addresses, one for each input that is a picture
	Effect   *inspect.Effect
	Practice *inspect.Practice
	Done     bool   // Effect is of all items, or Practice of all steps
	Problem  string // why there is no scene, or no effect
	Open     bool   // the arithmetic is written out
	Element  int    // whose, -1 for a telling one

	seen    sceneKey // of Scene, or of the one that was asked for
	turned  turnKey  // of Effect, or of the one that was asked for
	drilled turnKey  // of Practice, the same
	flight  flight
	asked   int      // number of the question that is under way
	chosen  []string // ids of the pages, nil for all
}

// flight is the question that is under way.
type flight uint8

const (
	idle       flight = iota
	scening           // for a scene
	turning           // for an effect, of which nothing is known yet
	halfway           // for an effect, of which the first half is known
	drilling          // for a practice, of which nothing is known yet
	practising        // for a practice, of which some steps are known
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
	case drilling, practising:
		l.drilled = turnKey{}
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
	item     int
	question string // what the controls stand at, as it is put to the core
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
	s.Lesson = l.measure().check() // what is in place may have been measured already
	return s, nil
}

// asks is what the page's question measures, empty without one.
func (l Lesson) asks() lessons.Measure {
	if q := l.Taught().Ask; q != nil {
		return q.Measure
	}
	return ""
}

// measure reads what the page's question is about, once the effect of what it sets is whole.
func (l Lesson) measure() Lesson {
	g := l.Guesses[l.Page]
	if _, known := l.Reading(l.asks()); !known || !g.Made || g.Measured {
		return l
	}
	g.Measured = true
	g.Value, _ = l.Reading(l.Taught().Ask.Measure)
	l.Guesses = slices.Clone(l.Guesses)
	l.Guesses[l.Page] = g
	return l
}

// Reading is what a measure shows now, if it has been measured to the end where the controls stand.
func (l Lesson) Reading(m lessons.Measure) (value float64, known bool) {
	if m == lessons.BitsNow {
		return float64(l.Setting.Bits), true
	}
	if !l.Done || !l.Current() {
		return 0, false
	}
	if l.Trains() {
		switch m {
		case lessons.Changed:
			return float64(l.Practice.Items - l.Practice.Agree), true
		case lessons.Back:
			return percent(l.Practice.Back, l.Practice.Watched), true
		}
		return 0, false
	}
	e := l.Effect
	switch m {
	case lessons.Changed:
		return float64(e.Measured - e.Agree), true
	case lessons.Used:
		return float64(e.Used), true
	case lessons.Clipped:
		return percent(e.Clipped, l.Scene.Elements), true
	case lessons.SQNR:
		return e.SQNR, true
	case lessons.Saturated:
		if e.Sums != nil && e.Sums.Looked > 0 {
			return percent(e.Sums.Saturated, e.Sums.Looked), true
		}
	case lessons.Least:
		if e.Weight != nil && len(e.Weight.Channels) > 0 {
			_, codes := Narrowest(*e.Weight)
			return codes, true
		}
	}
	return 0, false
}

// check notes whether the page's task is done. What has been done stays so.
func (l Lesson) check() Lesson {
	t := l.Taught().Task
	if t == nil || l.Solved[l.Page] || !l.Free() {
		return l
	}
	for _, w := range t.Want {
		if value, known := l.Reading(w.Measure); !known || value < w.From || value > w.To {
			return l
		}
	}
	l.Solved = slices.Clone(l.Solved)
	l.Solved[l.Page] = true
	return l
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

// Narrowest is the channel of a weight that gets the fewest codes, the first of equals, and how many.
func Narrowest(w inspect.Weight) (channel int, codes float64) {
	for i, c := range w.Channels {
		if i == 0 || float64(c.Used) < codes {
			channel, codes = i, float64(c.Used)
		}
	}
	return channel, codes
}

// Taught is the page that is shown.
func (l Lesson) Taught() lessons.Page { return l.Pages[l.Page] }

// begin is the built-in lesson at its first page.
func begin() Lesson {
	l := Lesson{Lesson: lessons.BuiltIn(), Layer: -1, Element: -1}
	return l.only(nil).at(0)
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
	if l := &s.Lesson; a.Layer != l.Layer || a.Item != l.Item {
		l.Element = -1
	}
	s.Lesson.Layer, s.Lesson.Item, s.Lesson.Problem = a.Layer, a.Item, ""
	return s, nil
}

// WriteOut shows the arithmetic of an element of the layer's output, -1 for a telling one, or hides it.
type WriteOut struct {
	On      bool
	Element int
}

func (a WriteOut) apply(s State) (State, []Effect) {
	s.Lesson.Open, s.Lesson.Element = a.On, a.Element
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
	l.Effect = &a.Effect.Effect
	s.Lesson = l.told(halfway, a.Effect.Done)
	return s, nil
}

// Practised is the core's answer to the question what training does.
type Practised struct {
	Job      int
	Practice protocol.PracticeStep
}

func (a Practised) apply(s State) (State, []Effect) {
	l := &s.Lesson
	if !l.Waiting() || a.Job != l.asked {
		return s, nil
	}
	l.Practice = &a.Practice.Practice
	s.Lesson = l.told(practising, a.Practice.Done)
	return s, nil
}

// told notes that a part of an answer has come, the last one if done.
func (l Lesson) told(more flight, done bool) Lesson {
	l.Done, l.flight = done, more
	if done {
		l.flight = idle
	}
	return l.measure().check()
}

// knobs are what the controls mean to the core.
func (l Lesson) knobs() inspect.Knobs {
	page, at := l.Taught(), l.Setting
	k := inspect.Knobs{
		Scope:  inspect.Scope(at.Scope),
		Input:  inspect.Knob{Scheme: scheme.QScheme{Bits: at.Bits}},
		Weight: inspect.Knob{Scheme: scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: !at.PerTensor}},
		Look:   inspect.Look{Weight: page.Picture == lessons.Channels, Sums: page.Picture == lessons.Scales || l.Open},
	}
	if k.Look.Sums {
		k.Look.Element = l.Element
	}
	low, high := l.Range()
	k.Input.Range = &[2]float32{low, high}
	if l.Trains() {
		k.Input.Scheme.Bits, k.Weight.Scheme.Bits = 8, at.Bits
	}
	if reach := l.Shared(); page.Has(lessons.Weights) && at.PerTensor {
		k.Weight.Range = &[2]float32{-reach, reach}
	}
	if page.Has(lessons.Output) && l.Scene != nil && l.Scene.Output != nil {
		share := float32(at.Output)
		k.Output = &[2]float32{l.Scene.Output[0] * share, l.Scene.Output[1] * share}
	}
	return k
}

// drill is what the controls of a page that trains mean to the core.
func (l Lesson) drill() inspect.Drill {
	return inspect.Drill{Bits: l.Setting.Bits, Rate: float32(l.Setting.Rate), Learn: l.Setting.Learn}
}

// Range is the range of the layer's input that the controls stand at.
func (l Lesson) Range() (low, high float32) {
	if l.Scene == nil {
		return 0, 0
	}
	low, high = min(l.Scene.Min, 0), max(l.Scene.Max, 0)
	if !l.Taught().Has(lessons.ZeroPoint) {
		return low * float32(l.Setting.Low), high * float32(l.Setting.High)
	}
	below, above := l.Codes()
	return l.around(below, above)
}

// Codes are how many codes lie below the zero point and above it.
func (l Lesson) Codes() (below, above int) {
	most := 1<<l.Setting.Bits - 1
	below = int(math.Round(l.Setting.Zero * float64(most)))
	return below, most - below
}

// around is the least range with zero between so many codes that clips nothing, but for what there is no code for.
func (l Lesson) around(below, above int) (low, high float32) {
	step := float32(0)
	if below > 0 {
		step = -min(l.Scene.Min, 0) / float32(below)
	}
	if above > 0 {
		step = max(step, max(l.Scene.Max, 0)/float32(above))
	}
	return -step * float32(below), step * float32(above)
}

// Shared is the magnitude that the range of all channels of the weight reaches to.
func (l Lesson) Shared() float32 {
	if l.Scene == nil {
		return 0
	}
	return max(-l.Scene.Weight[0], l.Scene.Weight[1]) * float32(l.Setting.Weight)
}

// Trains tells whether the page shows a training.
func (l Lesson) Trains() bool { return l.Taught().Picture == lessons.Training }

// key is all that the core's answer to a question depends on.
func (l Lesson) key(seen sceneKey, item int, question any) turnKey {
	text, err := json.Marshal(question)
	if err != nil { // numbers that are none are asked for once
		text = nil
	}
	return turnKey{seen, item, string(text)}
}

// askLesson asks for the scene of the page, then for what its controls do to it. While an answer is under way
// nothing more is asked: whoever drags would have every question given up for the next one. The first part of an
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
				s.Lesson.Scene, s.Lesson.Effect, s.Lesson.Practice = nil, nil, nil
			}
			s.Lesson.seen, s.Lesson.asked, s.Lesson.flight, s.Lesson.Done = seen, number, scening, false
		})
	}
	if l.Scene == nil || l.Problem != "" {
		return s, nil
	}
	if l.flight == scening || l.flight == turning || l.flight == drilling {
		return s, nil
	}
	if drilled := l.key(seen, 0, l.drill()); l.Trains() && drilled != l.drilled {
		return ask(s, protocol.Practice, protocol.PracticeRequest{Recipe: s.Recipe, Layer: l.Scene.Layer, Drill: l.drill()}, func(s *State, number int) {
			s.Lesson.drilled, s.Lesson.asked, s.Lesson.flight, s.Lesson.Done = drilled, number, drilling, false
		})
	}
	turned := l.key(seen, l.Item, l.knobs())
	if turned == l.turned || l.Trains() && (!l.Open || l.flight != idle) {
		return s, nil
	}
	return ask(s, protocol.Turn, protocol.TurnRequest{Recipe: s.Recipe, Layer: l.Scene.Layer, Item: l.Item, Knobs: l.knobs()}, func(s *State, number int) {
		s.Lesson.turned, s.Lesson.asked, s.Lesson.flight, s.Lesson.Done = turned, number, turning, false
	})
}

// Current tells whether what the page measures is that of where the controls stand now.
func (l Lesson) Current() bool {
	if l.Trains() {
		return l.Practice != nil && l.flight != drilling && l.drilled == l.key(l.seen, 0, l.drill())
	}
	return l.Summed()
}

// Summed tells whether the effect is that of where the controls stand now.
func (l Lesson) Summed() bool {
	return l.Effect != nil && l.flight != turning && l.turned == l.key(l.seen, l.Item, l.knobs())
}

// Items gives each input its picture, empty where it is none.
func (l Lesson) Items() []Seen { return Preview{Inputs: l.Scene.Inputs, Pictures: l.Pictures}.Pair() }
