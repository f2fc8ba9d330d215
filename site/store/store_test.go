package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// desk is a store with a record of what it asked of the browser.
type desk struct {
	*Store
	effects []Effect
	drawn   int
}

func newDesk() *desk {
	d := &desk{}
	d.Store = New(Initial(), func(e Effect) { d.effects = append(d.effects, e) }, func() { d.drawn++ })
	return d
}

// taken gives the effects since the last call, by name, posts with their kind.
func (d *desk) taken() string {
	var names []string
	for _, e := range d.effects {
		if p, ok := e.(Post); ok {
			names = append(names, "post "+string(p.Message.Kind))
			continue
		}
		names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", e), "store."))
	}
	d.effects = nil
	return strings.Join(names, ", ")
}

// digest is a digest that a receipt accepts.
func digest(c string) string { return strings.Repeat(c, 64) }

func file(path string) File { return File{Path: path, Size: 1} }

// opened drops a model and a folder and lets the core accept both.
func opened(t *testing.T) *desk {
	t.Helper()
	d := newDesk()
	d.Dispatch(Dropped{Files: []File{file("net.onnx"), file("pets/cat/1.png"), file("pets/dog/2.png")}})
	if got, want := d.taken(), "post open, post load"; got != want {
		t.Fatalf("a drop of model and folder: %s, want %s", got, want)
	}
	d.Dispatch(Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{
		Name: "net.onnx", SHA256: digest("a"), Bytes: 1000,
		Inputs: []inspect.Port{{Name: "x", Shape: []int{1, 3, 32, 32}, Batch: true}},
		Nodes:  []inspect.Node{{Name: "conv1"}, {Name: "conv2"}, {Name: "fc"}},
	}}})
	d.Dispatch(Loaded{Job: 2, Data: protocol.Loaded{Data: inspect.Data{Items: 100, Labelled: 100}}})
	d.taken()
	return d
}

// result is a run of job that the store accepts as genuine.
func result(t *testing.T, d *desk, job int) Finished {
	t.Helper()
	r := d.State().Recipe
	sum, err := r.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return Finished{Job: job, Size: 300, QDQ: "handle", Now: 9000, Result: protocol.Result{
		Report: report.Report{
			Accuracy: report.Accuracy{Items: 36, Labelled: 36, Float: 30, Quantized: 29, Agree: 34},
			Size:     report.Size{Float: 1000, Quantized: 270},
			Layers:   []report.Layer{{Name: "fc", Index: 2, SQNR: 18}, {Name: "conv1", SQNR: 30}, {Name: "conv2", Index: 1, SQNR: 25}},
		},
		Receipt: receipt.Receipt{
			Format: receipt.Format, Engine: "test", Model: receipt.Model{SHA256: digest("a"), Bytes: 1000},
			Recipe: r, RecipeDigest: sum,
			Data: receipt.Data{
				Calibration: receipt.Set{Digest: digest("c"), Count: 64},
				Evaluation:  receipt.Set{Digest: digest("e"), Count: 36},
			},
			Digests: receipt.Digests{QParams: digest("1"), Logits: digest("2"), Integer: digest("3")},
			Metrics: receipt.Metrics{N: 36, Labelled: 36, Top1Float: 30, Top1Quant: 29, Top1Integer: 30, Agreement: 34, BytesBefore: 1000, BytesAfter: 270},
		},
	}}
}

// finished is a desk with a result.
func finished(t *testing.T) *desk {
	t.Helper()
	d := opened(t)
	d.Dispatch(Quantize{})
	d.taken()
	d.Dispatch(result(t, d, 3))
	if d.State().Result == nil {
		t.Fatal("no result")
	}
	d.taken()
	return d
}

func TestRunLeadsToInspect(t *testing.T) {
	d := opened(t)
	if why := d.State().Obstacle(); why != "" {
		t.Fatal(why)
	}
	d.Dispatch(Quantize{})
	if got, want := d.taken(), "post run"; got != want {
		t.Fatalf("effects %s, want %s: model and data are already there", got, want)
	}
	if d.State().Obstacle() == "" {
		t.Error("a second run can start while one runs")
	}
	d.Dispatch(Stepped{Job: 3, Step: protocol.Progress{Stage: protocol.StageImport}, Now: 1000})
	d.Dispatch(result(t, d, 3))
	s := d.State()
	if s.Place != AtInspect || d.taken() != "ShowPlace" || s.Result.Seconds != 8 || s.Layers.Selected != "fc" {
		t.Errorf("after the run: at %s, %g s, selected %q", s.Place, s.Result.Seconds, s.Layers.Selected)
	}
	if s.Result.QDQ.Path != "net.qdq.onnx" {
		t.Errorf("the file is called %s", s.Result.QDQ.Path)
	}
	if want := "Top-1 83.3\u202f% → 80.6\u202f% (n = 36)"; !strings.Contains(s.Said, want) {
		t.Errorf("announced %q, want %q in it", s.Said, want)
	}
}

