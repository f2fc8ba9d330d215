package store

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/recipe"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// ran answers the run that is under way, and gives what it was asked for.
func ran(t *testing.T, d *desk) recipe.Recipe {
	t.Helper()
	jobs := d.State().Jobs
	if len(jobs) != 1 || jobs[0].Kind != protocol.Run.Kind {
		t.Fatalf("jobs %v, want a run", jobs)
	}
	d.Dispatch(result(t, d, jobs[0].ID))
	d.taken()
	return d.State().Result.Recipe
}

func TestKeepFloatRunsAgainAndUndoShowsTheRunBefore(t *testing.T) {
	d := finished(t)
	first := d.State().Result
	d.Dispatch(SelectLayer{"conv2"})
	d.Dispatch(KeepFloat{"conv2", true})
	if got := d.taken(); got != "post run" {
		t.Fatalf("keeping a layer in float did %s", got)
	}
	if r := ran(t, d); len(r.Overrides) != 1 || r.Overrides[0] != (recipe.Override{Name: "conv2", Float: true}) {
		t.Fatalf("ran with %+v", r.Overrides)
	}
	if s := d.State(); s.Layers.Selected != "conv2" || s.Place != AtInspect || len(s.Runs) != 2 {
		t.Errorf("selected %s, at %s, %d runs", s.Layers.Selected, s.Place, len(s.Runs))
	}
	d.Dispatch(Undo{})
	if s := d.State(); s.Result != first || s.Stale() || len(s.Recipe.Overrides) != 0 {
		t.Errorf("Undo leaves %+v, stale %v", s.Recipe.Overrides, s.Stale())
	}
	d.Dispatch(Restore{1})
	if s := d.State(); len(s.Result.Recipe.Overrides) != 1 || s.Stale() {
		t.Error("the second run was not restored")
	}
	d.Dispatch(Undo{})
	if len(d.State().Recipe.Overrides) != 0 {
		t.Error("restoring cannot be undone")
	}
}

func TestLayerBits(t *testing.T) {
	d := finished(t)
	d.Dispatch(LayerBits{"fc", 4})
	r := ran(t, d)
	want := r.Weight
	want.Scheme.Bits = 4
	if len(r.Overrides) != 1 || r.Overrides[0].Weight == nil || *r.Overrides[0].Weight != want {
		t.Fatalf("%+v", r.Overrides)
	}
	if which, what := phrase.Tell(r.Overrides[0]); which != "fc" || what != "weights of 4 bits" {
		t.Errorf("told as %s %s", which, what)
	}
	d.Dispatch(ChooseConfig{"config2"})
	if o := d.State().Recipe.Overrides[0].Weight; o.Scheme.Bits != 4 || o.Scheme.Symmetric || o.FakeQuant != "learnable" {
		t.Errorf("another configuration leaves %+v", o)
	}
	d.Dispatch(LayerBits{"fc", 0})
	if d.State().Recipe.Overrides != nil {
		t.Error("the width of the recipe is still an override")
	}
}

func TestAnImpossibleChangeDoesNotRun(t *testing.T) {
	d := finished(t)
	d.Dispatch(ChooseConfig{"nnie"})
	d.taken()
	d.Dispatch(LayerBits{"fc", 5})
	if got := d.taken(); got != "" {
		t.Errorf("an impossible width did %s", got)
	}
	if s := d.State(); !strings.Contains(s.Impossible(), "8") || s.Obstacle() != s.Impossible() {
		t.Errorf("impossible %q, obstacle %q", s.Impossible(), s.Obstacle())
	}
}

func TestAChangeEndsTheRunUnderWay(t *testing.T) {
	d := finished(t)
	d.Dispatch(KeepFloat{"fc", true})
	d.taken()
	d.Dispatch(KeepFloat{"conv1", true})
	if got := d.taken(); got != "Restart, post open, post load, post run" {
		t.Errorf("%s", got)
	}
}

