// Package form is a recipe as a form: what can be set, under which names, what may be typed, and which
// presets there are. It works on recipes alone; package store keeps the one that is being filled in.
package form

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/quantscope/quantscope/quant/recipe"
)

// FieldID names a setting of the recipe; it is the id of its input in the page too.
type FieldID string

// Field is a setting that is typed in. Get writes it, Set reads what the user typed into the recipe
// or says what is expected.
type Field struct {
	ID    FieldID
	Label string
	Help  string
	Wide  bool // takes the room of two
	Get   func(recipe.Recipe) string
	Set   func(*recipe.Recipe, string) error
}

// DataFields say which items calibrate and which evaluate.
func DataFields() []Field {
	return []Field{
		count("calibration", "Calibration items", "How many items set the ranges of the activations.", 1, 100000,
			func(r *recipe.Recipe) *int { return &r.Data.Calibration }),
		count("batch", "Batch", "Items per observer update; the moving average counts batches.", 1, 1024,
			func(r *recipe.Recipe) *int { return &r.Data.Batch }),
		count("evaluation", "Evaluation items", "0 takes all remaining items.", 0, 1000000,
			func(r *recipe.Recipe) *int { return &r.Data.Evaluation }),
		{
			ID: "seed", Label: "Seed", Help: "Seed of the split; the same seed picks the same items.",
			Get: func(r recipe.Recipe) string { return strconv.FormatUint(r.Data.Seed, 10) },
			Set: func(r *recipe.Recipe, text string) error {
				n, err := strconv.ParseUint(text, 10, 53)
				if err != nil {
					return errors.New("a whole number from 0 to 2⁵³")
				}
				r.Data.Seed = n
				return nil
			},
		},
		count("offset", "Class offset", "1 for networks with a background class before the others.", 0, 1000,
			func(r *recipe.Recipe) *int { return &r.Data.ClassOffset }),
	}
}

// PreprocessFields say how an image becomes the network's input.
func PreprocessFields() []Field {
	return []Field{
		count("resize", "Resize", "Shorter side in pixels before the crop; 0 for no resizing.", 0, 8192,
			func(r *recipe.Recipe) *int { return &r.Preprocess.Resize }),
		count("width", "Width", "Side of the centre crop in pixels; 0 for the size of the network's input.", 0, 8192,
			func(r *recipe.Recipe) *int { return &r.Preprocess.Width }),
		count("height", "Height", "Side of the centre crop in pixels; 0 for the size of the network's input.", 0, 8192,
			func(r *recipe.Recipe) *int { return &r.Preprocess.Height }),
		{
			ID: "scale", Label: "Scale", Help: "The 8-bit value is multiplied by this first: 1/255, or 1.",
			Get: func(r recipe.Recipe) string { return writeScale(r.Preprocess.Scale) },
			Set: func(r *recipe.Recipe, text string) error {
				x, err := readScale(text)
				r.Preprocess.Scale = x
				return err
			},
		},
		channels("mean", "Mean", "Subtracted after scaling; one per channel.",
			func(r *recipe.Recipe) *[]float32 { return &r.Preprocess.Mean }, false),
		channels("std", "Std", "Divided by at the end; one per channel.",
			func(r *recipe.Recipe) *[]float32 { return &r.Preprocess.Std }, true),
	}
}

// Choice is a setting picked from a list.
type Choice struct {
	ID      FieldID
	Label   string
	Options []string
	Get     func(recipe.Recipe) string
	Set     func(*recipe.Recipe, string)
}

// PreprocessChoices are the settings of preprocessing that are picked.
func PreprocessChoices() []Choice {
	return []Choice{
		{"channels", "Channels", []string{"rgb", "bgr", "gray"},
			func(r recipe.Recipe) string { return r.Preprocess.Channels },
			func(r *recipe.Recipe, v string) { r.Preprocess.Channels = v }},
		{"layout", "Layout", []string{"nchw", "nhwc"},
			func(r recipe.Recipe) string { return r.Preprocess.Layout },
			func(r *recipe.Recipe, v string) { r.Preprocess.Layout = v }},
	}
}

func count(id FieldID, label, help string, least, most int, at func(*recipe.Recipe) *int) Field {
	return Field{
		ID: id, Label: label, Help: help,
		Get: func(r recipe.Recipe) string { return strconv.Itoa(*at(&r)) },
		Set: func(r *recipe.Recipe, text string) error {
			n, err := strconv.Atoi(text)
			if err != nil || n < least || n > most {
				return fmt.Errorf("a whole number from %d to %d", least, most)
			}
			*at(r) = n
			return nil
		},
	}
}

func channels(id FieldID, label, help string, at func(*recipe.Recipe) *[]float32, positive bool) Field {
	return Field{
		ID: id, Label: label, Help: help, Wide: true,
		Get: func(r recipe.Recipe) string {
			words := make([]string, len(*at(&r)))
			for i, x := range *at(&r) {
				words[i] = strconv.FormatFloat(float64(x), 'g', -1, 32)
			}
			return strings.Join(words, ", ")
		},
		Set: func(r *recipe.Recipe, text string) error {
			words := strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' || c == ';' })
			if len(words) != 1 && len(words) != 3 {
				return errors.New("one number or three, with commas between")
			}
			xs := make([]float32, len(words))
			for i, w := range words {
				x, err := strconv.ParseFloat(w, 32)
				if err != nil || x-x != 0 || positive && x <= 0 {
					return errors.New(map[bool]string{false: "finite numbers", true: "numbers above 0"}[positive])
				}
				xs[i] = float32(x)
			}
			*at(r) = xs
			return nil
		},
	}
}

// writeScale shows the reciprocals of whole numbers as fractions, as people think of them.
func writeScale(x float32) string {
	for _, n := range []float32{255, 256, 127.5} {
		if x == 1/n {
			return "1/" + strconv.FormatFloat(float64(n), 'g', -1, 32)
		}
	}
	return strconv.FormatFloat(float64(x), 'g', -1, 32)
}

func readScale(text string) (float32, error) {
	wrong := errors.New("a number above 0, or a fraction such as 1/255")
	over, under, fraction := strings.Cut(text, "/")
	x, err := strconv.ParseFloat(strings.TrimSpace(over), 32)
	if err != nil {
		return 0, wrong
	}
	y := 1.0
	if fraction {
		if y, err = strconv.ParseFloat(strings.TrimSpace(under), 32); err != nil {
			return 0, wrong
		}
	}
	s := float32(x) / float32(y)
	if !(s > 0) || s-s != 0 {
		return 0, wrong
	}
	return s, nil
}
