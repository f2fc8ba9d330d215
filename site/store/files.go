package store

import (
	"path"
	"slices"
	"strings"

	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// Dropped are files the user dropped or picked, folders walked. Model says that they were picked as a model.
type Dropped struct {
	Files []File
	Model bool
}

func (a Dropped) apply(s State) (State, []Effect) {
	d := sort(a.Files)
	switch {
	case len(a.Files) == 0:
		s.Problem = &Problem{
			What: "Nothing was dropped.",
			Why:  "The browser passed no file to the page; some programs drop a link instead of a file.",
			Next: "Use the button to choose the file.",
		}
		return s, nil
	case len(d.models) > 1:
		s.Problem = &Problem{
			What: "Several models were dropped.",
			Why:  path.Base(d.models[0].Path) + " and " + path.Base(d.models[1].Path) + " are both models.",
			Next: "Drop one model, with its external data files if it has any.",
		}
		return s, nil
	case a.Model && len(d.models) == 0 && len(d.data) > 0 && !slices.ContainsFunc(d.data, packed):
		s.Problem = &Problem{
			What: path.Base(d.data[0].Path) + " is no model.",
			Why:  "It holds images or arrays; a model is a file that ends in " + words(modelExtensions()) + ".",
			Next: "Choose a model here. Images and arrays are chosen under Data, or dropped anywhere.",
		}
		return s, nil
	case len(d.documents) == 1 && len(a.Files) == 1:
		return s, []Effect{Sniff{File: d.documents[0]}}
	}
	s.Problem = nil
	var effects []Effect
	if s.Busy() {
		s, effects = stop(s)
	}
	if len(d.models) == 1 {
		var e []Effect
		s, e = open(s, append(d.models, d.others...), false)
		effects = append(effects, e...)
		d.others = nil
	}
	switch {
	case len(d.data) > 0:
		s, e := load(s, slices.Concat(d.data, d.labels, d.documents, d.others), false)
		return s, append(effects, e...)
	case len(d.labels) > 0 && s.Data != nil:
		s, e := load(s, relabelled(s.Data.Files, d.labels), s.Data.Sample)
		return s, append(effects, e...)
	case len(d.labels) > 0 && len(d.models) == 0 && len(d.others) == 0:
		s.Problem = &Problem{
			What: "There are only labels.",
			Why:  path.Base(d.labels[0].Path) + " names classes, but there are no images yet.",
			Next: "Drop the images, with this file or before it.",
		}
		return s, effects
	case len(d.others) > 0:
		// Not a known extension: the core says what the file is.
		s, e := open(s, d.others, false)
		return s, append(effects, e...)
	}
	return s, effects
}

// packed tells whether other files, a model maybe, are in a file.
func packed(f File) bool { return extension(f) == ".zip" }

// sorted is a drop by what the extensions say.
type sorted struct{ models, data, labels, documents, others []File }

func sort(files []File) sorted {
	var d sorted
	for _, f := range files {
		switch ext := extension(f); {
		case slices.Contains(modelExtensions(), ext):
			d.models = append(d.models, f)
		case slices.Contains(labelExtensions(), ext):
			d.labels = append(d.labels, f)
		case slices.Contains(dataExtensions(), ext):
			d.data = append(d.data, f)
		case ext == ".json":
			d.documents = append(d.documents, f)
		default:
			d.others = append(d.others, f)
		}
	}
	return d
}

// modelExtensions are those of the files that the core reads a network from.
func modelExtensions() []string { return []string{".onnx", ".tflite", ".safetensors", ".pth", ".pt"} }

// ModelFiles are the extensions of models, of their external data, and of archives of both, as a file picker takes them.
func ModelFiles() string {
	return strings.Join(append(modelExtensions(), ".data", ".bin", ".zip"), ",")
}

// words joins a list as a sentence does.
func words(list []string) string {
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// dataExtensions are those of the files that hold images, sounds or arrays.
func dataExtensions() []string {
	return []string{".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".wav", ".pcm", ".zip", ".npy", ".npz"}
}

// labelExtensions are those of tables of labels and of class lists.
func labelExtensions() []string { return []string{".csv", ".txt"} }

// DataExtensions are those of all files that belong to a dataset.
func DataExtensions() []string { return append(dataExtensions(), labelExtensions()...) }

// relabelled are the files of a dataset with other tables of labels and class lists: those of the same
// kind are replaced.
func relabelled(files, labels []File) []File {
	out := slices.DeleteFunc(slices.Clone(files), func(f File) bool {
		return slices.ContainsFunc(labels, func(l File) bool { return extension(l) == extension(f) }) &&
			slices.Contains(labelExtensions(), extension(f))
	})
	return append(out, labels...)
}

func extension(f File) string { return strings.ToLower(path.Ext(f.Path)) }

// open gives the core a model.
func open(s State, files []File, sample bool) (State, []Effect) {
	return enqueue(s, protocol.Open, protocol.OpenRequest{Names: paths(files)}, Job{Files: files, Sample: sample})
}

// load gives the core a dataset.
func load(s State, files []File, sample bool) (State, []Effect) {
	return enqueue(s, protocol.Load, protocol.LoadRequest{Names: paths(files)}, Job{Files: files, Sample: sample})
}

// refill gives a fresh worker the model and the data again.
func refill(s State) (State, []Effect) {
	var effects []Effect
	if !s.held.model && s.Model != nil && !s.has(protocol.Open.Kind) {
		j := Job{Files: s.Model.Files, Sample: s.Model.Sample, Quiet: true}
		var e []Effect
		s, e = enqueue(s, protocol.Open, protocol.OpenRequest{Names: paths(j.Files)}, j)
		effects = append(effects, e...)
	}
	if !s.held.data && s.Data != nil && !s.has(protocol.Load.Kind) {
		j := Job{Files: s.Data.Files, Sample: s.Data.Sample, Quiet: true}
		var e []Effect
		s, e = enqueue(s, protocol.Load, protocol.LoadRequest{Names: paths(j.Files)}, j)
		effects = append(effects, e...)
	}
	return s, effects
}

func (s State) has(k protocol.Kind) bool {
	return slices.ContainsFunc(s.Jobs, func(j Job) bool { return j.Kind == k })
}

func paths(files []File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Path
	}
	return names
}

// Opened says that the core has the model.
type Opened struct {
	Job   int
	Model protocol.Model
}

func (a Opened) apply(s State) (State, []Effect) {
	s, j, known := finish(s, a.Job)
	if !known {
		return s, nil
	}
	s.held.model = true
	if j.Quiet {
		return s, nil
	}
	s.held.run, s.Runs = 0, nil
	s.Model = &Model{Files: j.Files, Sample: j.Sample, Summary: a.Model}
	s.Said = "Opened " + a.Model.Name + "."
	if s.Place == AtClaim {
		return check(s)
	}
	s.Recipe.Preprocess = form.Fit(s.Recipe.Preprocess, a.Model.Network)
	s.Recipe.Data.ClassOffset = form.Offset(s.Recipe.Data.ClassOffset, a.Model.Network)
	return s, nil
}

// Loaded says that the core has the data.
type Loaded struct {
	Job  int
	Data protocol.Loaded
	// Files are those of a model that was among the data, in an archive; none if there was none.
	Files []File
}

func (a Loaded) apply(s State) (State, []Effect) {
	s, j, known := finish(s, a.Job)
	if !known {
		return s, nil
	}
	if a.Data.Items > 0 {
		s.held.data = true
	}
	if j.Quiet {
		return s, nil
	}
	var effects []Effect
	if len(a.Files) > 0 {
		s, effects = open(s, a.Files, false)
	}
	if len(a.Files) > 0 && a.Data.Items == 0 {
		return s, effects
	}
	s.Runs = nil
	s.Data = &Data{Files: j.Files, Sample: j.Sample, Summary: a.Data.Data}
	s.Said = "Loaded the data."
	if s.Place == AtClaim {
		s, e := check(s)
		return s, append(effects, e...)
	}
	if len(a.Files) == 0 && !s.Busy() && (s.Place == AtModel || s.Place == AtData) {
		s.Place = AtData
		return s, append(effects, ShowPlace{AtData})
	}
	return s, effects
}

// AskSample fetches a sample that ships with the page; Run starts the run at once.
type AskSample struct {
	Run    bool
	Folder string // of package samples; empty for the first one
	File   string // the recipe; empty for recipe.json
	Whole  bool   // all of the recipe is taken
}

func (a AskSample) apply(s State) (State, []Effect) { return s, []Effect{FetchSample(a)} }

// Sample is the sample, fetched. Problem is empty if it is there.
type Sample struct {
	Model   File
	Data    File
	Recipe  recipe.Recipe // preprocessing and data settings that its network was trained with
	Run     bool
	Whole   bool // all of Recipe is to be taken
	Problem string
}

func (a Sample) apply(s State) (State, []Effect) {
	if a.Problem != "" {
		s.Problem = &Problem{What: "The built-in sample could not be fetched.", Why: a.Problem, Next: "Reload the page, or drop a model of your own."}
		return s, nil
	}
	s.Problem = nil
	var effects []Effect
	if s.Busy() {
		s, effects = stop(s)
	}
	s, e1 := open(s, []File{a.Model}, true)
	s, e2 := load(s, []File{a.Data}, true)
	effects = append(append(effects, e1...), e2...)
	if s.Place == AtClaim {
		return s, effects
	}
	s.Recipe.Preprocess, s.Recipe.Data = a.Recipe.Preprocess, a.Recipe.Data
	if a.Whole {
		s.Recipe = a.Recipe
	}
	if a.Run {
		s, e3 := start(s)
		return s, append(effects, e3...)
	}
	return s, effects
}