func TestCancelKeepsTheLastResultAndFillsTheNextWorker(t *testing.T) {
	d := finished(t)
	before := d.State().Result
	d.Dispatch(Quantize{})
	d.taken()
	d.Dispatch(Cancel{})
	if got := d.taken(); got != "Restart" {
		t.Fatalf("Cancel did %s", got)
	}
	late := result(t, d, 4)
	late.Result.Report.Accuracy.Agree = 1
	d.Dispatch(late)
	if s := d.State(); s.Result != before || len(s.Jobs) != 0 || s.Model == nil || s.Data == nil {
		t.Error("a cancelled run changed the page")
	}
	d.Dispatch(Quantize{})
	if got, want := d.taken(), "post open, post load, post run"; got != want {
		t.Errorf("the run after a cancel: %s, want %s", got, want)
	}
	d.Dispatch(Opened{Job: 5, Model: protocol.Model{Network: inspect.Network{Name: "other"}}})
	if d.State().Model.Summary.Name != "net.onnx" {
		t.Error("giving the model again replaced it")
	}
}

func TestASamplesRecipeIsTakenWhereItIsTheLesson(t *testing.T) {
	own := Initial().Recipe
	own.Weight.Scheme.Bits, own.Data.Calibration = 3, 7
	for _, whole := range []bool{false, true} {
		d := newDesk()
		d.Dispatch(Sample{Model: file("model.onnx"), Data: file("images.zip"), Recipe: own, Whole: whole})
		if r := d.State().Recipe; r.Data.Calibration != 7 || (r.Weight.Scheme.Bits == 3) != whole {
			t.Errorf("whole %v: %+v", whole, r.Weight)
		}
	}
}

func TestFailedOpenAbandonsWhatWaits(t *testing.T) {
	d := newDesk()
	d.Dispatch(Sample{Model: file("model.onnx"), Data: file("images.zip"), Recipe: Initial().Recipe, Run: true})
	if got, want := d.taken(), "post open, post load, post run"; got != want {
		t.Fatalf("the sample: %s, want %s", got, want)
	}
	d.Dispatch(Failed{Job: 1, Message: "node /conv: truncated"})
	d.Dispatch(Failed{Job: 3, Message: "no model"})
	s := d.State()
	if len(s.Jobs) != 0 || s.Problem == nil || !strings.Contains(s.Problem.Why, "truncated") {
		t.Errorf("jobs %v, problem %+v", s.Jobs, s.Problem)
	}
}

func TestDrops(t *testing.T) {
	for _, c := range []struct {
		name    string
		files   []string
		effects string
		problem string
	}{
		{"external data goes with the model", []string{"net.onnx", "net.onnx.data"}, "post open", ""},
		{"a class list goes with its images", []string{"d/a.jpg", "d/classes.txt"}, "post load", ""},
		{"labels alone", []string{"classes.txt"}, "", "There are only labels."},
		{"a folder with other files is data", []string{"d/a.jpg", "d/readme.md", "d/labels.csv"}, "post load", ""},
		{"an unknown file is for the core to name", []string{"net.pt"}, "post open", ""},
		{"a document is read first", []string{"recipe.json"}, "Sniff", ""},
		{"two models", []string{"a.onnx", "b.onnx"}, "", "Several models were dropped."},
		{"nothing", nil, "", "Nothing was dropped."},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk()
			var files []File
			for _, p := range c.files {
				files = append(files, file(p))
			}
			d.Dispatch(Dropped{Files: files})
			problem := ""
			if p := d.State().Problem; p != nil {
				problem = p.What
			}
			if got := d.taken(); got != c.effects || problem != c.problem {
				t.Errorf("effects %q, problem %q; want %q, %q", got, problem, c.effects, c.problem)
			}
			total := 0
			for _, j := range d.State().Jobs {
				total += len(j.Files)
			}
			if strings.HasPrefix(c.effects, "post") && total != len(c.files) {
				t.Errorf("%d of %d files handed over", total, len(c.files))
			}
		})
	}
}

func TestLabelsJoinTheImages(t *testing.T) {
	d := opened(t)
	names := func() string {
		jobs := d.State().Jobs
		return strings.Join(paths(jobs[len(jobs)-1].Files), " ")
	}
	d.Dispatch(Dropped{Files: []File{file("classes.txt"), file("a.csv")}})
	if got, want := names(), "pets/cat/1.png pets/dog/2.png classes.txt a.csv"; got != want {
		t.Fatalf("loaded %s, want %s", got, want)
	}
	d.Dispatch(Loaded{Job: 3})
	d.Dispatch(Dropped{Files: []File{file("b.csv")}})
	if got, want := names(), "pets/cat/1.png pets/dog/2.png classes.txt b.csv"; got != want {
		t.Errorf("loaded %s, want %s", got, want)
	}
}

