// Package lessons holds the lessons that come with the page, as data: a folder each, with lesson.json for what
// can be seen and turned on each page, and a Markdown file a page for its words. What a page shows is computed
// on the network that is open.
package lessons

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed quantization
var files embed.FS

// Lesson is an ordered list of pages.
type Lesson struct {
	Title string `json:"title"`
	Pages []Page `json:"pages"`
}

// Page is one picture with what can be turned on it.
type Page struct {
	ID       string    `json:"id"` // in the address, and the name of its Markdown file
	Title    string    `json:"title"`
	Picture  Picture   `json:"picture"`
	Controls []Control `json:"controls"` // that a learner may turn
	Start    Setting   `json:"start"`
	Ask      *Question `json:"ask"`  // to be answered before anything moves
	Task     *Task     `json:"task"` // to be done afterwards
	Text     []Block   `json:"-"`
}

// Picture is a kind of picture.
type Picture string

// The pictures.
const (
	Steps    Picture = "steps"    // one number, its code, and the float that stands for the code
	Scales   Picture = "scales"   // a layer's sums, and the line by which they become codes
	Clip     Picture = "clip"     // the values of a layer's input, and what a range does to them
	Zero     Picture = "zero"     // these values over the codes, of which some stand for nothing
	Channels Picture = "channels" // the range of each channel of a weight, and the codes that it gets
	Training Picture = "training" // weights on their way over the codes, and the loss
)

// Pictures are all there are.
func Pictures() []Picture { return []Picture{Steps, Scales, Clip, Zero, Channels, Training} }

// Control is something that can be turned.
type Control string

// The controls.
const (
	Range       Control = "range"       // both ends of the input's range
	Value       Control = "value"       // the number that is looked at
	ZeroPoint   Control = "zeroPoint"   // of the input
	Output      Control = "output"      // upper end of the output's range
	Weights     Control = "weights"     // range that all channels of the weight share
	Granularity Control = "granularity" // one scale for the weight, or one for each channel
	Rate        Control = "rate"        // of learning
	Learn       Control = "learn"       // scales are trained too
	Bits        Control = "bits"        // of what the picture shows
	Scope       Control = "scope"       // which layers are quantized
	Layer       Control = "layer"
)

// Controls are all there are.
func Controls() []Control {
	return []Control{Range, Value, ZeroPoint, Output, Weights, Granularity, Rate, Learn, Bits, Scope, Layer}
}

// Setting is where the controls stand. Shares are of the network's own extremes, so that a setting means
// something on every network.
type Setting struct {
	Bits      int     `json:"bits"`
	Low       float64 `json:"low"`       // share of the least value that the range reaches to
	High      float64 `json:"high"`      // share of the greatest
	Value     float64 `json:"value"`     // place on the axis, from 0 to 1
	Zero      float64 `json:"zero"`      // share of the codes that lie below the zero point
	Output    float64 `json:"output"`    // share of the calibrated range of the output
	Weight    float64 `json:"weight"`    // share of the weight's greatest magnitude
	PerTensor bool    `json:"perTensor"` // one scale for all channels of the weight
	Rate      float64 `json:"rate"`      // of learning
	Learn     bool    `json:"learn"`
	Scope     string  `json:"scope"`
}

// Question is answered by measuring: Set is put in place and Measure read.
type Question struct {
	Ask     string          `json:"ask"`
	Options []Option        `json:"options"`
	Set     json.RawMessage `json:"set"` // of Setting, over Start
	Measure Measure         `json:"measure"`
}

// Option is right if what was measured lies in it, ends included.
type Option struct {
	Text string  `json:"text"`
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// Task is an exercise that is done when everything it wants has been measured at once.
type Task struct {
	Text string `json:"task"`
	Want []Want `json:"want"`
}

// Want is a measure that is to lie in a range, ends included.
type Want struct {
	Measure Measure `json:"measure"`
	From    float64 `json:"from"`
	To      float64 `json:"to"`
}

// Measure is a number that a page's effect has.
type Measure string

// The measures.
const (
	Changed   Measure = "changed"   // items whose first answer is another
	Used      Measure = "used"      // codes that some value became
	Clipped   Measure = "clipped"   // values beyond the range, in percent
	SQNR      Measure = "sqnr"      // of the layer's input, dB
	Saturated Measure = "saturated" // sums beyond the outermost codes, in percent
	Least     Measure = "least"     // codes of the channel that has the fewest
	Back      Measure = "back"      // weights that left a code and came back to it, in percent
	BitsNow   Measure = "bits"      // that the controls stand at
)

// Measures are all there are.
func Measures() []Measure {
	return []Measure{Changed, Used, Clipped, SQNR, Saturated, Least, Back, BitsNow}
}

// BuiltIn is the lesson that ships with the page.
func BuiltIn() Lesson {
	l, err := Read(files, "quantization")
	if err != nil {
		panic(err) // a file of ours, which a test reads
	}
	return l
}

// Read reads the lesson in a folder.
func Read(from fs.FS, folder string) (Lesson, error) {
	var l Lesson
	name := folder + "/lesson.json"
	raw, err := fs.ReadFile(from, name)
	if err != nil {
		return l, err
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return l, fmt.Errorf("%s: %w", name, err)
	}
	seen := map[string]bool{}
	for i, p := range l.Pages {
		if p.ID == "" || seen[p.ID] {
			return l, fmt.Errorf("%s: page %d has the id %q, which is empty or there twice", name, i+1, p.ID)
		}
		seen[p.ID] = true
		if !slices.Contains(Pictures(), p.Picture) {
			return l, fmt.Errorf("%s: page %q has the picture %q: there are %v", name, p.ID, p.Picture, Pictures())
		}
		for _, c := range p.Controls {
			if !slices.Contains(Controls(), c) {
				return l, fmt.Errorf("%s: page %q has the control %q: there are %v", name, p.ID, c, Controls())
			}
		}
		if p.Ask != nil {
			if !slices.Contains(Measures(), p.Ask.Measure) {
				return l, fmt.Errorf("%s: page %q measures %q: there are %v", name, p.ID, p.Ask.Measure, Measures())
			}
			if _, err := p.Asked(); err != nil {
				return l, fmt.Errorf("%s: page %q, what its question sets: %w", name, p.ID, err)
			}
		}
		if p.Task != nil {
			for _, w := range p.Task.Want {
				if !slices.Contains(Measures(), w.Measure) {
					return l, fmt.Errorf("%s: the task of page %q measures %q: there are %v", name, p.ID, w.Measure, Measures())
				}
			}
		}
		text, err := fs.ReadFile(from, folder+"/"+p.ID+".md")
		if err != nil {
			return l, err
		}
		l.Pages[i].Text = Markdown(string(text))
	}
	if len(l.Pages) == 0 {
		return l, fmt.Errorf("%s: there are no pages", name)
	}
	return l, nil
}

// Asked is the setting that the page's question puts in place.
func (p Page) Asked() (Setting, error) {
	s := p.Start
	if len(p.Ask.Set) == 0 {
		return s, nil
	}
	err := json.Unmarshal(p.Ask.Set, &s)
	return s, err
}

// Has tells whether a control is on the page.
func (p Page) Has(c Control) bool { return slices.Contains(p.Controls, c) }

// Index finds a page by its id, -1 for none.
func (l Lesson) Index(id string) int {
	return slices.IndexFunc(l.Pages, func(p Page) bool { return p.ID == id })
}