func TestRules(t *testing.T) {
	d := opened(t)
	d.Dispatch(AddOverride{Rule{By: "op", Text: recipe.DepthwiseConv}})
	d.Dispatch(AddOverride{Rule{By: "pattern", Text: "conv*", Bits: 6}})
	d.Dispatch(AddOverride{Rule{By: "pattern", Text: "conv*", Bits: 5}})
	d.Dispatch(AddOverride{Rule{By: "name"}})
	var told []string
	for _, o := range d.State().Recipe.Overrides {
		which, what := phrase.Tell(o)
		told = append(told, which+" "+what)
	}
	if got := strings.Join(told, ", "); got != "every DepthwiseConv kept in float, names like conv* weights of 5 bits, per channel" {
		t.Error(got)
	}
	d.Dispatch(RemoveOverride{0})
	if len(d.State().Recipe.Overrides) != 1 || d.State().Impossible() != "" {
		t.Errorf("%+v: %s", d.State().Recipe.Overrides, d.State().Impossible())
	}
}

func TestTheSameRecipeIsOneRun(t *testing.T) {
	d := finished(t)
	d.Dispatch(Quantize{})
	ran(t, d)
	if n := len(d.State().Runs); n != 1 {
		t.Errorf("%d runs of one recipe", n)
	}
	d.Dispatch(Dropped{Files: []File{file("other.onnx")}})
	d.Dispatch(Opened{Job: d.State().Jobs[0].ID, Model: protocol.Model{Network: inspect.Network{Name: "other"}}})
	if len(d.State().Runs) != 0 {
		t.Error("the runs of another model stay")
	}
}

func TestEverySettingIsTaken(t *testing.T) {
	d := opened(t)
	find := func(id form.FieldID) form.Choice {
		for _, c := range form.General() {
			if c.ID == id {
				return c
			}
		}
		for _, side := range form.Sides(d.State().Recipe) {
			for _, c := range side.Choices {
				if c.ID == id {
					return c
				}
			}
		}
		t.Fatalf("no setting %s", id)
		return form.Choice{}
	}
	pick := func(id form.FieldID, value string) { d.Dispatch(Pick{find(id), value}) }
	pick("activation-observer", "mse")
	if q := d.State().Recipe.Activation; q.Observer != "mse" || q.EMARatio != 0 || len(form.Sides(d.State().Recipe)[1].Fields) != 1 {
		t.Errorf("%+v", q)
	}
	pick("activation-observer", "ema_mse")
	if q := d.State().Recipe.Activation; q.EMARatio != 0.9 || len(form.Sides(d.State().Recipe)[1].Fields) != 2 {
		t.Errorf("%+v", q)
	}
	pick("weight-bits", "4")
	pick("rule", "onnx")
	for _, side := range form.Sides(d.State().Recipe) {
		for _, toggle := range side.Toggles {
			was := toggle.Get(d.State().Recipe)
			d.Dispatch(Switch{toggle, !was})
			if toggle.Get(d.State().Recipe) == was {
				t.Errorf("%s does not change", toggle.ID)
			}
			d.Dispatch(Undo{})
		}
		for _, c := range side.Choices {
			for _, o := range c.Options {
				if form.Explain(c, o) == "" {
					t.Errorf("%s has no word on %s", c.ID, o)
				}
			}
		}
	}
	s := d.State()
	if why := s.Impossible(); why != "" || !phrase.Changed(s.Recipe) || phrase.Title(s.Recipe) != "Per-channel, changed" {
		t.Errorf("%s, changed %v, %s", why, phrase.Changed(s.Recipe), phrase.Title(s.Recipe))
	}
	pick("weight-observer", "kld")
	if why := d.State().Impossible(); !strings.Contains(why, "perChannel") || d.State().Obstacle() != why {
		t.Errorf("one scale for a tensor and one for each channel: %q", why)
	}
}