func TestDropDuringARunEndsIt(t *testing.T) {
	d := opened(t)
	d.Dispatch(Quantize{})
	d.taken()
	d.Dispatch(Dropped{Files: []File{file("new.onnx")}})
	if got, want := d.taken(), "Restart, post open"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestModelProposesPreprocessing(t *testing.T) {
	d := opened(t)
	if got := phrase.PreprocessName(d.State().Recipe); got != "cifar" {
		t.Errorf("for 3×32×32: %s", got)
	}
	if len(d.State().Past) != 0 {
		t.Error("what the page proposed by itself can be undone")
	}
	d.Dispatch(ChoosePreprocess{"cifar10"})
	d.Dispatch(Dropped{Files: []File{file("other.onnx")}})
	d.Dispatch(Opened{Job: 3, Model: protocol.Model{Network: inspect.Network{Inputs: []inspect.Port{{Shape: []int{1, 3, 32, 32}}}}}})
	if got := phrase.PreprocessName(d.State().Recipe); got != "cifar10" {
		t.Errorf("a choice that fits was replaced by %s", got)
	}
}

func TestModelProposesTheClassOffset(t *testing.T) {
	d := opened(t)
	open := func(classes int) int {
		d.Dispatch(Dropped{Files: []File{file("other.onnx")}})
		d.Dispatch(Opened{Job: d.State().Jobs[0].ID, Model: protocol.Model{Network: inspect.Network{Outputs: []inspect.Port{{Shape: []int{1, classes}}}}}})
		return d.State().Recipe.Data.ClassOffset
	}
	for _, c := range []struct{ classes, want int }{{10, 0}, {1001, 1}, {1000, 0}} {
		if got := open(c.classes); got != c.want {
			t.Errorf("%d answers: offset %d, want %d", c.classes, got, c.want)
		}
	}
}

func TestCrash(t *testing.T) {
	d := newDesk()
	d.Dispatch(Crash{"404"})
	if got := d.taken(); got != "" {
		t.Errorf("a core that never started was restarted: %s", got)
	}
	d.Dispatch(Dismiss{})
	d.Dispatch(Dropped{Files: []File{file("net.onnx")}})
	if got := d.taken(); got != "" || len(d.State().Jobs) != 0 || d.State().Problem == nil || d.State().Problem.Why != "404" {
		t.Errorf("without an engine a model did %q, %+v", got, d.State().Problem)
	}
	d.Dispatch(Started{protocol.Engine{Threads: 1}})
	d.Dispatch(Crash{"out of memory"})
	if got := d.taken(); got != "Restart" || d.State().Problem == nil {
		t.Errorf("a crash did %q", got)
	}
}

func TestStaleResult(t *testing.T) {
	d := finished(t)
	if d.State().Stale() {
		t.Fatal("a fresh result is stale")
	}
	d.Dispatch(ChooseConfig{"config2"})
	if !d.State().Stale() {
		t.Error("another configuration leaves the result fresh")
	}
	d.Dispatch(ChooseConfig{"config1"})
	if d.State().Stale() {
		t.Error("the same configuration again is another")
	}
}

func TestRowsInBothOrders(t *testing.T) {
	d := finished(t)
	names := func() string {
		var out []string
		for _, l := range d.State().Rows() {
			out = append(out, l.Name)
		}
		return strings.Join(out, " ")
	}
	if got := names(); got != "fc conv2 conv1" {
		t.Errorf("worst first: %s", got)
	}
	d.Dispatch(OrderLayers{Network: true})
	if got := names(); got != "conv1 conv2 fc" {
		t.Errorf("network order: %s", got)
	}
}

func TestRecipeFileIsWhatWasRun(t *testing.T) {
	d := finished(t)
	d.Dispatch(SaveRecipe{})
	save := d.effects[len(d.effects)-1].(Save)
	var got, want any
	if err := json.Unmarshal([]byte(save.Text), &got); err != nil {
		t.Fatal(err)
	}
	canonical, err := d.State().Result.Recipe.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(canonical, &want); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("saved %v, ran %v", got, want)
	}
	d.Dispatch(ChooseConfig{"config2"})
	d.Dispatch(TextRead{File: file("recipe.json"), Text: []byte(save.Text)})
	if s := d.State(); s.Problem != nil || s.Recipe.Name != "config1" || s.Stale() {
		t.Errorf("read again: %+v, recipe %s", s.Problem, s.Recipe.Name)
	}
}
