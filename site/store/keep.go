package store

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Keep is whether the work outlives the tab: model, data, recipe and runs, in the browser's own store.
type Keep struct {
	On      bool
	Problem string // why it is not kept any more
}

// Record is a part of the work as it is kept.
type Record struct {
	Key   string
	Text  string // JSON
	Files []File
}

// The keys of records; that of a run ends in its number.
const (
	keyDesk  = "desk"
	keyModel = "model"
	keyData  = "data"
	keyRun   = "run/"
	keyTrain = "training"
)

// What the records hold as JSON.
type (
	keptDesk struct {
		Place    Place         `json:"place"`
		Recipe   recipe.Recipe `json:"recipe"`
		Run      int           `json:"run"` // that is shown, 0: none
		Selected string        `json:"selected"`
	}
	keptModel struct {
		Sample  bool           `json:"sample"`
		Summary protocol.Model `json:"summary"`
	}
	keptData struct {
		Sample  bool         `json:"sample"`
		Summary inspect.Data `json:"summary"`
	}
	keptTraining struct {
		Recipe recipe.Recipe `json:"recipe"`
		Stage  string        `json:"stage,omitempty"` // older pages kept trainings only
		Step   int           `json:"step"`
		Steps  int           `json:"steps"`
		Curve  Curve         `json:"curve"`
	}
	keptRun struct {
		Report     report.Report       `json:"report"`
		Receipt    receipt.Receipt     `json:"receipt"`
		Recipe     recipe.Recipe       `json:"recipe"`
		Quantizers []inspect.Quantizer `json:"quantizers"`
		Placed     []inspect.Placed    `json:"placed"`
		Notes      []string            `json:"notes"`
		Seconds    float64             `json:"seconds"`
		Curve      *Curve              `json:"curve,omitempty"`
	}
)

// KeepWork is the user's consent.
type KeepWork struct{}

func (KeepWork) apply(s State) (State, []Effect) {
	s.Keep = Keep{On: true}
	s.Said = "Your work is kept on this device from now on."
	return s, []Effect{s.changed(State{})}
}

// ForgetWork takes everything that was kept from the device. What the page shows stays until it is closed.
type ForgetWork struct{}

func (ForgetWork) apply(s State) (State, []Effect) {
	s.Keep = Keep{}
	s.Said = "Forgotten: nothing is kept on this device any more."
	return s, []Effect{ForgetAll{}}
}

// Unkept says that the browser could not keep something.
type Unkept struct{ Why string }

func (a Unkept) apply(s State) (State, []Effect) {
	s.Keep = Keep{Problem: a.Why}
	return s, []Effect{ForgetAll{}}
}

// Recalled is what was kept; On tells whether the user had agreed to it.
type Recalled struct {
	On      bool
	Records []Record
}

func (a Recalled) apply(s State) (State, []Effect) {
	if !a.On {
		return s, nil
	}
	s.Keep.On = true
	if s.Model != nil || s.Data != nil || len(s.Jobs) > 0 || s.Place == AtClaim {
		return s, nil // the user was quicker, or came for something else
	}
	back, err := s.recall(a.Records)
	if err != nil { // of another version of the page
		return s, []Effect{ForgetAll{}, KeepRecords{}}
	}
	if s.linked != nil {
		back.Recipe = *s.linked
	}
	if back.Place != s.Place {
		return back, []Effect{ShowPlace{back.Place}}
	}
	return back, nil
}

