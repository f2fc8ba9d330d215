// Package samples tells of the samples that ship with the page, with what quantizing them costs: figures that the
// command in measure has measured, so that they can be shown before any engine has been loaded.
package samples

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// Sample is a network with its data, in a folder below /sample.
type Sample struct {
	Folder string // empty for the first one
	Title  string
	About  string
	Images bool // the network's answer is an image, not a class
	Runs   []Run
}

// Run is a recipe to run the sample with, and what came out.
type Run struct {
	File  string // the recipe's, in the sample's folder
	Whole bool   // all of the recipe is taken, not only how the network is fed
	Title string
	Press string // what the button says
	Figures
}

// Figures are what a run cost, on all items that are not calibrated on.
type Figures struct {
	Items     int     `json:"items"`
	Float     int     `json:"float"` // right answers
	Quantized int     `json:"quantized"`
	Agree     int     `json:"agree"`
	Before    int64   `json:"before"` // bytes of the parameters
	After     int64   `json:"after"`
	SQNR      float64 `json:"sqnr"` // of the output beside float's, of images
}

//go:embed figures.json
var figures []byte

// All are the samples in the order of the page.
func All() []Sample {
	list := []Sample{
		{
			Folder: "digits", Title: "Handwritten digits",
			About: "A plain convolutional network. Eight bits cost it next to nothing.",
			Runs:  []Run{{File: "recipe.json", Title: "8 bits, per channel", Press: "Run the digits"}},
		},
		{
			Title: "Ten shapes, depthwise",
			About: "A small MobileNetV2. With few bits and one scale for a whole depthwise weight it collapses.",
			Runs: []Run{
				{File: "recipe.json", Title: "8 bits, per channel", Press: "Run the sample"},
				{File: "collapse.json", Whole: true, Title: "3 bits, one scale per weight", Press: "See it collapse"},
			},
		},
		{
			Folder: "enlarge", Title: "Enlarging pictures", Images: true,
			About: "Image in, image out: twice as wide and high. There is no right answer, only a distance.",
			Runs:  []Run{{File: "recipe.json", Title: "8 bits, per channel", Press: "Run the enlarger"}},
		},
	}
	known, err := read()
	if err != nil {
		panic(err) // a file of ours
	}
	for i, s := range list {
		for k, r := range s.Runs {
			list[i].Runs[k].Figures = known[s.Folder+"/"+r.File]
		}
	}
	return list
}

func read() (map[string]Figures, error) {
	known := map[string]Figures{}
	if err := json.Unmarshal(figures, &known); err != nil {
		return nil, fmt.Errorf("figures.json: %w", err)
	}
	return known, nil
}

// Path is where a file of the sample lies on the server.
func (s Sample) Path(name string) string {
	if s.Folder == "" {
		return "/sample/" + name
	}
	return "/sample/" + s.Folder + "/" + name
}

// In finds the sample of a folder.
func In(folder string) (Sample, error) {
	for _, s := range All() {
		if s.Folder == folder {
			return s, nil
		}
	}
	return Sample{}, fmt.Errorf("there is no sample %q", folder)
}
