//go:build js

package view

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/site/samples"
	"github.com/quantscope/quantscope/site/store"
)

func TestSamplesShowWhatTheyCostBeforeTheEngineIsThere(t *testing.T) {
	d := show(t)
	if d.State().Engine != nil {
		t.Fatal("there is an engine")
	}
	cards := document("querySelectorAll", ".sample-cards > li")
	if cards.Length() != len(samples.All()) {
		t.Fatalf("%d cards", cards.Length())
	}
	names(t, "at the start")
	for i, s := range samples.All() {
		card := cards.Index(i).Get("textContent").String()
		for _, r := range s.Runs {
			if r.Items == 0 || r.After == 0 || !strings.Contains(card, sampleCost(s, r)) {
				t.Errorf("%s does not show %s: %s", s.Title, sampleCost(s, r), card)
			}
			d.effects = nil
			d.button(r.Press).Call("click")
			want := store.FetchSample{Run: true, Folder: s.Folder, File: r.File, Whole: r.Whole}
			if len(d.effects) != 1 || d.effects[0] != store.Effect(want) {
				t.Errorf("%s did %+v", r.Press, d.effects)
			}
		}
	}
}

func TestAnAddressThatCannotBeOpenedIsExplainedBesideIt(t *testing.T) {
	d := show(t)
	in := d.one("#model-address")
	in.Set("value", "https://unpkg.com/p/net.onnx")
	event(in, "input")
	d.button("Fetch").Call("click")
	frames()
	if _, asked := d.effects[0].(store.Fetch); !asked || !d.button("Fetching…").Get("disabled").Bool() {
		t.Fatalf("%+v", d.effects)
	}
	d.do(store.ModelFetched{Address: d.State().Fetching})
	if got := d.one(".start-links form [role=alert]").Get("textContent").String(); !strings.Contains(got, "CORS") {
		t.Errorf("beside the field: %s", got)
	}
	if document("querySelector", ".problem").Truthy() {
		t.Error("the banner says it too")
	}
}
