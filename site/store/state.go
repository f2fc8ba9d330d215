package store

import (
	"github.com/quantscope/quantscope/quant/receipt"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Place is one of the six places of the page, or the page of a result link.
type Place string

// The places, in the order of the work; lessons may be taken at any time.
const (
	AtModel    Place = "model"
	AtData     Place = "data"
	AtQuantize Place = "quantize"
	AtInspect  Place = "inspect"
	AtExport   Place = "export"
	AtLearn    Place = "learn"
	AtClaim    Place = "claim" // a result link: /r/<id>
)

// State is the whole page. Actions copy it; what pointers and slices reach is replaced, not written.
type State struct {
	Place       Place
	Engine      *protocol.Engine // nil while the core starts
	NoEngine    string           // why it could not be started
	Threads     int              // that the user wants it to use, 0 for as many as there are cores
	Model       *Model
	Data        *Data
	Recipe      recipe.Recipe
	Past        []Step                  // that Undo goes back, the last one last
	Future      []Step                  // that Redo goes
	Edits       map[form.FieldID]string // texts of fields that are not valid yet
	Typing      Typing
	Jobs        []Job     // what the core works on, in order; the first one runs
	Clock       Clock     // progress of the first job
	Result      *Result   // last good result; survives Cancel and failures
	Against     *Result   // run that the layers are compared with; nil: none
	Runs        []*Result // of the present model and data, the last one last
	Written     Written
	Outputs     Outputs  // answers of the result
	Fits        Fits     // formats of the result
	Times       Times    // of the result's nodes
	Preview     Preview  // of the data as the network takes it
	Adequacy    Adequacy // of the calibration items
	Guard       Guard    // of the preprocessing
	Detail      Detail   // of the selected layer
	WhatIf      WhatIf   // that is tried on it
	Problem     *Problem // what went wrong last; dismissed by the user or the next success
	Fetching    string   // address of the model that is on its way
	Layers      Layers
	Backends    Backends
	Diagnosis   Diagnosis   // of a result
	Improvement Improvement // of its recipe
	Training    Training    // of a result
	Translation Translation // of MQBench's configuration
	Draft       Draft       // of what is to be run next, beside the result
	Mixed       Mixed       // bits for each layer
	Bounds      Bounds      // of a result's integers
	Learn       bool        // a better recipe is looked for among learned roundings too
	Settings    bool        // every setting of the recipe is shown
	Lesson      Lesson
	Share       Share
	Keep        Keep
	Offline     OfflineState
	Keys        bool // the list of shortcuts is open
	Claim       *Claim
	Said        string // for screen readers: the last thing completed
	Copied      string // what was put on the clipboard last: link, command

	foreign EngineFiles // the engine of another release that checks a claim of it; zero for the page's own
	held    struct {
		model, data bool
		run         int // number of the last run, 0 if it has none
	} // what the core in its present worker has been given
	linked  *recipe.Recipe    // that the address had when the page was opened
	copying string            // what is on its way to the clipboard
	formats []protocol.Format // of the last core that answered
	asks    int               // number of the last question, see follow
	last    int               // number of the last job
}

// File is a file the user gave or the page fetched. Handle is the browser's object, never looked into here.
type File struct {
	Path   string // with folders, which may hold labels
	Size   int64
	Handle any
}

// Model is an opened network.
type Model struct {
	Files   []File
	Sample  bool // the one that ships with the page
	Summary protocol.Model
}

// Free tells whether the first dimension, the batch, is free.
func (m *Model) Free() bool { return len(m.Summary.Inputs) > 0 && m.Summary.Inputs[0].Batch }

// Data is a loaded dataset.
type Data struct {
	Files   []File
	Sample  bool
	Summary inspect.Data
}

// Result is a finished run and what it was made from.
type Result struct {
	Run     int // its number
	Report  report.Report
	Receipt receipt.Receipt
	Recipe  recipe.Recipe
	// Quantizers are all there are, in the core's order.
	Quantizers []inspect.Quantizer
	Placed     []inspect.Placed // of each layer, by its place in the network
	Notes      []string         // what was assumed or left out
	Model      *Model
	Data       *Data
	QDQ        File    // the quantized model
	Seconds    float64 // from the press of the button
	Curve      *Curve  // of its training, nil without one
}

// Stale tells whether the model, the data or the recipe changed since the result was made.
func (s State) Stale() bool {
	return s.Result != nil && (s.Result.Model != s.Model || s.Result.Data != s.Data || !sameRecipe(s.Result.Recipe, s.Recipe))
}

// Layers is how the layer table is shown.
type Layers struct {
	NetworkOrder bool // false: worst SQNR first
	Selected     string
	Sheet        bool    // where there is no room beside the table: the detail is open over it
	Table        string  // the plot whose numbers are shown as a table
	Log          bool    // counts on a logarithmic axis
	Graph        bool    // the network as a graph, in the place of the table
	Overlay      Overlay // of the graph
}

// Problem is an error as the page shows it: what failed, why and where, what to do next.
type Problem struct {
	What, Why, Next string
	At              Spot // what was pressed, where that can show it; empty: the banner does
}

// Spot names a control that shows beside itself what went wrong with it.
type Spot string

// AtFormat is the button that downloads a format.
func AtFormat(name string) Spot { return Spot("format " + name) }

// Go shows a place.
type Go struct{ Place Place }

func (a Go) apply(s State) (State, []Effect) {
	s.Place = a.Place
	return s, []Effect{ShowPlace(a)}
}

// ShowKeys opens the list of shortcuts, or closes it.
type ShowKeys struct{ On bool }

func (a ShowKeys) apply(s State) (State, []Effect) {
	s.Keys = a.On
	return s, nil
}

// Dismiss takes the problem away.
type Dismiss struct{}

func (Dismiss) apply(s State) (State, []Effect) {
	s.Problem = nil
	return s, nil
}

// Crash reports that the core's program ended. A core that had started is started again; one that
// never did would only fail again.
type Crash struct{ Why string }

func (a Crash) apply(s State) (State, []Effect) {
	if release := s.Checker(); release != "" {
		s, effects := home(s, protocol.Run.Kind)
		s.Problem = &Problem{
			What: "The engine of release " + release + " stopped.",
			Why:  a.Why,
			Next: "This page uses its own engine again. To check with the older one, run quantscope verify from release " + release + " on the receipt.",
		}
		return s, effects
	}
	if s.Engine == nil {
		s.Jobs = nil
		s.NoEngine = a.Why
		s.Problem = s.noEngine()
		return s, nil
	}
	s, effects := stop(s)
	s.Problem = &Problem{
		What: "The engine stopped unexpectedly.",
		Why:  a.Why,
		Next: "It has been started again, and your files are still here. If it stops again with this model, the model may need more memory than a tab has.",
	}
	return s, effects
}

// noEngine tells why there is no engine: when it fails, and again when it is asked for something.
func (s State) noEngine() *Problem {
	return &Problem{
		What: "The engine could not be started.",
		Why:  s.NoEngine,
		Next: "Reload the page. The engine needs a browser with WebAssembly SIMD: Chrome or Edge 91, Firefox 89, Safari 16.4, or later.",
	}
}