func TestExportRunsAgainWhereTheCoreHasForgotten(t *testing.T) {
	d := finished(t)
	d.Dispatch(Export{"openvino"})
	if got := d.taken(); got != "post export" {
		t.Fatalf("export did %s", got)
	}
	d.Dispatch(Exported{Job: 4, File: protocol.File{Name: "net.openvino.onnx"}, Size: 7, Handle: "h"})
	if save := d.effects[0].(Save); save.Name != "net.openvino.onnx" || save.File.Handle != "h" || d.State().Written.Size != 7 {
		t.Errorf("%+v", save)
	}
	before := d.State().Result
	d.Dispatch(Quantize{})
	d.Dispatch(Cancel{})
	d.taken()
	d.Dispatch(Export{"openvino"})
	if got := d.taken(); got != "post open, post load, post run, post export" {
		t.Fatalf("after a restart export did %s", got)
	}
	jobs := d.State().Jobs
	if run := d.State().Result.Run; run != jobs[2].ID {
		t.Errorf("the result is of run %d, the new run is %d", run, jobs[2].ID)
	}
	for _, j := range jobs[:2] {
		d.Dispatch(map[protocol.Kind]Action{protocol.Open.Kind: Opened{Job: j.ID}, protocol.Load.Kind: Loaded{Job: j.ID}}[j.Kind])
	}
	d.Dispatch(result(t, d, jobs[2].ID))
	if s := d.State(); s.Result.Report.Accuracy != before.Report.Accuracy || s.Stale() || len(s.Runs) != 1 || s.Runs[0] != s.Result {
		t.Error("running again for the export changed what is shown")
	}
	d.Dispatch(Failed{Job: jobs[3].ID, Message: "format openvino: no"})
	if p := d.State().Problem; p == nil || !strings.Contains(p.What, "format") {
		t.Errorf("%+v", p)
	}
}

func TestFormatsOfTheBackendComeFirst(t *testing.T) {
	d := finished(t)
	d.Dispatch(Started{protocol.Engine{Formats: []protocol.Format{{Name: "tensorrt", Backend: "tensorrt"}, {Name: "qoperator", Backend: "qdq"}}}})
	if f := d.State().Formats(); len(f) != 2 || f[0].Name != "qoperator" {
		t.Errorf("%v", f)
	}
	d.Dispatch(Quantize{})
	d.Dispatch(Cancel{})
	if len(d.State().Formats()) != 2 {
		t.Error("the list goes while the core starts again")
	}
}

func TestCommand(t *testing.T) {
	d := finished(t)
	if got, want := d.State().Command(), "go run ./quant/cmd/quantscope quantize --recipe recipe.json -o net.qdq.onnx net.onnx pets"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for word, want := range map[string]string{"a b": "'a b'", "it's": `'it'\''s'`, "-o": "'./-o'", "x_1.npy": "x_1.npy"} {
		if got := quoted(word); got != want {
			t.Errorf("%s is quoted as %s, want %s", word, got, want)
		}
	}
	if got := strings.Join(roots([]File{file("a.png"), file("b.png"), file("c.png"), file("d.png"), file("e.png")}), " "); got != "." {
		t.Errorf("single files give %s", got)
	}
	d.Dispatch(CopyCommand{})
	if d.Dispatch(Copied{OK: true}); d.State().Copied != "command" {
		t.Error("copying is not confirmed")
	}
}

// A preset's own overrides come and go with it; a user's stay.
func TestOverridesOfAPreset(t *testing.T) {
	d := finished(t)
	d.Dispatch(AddOverride{Rule{By: "name", Text: "fc"}})
	d.Dispatch(ChooseConfig{"config1-depthwise"})
	r := d.State().Recipe
	if len(r.Overrides) != 2 || r.Overrides[0].Op != recipe.DepthwiseConv || r.Overrides[1].Name != "fc" || r.Weight.Scheme.PerChannel {
		t.Fatalf("%+v", r)
	}
	if which, what := phrase.Tell(r.Overrides[0]); which != "every DepthwiseConv" || what != "weights of 8 bits, per channel" {
		t.Errorf("told as %s: %s", which, what)
	}
	d.Dispatch(ChooseConfig{"config1"})
	if r := d.State().Recipe; len(r.Overrides) != 1 || r.Overrides[0].Name != "fc" || !r.Weight.Scheme.PerChannel {
		t.Errorf("%+v", r)
	}
}
