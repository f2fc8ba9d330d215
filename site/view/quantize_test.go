//go:build js

package view

import (
	"strings"
	"syscall/js"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestEverySettingHasAWordAndSaysWhatIsImpossible(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtQuantize})
	fields := document("querySelectorAll", ".advanced .field, .advanced .check")
	if fields.Length() < 18 {
		t.Fatalf("%d settings", fields.Length())
	}
	for i := range fields.Length() {
		help := fields.Index(i).Call("querySelector", ".help")
		if !help.Truthy() || help.Get("textContent").String() == "" {
			t.Errorf("no word on %s", fields.Index(i).Get("textContent").String())
		}
	}
	in := d.one("#weight-observer")
	in.Set("value", "kld")
	in.Call("dispatchEvent", js.Global().Get("Event").New("change"))
	frames()
	if !strings.Contains(d.one(".impossible").Get("textContent").String(), "perChannel") || !d.button("Quantize").Get("disabled").Bool() {
		t.Error("an impossible setting is not said, or can be run")
	}
	d.button("Undo: weights by histogram (KLD)").Call("click")
	frames()
	if document("querySelector", ".impossible").Truthy() || d.one("#weight-observer").Get("value").String() != "minmax" {
		t.Error("Undo does not give the observer back")
	}
}

func TestBackendsInOneTable(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtQuantize})
	d.button("Compare backends").Call("click")
	frames()
	job := d.State().Jobs[0]
	x := report.Tensor{Name: "x", Scales: 1, Low: -1, High: 1, ZeroLow: 128, ZeroHigh: 128}
	y := x
	y.Low, y.ZeroLow, y.ZeroHigh = -2, 0, 0
	d.do(store.Compared{Job: job.ID, Comparison: protocol.Comparison{Calibrations: []report.Calibration{
		{Recipe: "config1", Tensors: []report.Tensor{x}},
		{Recipe: "snpe", Tensors: []report.Tensor{y}, Float: []string{"fc"}},
		{Recipe: "nnie", Problem: "no logarithm here"},
	}}})
	rows := document("querySelectorAll", ".backends tbody tr")
	if got := rows.Index(0).Get("textContent").String(); got != "snpe1+0, −01 of 11 of 11: fcUse" {
		t.Errorf("the first row is %s", got)
	}
	if got := rows.Index(1).Get("textContent").String(); got != "nnieno logarithm hereUse" {
		t.Errorf("the second row is %s", got)
	}
	d.button("snpe").Call("click")
	frames()
	if got := d.one(".tensors tbody tr").Get("textContent").String(); got != "x−1 … 1−2 … 11280" {
		t.Errorf("the tensor is shown as %s", got)
	}
	names(t, "with the backends")
	d.button("Use").Call("click")
	frames()
	if d.State().Recipe.Name != "snpe" || !d.says("changed since this was compared") {
		t.Errorf("the recipe is %s", d.State().Recipe.Name)
	}
}

func TestPreview(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtData})
	d.do(store.Previewed{Job: d.asked(protocol.Look.Kind), Pictures: []string{"blob:1"}, Preview: protocol.Preview{Inputs: []inspect.Input{
		{Name: "a/1.png", Label: 1, LabelName: "dog", Min: -2, Max: 2.5, Width: 32, Height: 32, Shape: []int{3, 32, 32},
			Answers: []inspect.Answer{{Class: 1, Name: "dog", Share: 0.75}, {Class: 0, Name: "cat", Share: 0.25}}},
		{Name: "b", Label: -1, Shape: []int{7}, Answers: []inspect.Answer{{Class: 3, Name: "3", Share: 1}}},
	}}})
	text := d.one(".preview").Get("textContent").String()
	for _, want := range []string{"right on 1 of these 1 item", "−2 … 2.5", "Label: 1 dog", "75.0\u202f%", "0 cat", "3×32×32", "No label"} {
		if !strings.Contains(text, want) {
			t.Errorf("the preview does not show %q: %s", want, text)
		}
	}
	if d.one(".sight img").Call("getAttribute", "src").String() != "blob:1" || d.one(".answers .right").Get("textContent").String() != "1 dog, the label75.0\u202f%" {
		t.Error("the picture or the right answer is not marked")
	}
	d.do(store.ChoosePreprocess{Name: "imagenet"})
	d.do(store.Failed{Job: d.asked(protocol.Look.Kind), Message: "the crop is 224×224"})
	if !d.says("the crop is 224×224") || document("querySelector", ".problem").Truthy() {
		t.Error("why there is no preview is not said in its place")
	}
}

func TestProgressAndCancel(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtQuantize})
	d.button("Quantize").Call("click")
	job := d.State().Jobs[0].ID
	d.do(store.Stepped{Job: job, Step: protocol.Progress{Stage: "calibrate", Done: 32, Total: 64}, Now: 100})
	bar := d.one("[role=progressbar]")
	if got := bar.Call("getAttribute", "aria-valuenow").String(); got != "15" {
		t.Errorf("the bar is at %s", got)
	}
	if !d.says("Calibrate 32 of 64") {
		t.Error("the stage is not named")
	}
	d.button("Cancel").Call("click")
	frames()
	if document("querySelector", "[role=progressbar]").Truthy() || !d.says("Files stay on this device") {
		t.Error("the bar stays after Cancel")
	}
	if _, ok := d.effects[len(d.effects)-1].(store.Restart); !ok {
		t.Errorf("Cancel did %T", d.effects[len(d.effects)-1])
	}
	if d.button("Quantize").Get("disabled").Bool() {
		t.Error("the button stays disabled after Cancel")
	}
}

func TestFieldShowsWhatIsWrong(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtData})
	in := d.one("#calibration")
	in.Set("value", "many")
	in.Call("dispatchEvent", js.Global().Get("Event").New("change"))
	frames()
	if in.Call("getAttribute", "aria-invalid").String() != "true" || !d.says("Expected a whole number from 1 to") {
		t.Error("a wrong count is not marked")
	}
	in.Set("value", "20")
	in.Call("dispatchEvent", js.Global().Get("Event").New("change"))
	frames()
	if in.Call("getAttribute", "aria-invalid").String() != "false" || d.State().Recipe.Data.Calibration != 20 {
		t.Error("a right count is not taken")
	}
}
