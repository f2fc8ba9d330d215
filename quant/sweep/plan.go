// Package sweep runs models × recipes × seeds: a plan becomes rows, a row becomes a receipt, and the receipts become a
// report. A row goes in steps that can run anywhere: it is calibrated once, its evaluation items are run in parts, and
// the answers are put together in the order of the items, so that no receipt depends on how many workers there were or
// which of them died. Each step keeps what it made in a folder, under the digest of everything that it was made of; what
// is there already is not made again. Who decides where steps run is outside: quant/cmd/sweep, on Apache Beam.
package sweep

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/dataset"
	"github.com/quantscope/quantscope/quant/internal/document"
	"github.com/quantscope/quantscope/quant/recipe"
)

// Format names the document and its version.
const Format = "quantscope-sweep/1"

// Plan is what a user writes. Paths in it are seen from the plan's folder.
type Plan struct {
	Format  string            `json:"format"`
	Models  []Network         `json:"models"`
	Recipes []json.RawMessage `json:"recipes"` // names of presets, paths of recipes, or recipes
	Seeds   []uint64          `json:"seeds"`   // of the split into calibration and evaluation; none: those of the recipes
	Data

	Calibration *int `json:"calibration"` // items that calibrate; without it as the recipes say
	Evaluation  *int `json:"evaluation"`  // items that evaluate, 0 all that are left; without it as the recipes say
	Parts       int  `json:"parts"`       // in which the evaluation items of a row run; 0: four
}

// Network is a model with what is its own.
type Network struct {
	Path        string           `json:"path"`
	Preprocess  string           `json:"preprocess"`  // a known family, its size that of the network; without it as the recipes say
	ClassOffset *int             `json:"classOffset"` // without it as a recipe in a document says, or as the network has answers
	Shapes      map[string][]int `json:"shapes"`      // of inputs, where the file leaves them open
	Data                         // in the place of the plan's
}

// Data are folders, images, .zip, .npy and .npz files, a .csv of labels, a .txt list of classes, and .manifest files, see
// openManifest.
type Data struct {
	Data   []string            `json:"data"`
	Labels dataset.LabelSource `json:"labels"` // auto, folder, prefix, csv, none; empty: auto
}

// Bounds of a plan. What is above them is a slip of the pen.
const (
	maxPlan  = 16 << 20
	maxRows  = 100_000
	maxParts = 10_000
	parts    = 4 // in which items run where a plan says nothing
	mostSeed = 1 << 53
)

// Parse reads a plan and checks all that can be checked without opening what it names. base is the plan's folder, which
// relative paths begin at.
func Parse(doc []byte, base string) (*Plan, error) {
	if len(doc) > maxPlan {
		return nil, fmt.Errorf("the plan has %d bytes; up to %d are read", len(doc), maxPlan)
	}
	var p Plan
	if err := document.Read(doc, &p); err != nil {
		return nil, fmt.Errorf("this is not a plan: %w; quantscope sweep --help shows one", err)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	for i := range p.Models {
		m := &p.Models[i]
		m.Path = from(base, m.Path)
		if len(m.Data.Data) == 0 {
			m.Data = p.Data
		}
		m.Data.Data = slices.Clone(m.Data.Data)
		for k, path := range m.Data.Data {
			m.Data.Data[k] = from(base, path)
		}
		if m.Labels == "" {
			m.Labels = dataset.FromAuto
		}
	}
	if p.Parts == 0 {
		p.Parts = parts
	}
	return &p, nil
}

// from is a path as seen from a folder; links stay as they are.
func from(base, path string) string {
	if remote(path) || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, filepath.FromSlash(path))
}

// remote tells links from paths.
func remote(path string) bool {
	scheme, _, ok := strings.Cut(path, "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, `/\`)
}

func (p *Plan) check() error {
	switch {
	case p.Format != Format:
		return fmt.Errorf("the format is %q; it must be %q", p.Format, Format)
	case len(p.Models) == 0:
		return fmt.Errorf("models is empty: name a network, {\"path\": \"model.onnx\"}")
	case len(p.Recipes) == 0:
		return fmt.Errorf("recipes is empty: name a preset, such as \"config1\", or the path of a recipe")
	case len(p.Models)*len(p.Recipes) > maxRows || len(p.Models)*len(p.Recipes)*max(len(p.Seeds), 1) > maxRows:
		return fmt.Errorf("%d models × %d recipes × %d seeds are more than %d rows", len(p.Models), len(p.Recipes), max(len(p.Seeds), 1), maxRows)
	case p.Parts < 0 || p.Parts > maxParts:
		return fmt.Errorf("parts is %d; it must be 0 to %d", p.Parts, maxParts)
	case p.Calibration != nil && (*p.Calibration < 1 || *p.Calibration > math.MaxInt32):
		return fmt.Errorf("calibration is %d items; it must be 1 or more", *p.Calibration)
	case p.Evaluation != nil && (*p.Evaluation < 0 || *p.Evaluation > math.MaxInt32):
		return fmt.Errorf("evaluation is %d items; it must be 0, for all, or more", *p.Evaluation)
	}
	for i, seed := range p.Seeds {
		if seed > mostSeed {
			return fmt.Errorf("seeds[%d] is %d; receipts hold seeds up to 2^53", i, seed)
		}
	}
	for i, m := range p.Models {
		switch {
		case m.Path == "":
			return fmt.Errorf("models[%d] has no path", i)
		case len(m.Data.Data) == 0 && len(p.Data.Data) == 0:
			return fmt.Errorf("models[%d], %s, has no data, nor has the plan: name folders of images, .zip, .npy or .npz files, or a .manifest", i, m.Path)
		case m.ClassOffset != nil && *m.ClassOffset < 0:
			return fmt.Errorf("models[%d], %s: classOffset is %d; it is a number of classes", i, m.Path, *m.ClassOffset)
		}
		if m.Preprocess != "" {
			if _, err := family(m.Preprocess); err != nil {
				return fmt.Errorf("models[%d], %s: %w", i, m.Path, err)
			}
		}
	}
	return nil
}

// family is a known preprocessing.
func family(name string) (recipe.Preprocess, error) {
	var known []string
	for _, f := range recipe.Families() {
		if f.Name == name {
			return f.Preprocess, nil
		}
		known = append(known, f.Name)
	}
	return recipe.Preprocess{}, fmt.Errorf("there is no preprocessing %q: there are %s", name, strings.Join(known, ", "))
}
