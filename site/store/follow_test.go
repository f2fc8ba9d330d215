package store

import (
	"encoding/json"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/site/form"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestPreviewFollowsTheSettings(t *testing.T) {
	d := opened(t)
	if s := d.State(); s.Place != AtData || !s.Preview.Waiting {
		t.Fatalf("at %s, waiting %v", s.Place, s.Preview.Waiting)
	}
	first := d.State().Preview.asked
	d.Dispatch(ChoosePreprocess{"cifar10"})
	if got := d.taken(); got != "post preview" {
		t.Fatalf("another preprocessing did %s", got)
	}
	d.Dispatch(Previewed{Job: first, Pictures: []string{"blob:old"}})
	if got := d.taken(); got != "Revoke" || !d.State().Preview.Waiting {
		t.Errorf("an answer to the question before was taken: %s", got)
	}
	answer := Previewed{Job: d.State().Preview.asked, Pictures: []string{"blob:1"}, Preview: protocol.Preview{Inputs: []inspect.Input{{Width: 1, Label: -1}}}}
	d.Dispatch(answer)
	if p := d.State().Preview; p.Waiting || len(p.Pair()) != 1 || p.Pair()[0].Picture != "blob:1" {
		t.Errorf("%+v", p)
	}
	d.taken()
	d.Dispatch(Edit{Field: form.DataFields()[0], Text: "20"})
	d.Dispatch(Go{AtModel})
	d.Dispatch(Go{AtData})
	if got := d.taken(); got != "ShowPlace, ShowPlace" {
		t.Errorf("asked again for what is the same: %s", got)
	}
	d.Dispatch(Edit{Field: form.PreprocessFields()[0], Text: "many"})
	if got := d.taken(); got != "" {
		t.Errorf("a setting that is not valid yet did %s", got)
	}
	d.Dispatch(Edit{Field: form.PreprocessFields()[0], Text: "40"})
	d.Dispatch(Failed{Job: d.State().Preview.asked, Message: "too small for a crop"})
	if s := d.State(); s.Preview.Problem != "too small for a crop" || s.Problem != nil || s.Preview.Waiting {
		t.Errorf("%+v, problem %+v", s.Preview, s.Problem)
	}
}

func TestPreviewIsAskedAgainAfterARunCameBetween(t *testing.T) {
	d := opened(t)
	d.Dispatch(Quantize{})
	d.Dispatch(Cancel{})
	if got := d.taken(); got != "post run, Restart, post open, post load, post preview" {
		t.Errorf("%s: the core dropped the first question for the run", got)
	}
}

func TestDetailCarriesTheQParams(t *testing.T) {
	d := opened(t)
	d.Dispatch(Quantize{})
	f := result(t, d, 3)
	f.Result.Report.Layers = []report.Layer{{Name: "conv1", SQNR: 30}, {Name: "relu", Index: 1, SQNR: 40}}
	f.Result.Quantizers = []inspect.Quantizer{{Name: "w", Weight: true, Params: scheme.QParams{Scale: []float32{1}, QMax: 7}}}
	f.Result.Placed = []inspect.Placed{{Weight: 0, Input: -1}, {Weight: -1, Input: -1}}
	d.taken()
	d.Dispatch(f)
	if got := d.taken(); got != "ShowPlace, post detail" {
		t.Fatal(got)
	}
	d.Dispatch(SelectLayer{"relu"})
	if d.taken() != "" || d.State().Detail.Waiting {
		t.Error("asked about a layer without quantizers")
	}
	d.Dispatch(SelectLayer{"conv1"})
	var b protocol.DetailRequest
	if err := json.Unmarshal(d.effects[0].(Post).Message.Body, &b); err != nil {
		t.Fatal(err)
	}
	if b.Layer != 0 || b.Weight == nil || b.Weight.QMax != 7 || b.Input != nil || b.Recipe.Name != "config1" {
		t.Errorf("%+v", b)
	}
	asked := d.State().Detail.asked
	d.Dispatch(Detailed{Job: asked, Detail: protocol.LayerDetail{Layer: inspect.Layer{Weight: &inspect.Weight{Used: 3}}}})
	if s := d.State().Detail; s.Weight.Used != 3 || !s.Waiting {
		t.Errorf("after the first half: %+v", s)
	}
	d.Dispatch(Detailed{Job: asked, Detail: protocol.LayerDetail{Done: true}})
	if d.State().Detail.Waiting {
		t.Error("waiting for an answer that is complete")
	}
	d.taken()
	d.Dispatch(Dropped{Files: []File{file("other.onnx")}})
	d.Dispatch(Opened{Job: 4, Model: protocol.Model{Network: inspect.Network{Name: "other"}}})
	d.Dispatch(SelectLayer{"relu"})
	d.Dispatch(SelectLayer{"conv1"})
	if got := d.taken(); got != "post open" || !d.State().Elsewhere() {
		t.Errorf("looked into a layer of another model: %s", got)
	}
}

func TestPreviewSentence(t *testing.T) {
	in := func(label, answer int) inspect.Input {
		return inspect.Input{Label: label, Answers: []inspect.Answer{{Class: answer}}}
	}
	for _, c := range []struct {
		inputs []inspect.Input
		want   string
	}{
		{[]inspect.Input{in(1, 1), in(2, 1), in(-1, 1)}, "The float network is right on 1 of these 2 items."},
		{[]inspect.Input{in(1, 0)}, "The float network is right on none of these 1 item: the preprocessing or the class offset is probably not what it was trained with."},
		{[]inspect.Input{in(-1, 0)}, "Are these first answers plausible? If not, the preprocessing is probably not what the network was trained with."},
	} {
		if got := (Preview{Inputs: c.inputs}).Sentence(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
