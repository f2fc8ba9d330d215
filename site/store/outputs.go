package store

import (
	"cmp"
	"slices"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Outputs are the answers of a result beside those of the float network.
type Outputs struct {
	inspect.Outputs
	Wanted   bool // the user wants to see them, of every result
	Twins    TwinsView
	Pictures []string
	Problem  string
	Waiting  bool

	of    *Result
	asked int
}

// ShowOutputs asks for the answers, of this result and of later ones.
type ShowOutputs struct{}

func (ShowOutputs) apply(s State) (State, []Effect) {
	s.Outputs.Wanted = true
	return s, nil
}

// Answered is the core's answer to the question for outputs.
type Answered struct {
	Job      int
	Outputs  inspect.Outputs
	Pictures []string
}

func (a Answered) apply(s State) (State, []Effect) {
	if !s.Outputs.Waiting || a.Job != s.Outputs.asked {
		return s, []Effect{Revoke{a.Pictures}}
	}
	old := s.Outputs.Pictures
	s.Outputs = Outputs{Outputs: a.Outputs, Wanted: true, Twins: s.Outputs.Twins, Pictures: a.Pictures, of: s.Outputs.of}
	s.Said = s.Outputs.Sentence()
	return s, []Effect{Revoke{old}}
}

// Answers are the answers of the result that is shown, false before they are known.
func (s State) Answers() (Outputs, bool) {
	o := s.Outputs
	return o, o.of != nil && o.of == s.Result && !o.Waiting && o.Problem == ""
}

// Answerable tells whether the core still has the network of the result.
func (s State) Answerable() bool {
	return s.Result != nil && !s.Elsewhere() && s.held.run != 0 && s.held.run == s.Result.Run
}

func askOutputs(s State) (State, []Effect) {
	o := s.Outputs
	if !o.Wanted || !s.Answerable() || s.Detail.Waiting || o.of == s.Result {
		return s, nil
	}
	r := s.Result
	return ask(s, protocol.Outputs, protocol.OutputsRequest{Run: r.Run, Recipe: r.Recipe}, func(s *State, number int) {
		s.Outputs.of, s.Outputs.asked, s.Outputs.Waiting, s.Outputs.Problem = r, number, true, ""
	})
}

// Sentence says how many answers change, and to what.
func (o Outputs) Sentence() string {
	if s, are := o.images(); are {
		return s
	}
	if o.Flips == 0 {
		return "The first answer is the same on all " + phrase.Plural(o.Items, "item", "items") + "."
	}
	out := "The first answer changes on " + phrase.Count(int64(o.Flips)) + " of " + phrase.Plural(o.Items, "item", "items")
	lost, won := 0, 0
	for _, c := range o.Cells {
		if c.Label.Index == c.Answer.Index {
			lost, won = lost+max(c.Float-c.Quantized, 0), won+max(c.Quantized-c.Float, 0)
		}
	}
	if len(o.Cells) > 0 {
		out += "; class by class " + phrase.Count(int64(lost)) + " right answers are lost, " + phrase.Count(int64(won)) + " won"
	}
	return out + "."
}

// maxClasses is of how many classes a confusion matrix is drawn.
const maxClasses = 12

// Matrix gives the cells by place in a matrix of the classes that occur; false where they are too many.
func (o Outputs) Matrix() (classes []inspect.Class, at func(label, answer int) inspect.Cell, fits bool) {
	cells := map[[2]int]inspect.Cell{}
	for _, c := range o.Cells {
		for _, class := range []inspect.Class{c.Label, c.Answer} {
			if !slices.ContainsFunc(classes, func(o inspect.Class) bool { return o.Index == class.Index }) {
				classes = append(classes, class)
			}
		}
		cells[[2]int{c.Label.Index, c.Answer.Index}] = c
	}
	slices.SortFunc(classes, func(a, b inspect.Class) int { return a.Index - b.Index })
	return classes, func(label, answer int) inspect.Cell { return cells[[2]int{label, answer}] }, len(classes) > 0 && len(classes) <= maxClasses
}

// Changes are the cells whose counts differ most, at most so many.
func (o Outputs) Changes(most int) []inspect.Cell {
	out := slices.DeleteFunc(slices.Clone(o.Cells), func(c inspect.Cell) bool { return c.Float == c.Quantized })
	size := func(c inspect.Cell) int { return max(c.Float-c.Quantized, c.Quantized-c.Float) }
	slices.SortStableFunc(out, func(a, b inspect.Cell) int { return cmp.Compare(size(b), size(a)) })
	return out[:min(most, len(out))]
}

// Gallery gives each pair its picture, empty where it is none.
func (o Outputs) Gallery() []Flip {
	var out []Flip
	pictures := o.Pictures
	for _, p := range o.Pairs {
		f := Flip{Pair: p, Picture: next(&pictures, p.Width)}
		if p.Twins != nil {
			f.FloatImage, f.QuantizedImage = next(&pictures, p.Twins.Width), next(&pictures, p.Twins.Width)
		}
		out = append(out, f)
	}
	return out
}

// Flip is a pair of answers with the address of the item's picture.
type Flip struct {
	inspect.Pair
	Picture                    string
	FloatImage, QuantizedImage string // addresses of the networks' images, where they answer with some
}

// TwinsView is how two images are compared. The zero value has the divider in the middle.
type TwinsView struct {
	Shown int // which pair
	Aside int // of the divider from the middle, −50 to 50 percent of the width; what is left of it is float's
	Gain  int // of the difference, 0 for the two images
}

// Split is where the divider is, in percent.
func (v TwinsView) Split() int { return 50 + v.Aside }

// Gains are those that a difference is shown with.
func Gains() []int { return []int{1, 2, 4, 8, 16, 32} }

// LookAt changes how two images are compared.
type LookAt struct{ View TwinsView }

func (a LookAt) apply(s State) (State, []Effect) {
	a.View.Aside = min(max(a.View.Aside, -50), 50)
	s.Outputs.Twins = a.View
	return s, nil
}

// images says how near the images are, false where the answers are none.
func (o Outputs) images() (string, bool) {
	if len(o.Pairs) == 0 || o.Pairs[0].Twins == nil {
		return "", false
	}
	least, most := o.Pairs[0].Twins.PSNR, o.Pairs[0].Twins.PSNR
	for _, p := range o.Pairs {
		least, most = min(least, p.Twins.PSNR), max(most, p.Twins.PSNR)
	}
	return "PSNR to float's image " + phrase.Decibels(least) + " to " + phrase.Decibels(most) + " on " + phrase.Plural(len(o.Pairs), "item", "items") + "; the peak is the range of float's values.", true
}