// recall takes up the work where it was left. The core is given its files when it is first asked for something.
func (s State) recall(records []Record) (State, error) {
	var desk keptDesk
	byRun := map[int]*Result{}
	for _, r := range records {
		switch {
		case r.Key == keyDesk:
			if err := json.Unmarshal([]byte(r.Text), &desk); err != nil {
				return s, err
			}
			if err := desk.Recipe.Validate(); err != nil {
				return s, err
			}
			s.Recipe, s.Layers.Selected = desk.Recipe, desk.Selected
			if s.Place == AtModel && slices.Contains(Places(), desk.Place) {
				s.Place = desk.Place
			}
		case r.Key == keyModel:
			var k keptModel
			if err := json.Unmarshal([]byte(r.Text), &k); err != nil {
				return s, err
			}
			s.Model = &Model{Files: r.Files, Sample: k.Sample, Summary: k.Summary}
		case r.Key == keyData:
			var k keptData
			if err := json.Unmarshal([]byte(r.Text), &k); err != nil {
				return s, err
			}
			s.Data = &Data{Files: r.Files, Sample: k.Sample, Summary: k.Summary}
		case r.Key == keyTrain:
			var k keptTraining
			if err := json.Unmarshal([]byte(r.Text), &k); err != nil {
				return s, err
			}
			if len(r.Files) > 0 {
				s.Training.Kept = &Kept{Recipe: k.Recipe, Stage: k.Stage, Step: k.Step, Steps: k.Steps, Curve: k.Curve, File: r.Files[0]}
			}
		default:
			n, err := strconv.Atoi(strings.TrimPrefix(r.Key, keyRun))
			if err != nil {
				return s, err
			}
			var k keptRun
			if err := json.Unmarshal([]byte(r.Text), &k); err != nil {
				return s, err
			}
			byRun[n] = &Result{
				Run: n, Report: k.Report, Receipt: k.Receipt, Recipe: k.Recipe, Quantizers: k.Quantizers, Placed: k.Placed,
				Notes: k.Notes, Seconds: k.Seconds, Curve: k.Curve,
			}
			if len(r.Files) > 0 {
				byRun[n].QDQ = r.Files[0]
			}
			s.last = max(s.last, n)
		}
	}
	if s.Model == nil || s.Data == nil {
		return s, nil
	}
	if k := s.Training.Kept; k != nil {
		k.model, k.data = s.Model, s.Data
	}
	for n := range s.last + 1 { // in the order in which they ran
		if r := byRun[n]; r != nil {
			r.Model, r.Data = s.Model, s.Data
			s.Runs = append(s.Runs, r)
		}
	}
	if s.Result = byRun[desk.Run]; s.Result == nil && len(s.Runs) > 0 {
		s.Result = s.Runs[len(s.Runs)-1]
	}
	return s, nil
}

// changed is what has to be written for what is kept of before to become what is kept of s.
func (s State) changed(before State) KeepRecords {
	var out KeepRecords
	put := func(key string, body any, files []File) {
		text, err := json.Marshal(body)
		if err == nil { // all of it came as JSON
			out.Put = append(out.Put, Record{Key: key, Text: string(text), Files: files})
		}
	}
	if m := s.Model; m != before.Model && m != nil {
		put(keyModel, keptModel{m.Sample, m.Summary}, m.Files)
	}
	if d := s.Data; d != before.Data && d != nil {
		put(keyData, keptData{d.Sample, d.Summary}, d.Files)
	}
	switch k := s.Training.Kept; {
	case k == before.Training.Kept:
	case k == nil:
		out.Drop = append(out.Drop, keyTrain)
	default:
		put(keyTrain, keptTraining{k.Recipe, k.Stage, k.Step, k.Steps, k.Curve}, []File{k.File})
	}
	for _, r := range before.Runs {
		if !slices.Contains(s.Runs, r) {
			out.Drop = append(out.Drop, keyRun+strconv.Itoa(r.Run))
		}
	}
	for _, r := range s.Runs {
		if !slices.Contains(before.Runs, r) {
			var files []File
			if r.QDQ.Size > 0 {
				files = []File{r.QDQ}
			}
			put(keyRun+strconv.Itoa(r.Run), keptRun{r.Report, r.Receipt, r.Recipe, r.Quantizers, r.Placed, r.Notes, r.Seconds, r.Curve}, files)
		}
	}
	if s.Place != before.Place || s.Result != before.Result || s.Layers.Selected != before.Layers.Selected || !sameRecipe(s.Recipe, before.Recipe) {
		desk := keptDesk{Place: s.Place, Recipe: s.Recipe, Selected: s.Layers.Selected}
		if s.Result != nil {
			desk.Run = s.Result.Run
		}
		put(keyDesk, desk, nil)
	}
	return out
}

// keep writes what an action has changed of the work, where the user agreed to it.
func (s State) keep(before State) []Effect {
	if !s.Keep.On || !before.Keep.On {
		return nil
	}
	if c := s.changed(before); len(c.Put)+len(c.Drop) > 0 {
		return []Effect{c}
	}
	return nil
}

// Kept is how many bytes the model, the data and the quantized networks have, which is what keeping them takes.
func (s State) Kept() int64 {
	var n int64
	if s.Model != nil {
		n += total(s.Model.Files)
	}
	if s.Data != nil {
		n += total(s.Data.Files)
	}
	for _, r := range s.Runs {
		n += r.QDQ.Size
	}
	return n
}

func total(files []File) (n int64) {
	for _, f := range files {
		n += f.Size
	}
	return n
}
