//go:build js

package view

import (
	"strings"
	"syscall/js"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestResultIsShown(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	for _, want := range []string{"83.3\u202f%", "80.6\u202f%", "−2.8 points", "94.4\u202f%", "1.00 kB", "270 B", "−73\u202f%"} {
		if !d.says(want) {
			t.Errorf("the figures do not show %s", want)
		}
	}
	first := document("querySelector", ".layer-table tbody tr")
	if got := first.Get("textContent").String(); !strings.Contains(got, "conv0") || !strings.Contains(got, "10.0 dB") {
		t.Errorf("the worst layer is not the first row: %s", got)
	}
	for _, want := range []string{"Simulation29 of 36−2.8 points", "Integer engine28 of 36−5.6 points", "Integer and simulation35 of 3697.2"} {
		if got := d.one(".figures").Get("textContent").String(); !strings.Contains(got, want) {
			t.Errorf("the two numbers do not show %q: %s", want, got)
		}
	}
	if got := first.Call("querySelector", ".integers").Get("textContent").String(); got != "9.0 dB" {
		t.Errorf("the integer engine at the layer: %s", got)
	}
	if got := d.one(".two-numbers").Get("textContent").String(); !strings.Contains(got, "one item is 2.8 points") || !strings.Contains(got, "1 of 1 step runs on integers; one gives other numbers") || !strings.Contains(got, "Most at conv0, 0.40\u202f%") {
		t.Errorf("the difference is explained as %s", got)
	}
	detail := d.one(".detail").Get("textContent").String()
	for _, want := range []string{"uint8, 0 to 255", "0.125", "128", "−16 … 15.875", "one for each channel"} {
		if !strings.Contains(detail, want) {
			t.Errorf("the detail does not show %q: %s", want, detail)
		}
	}
}

func TestLayerPlots(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	if !d.says("Looking into the layer…") {
		t.Error("nothing says that the layer is being looked into")
	}
	asked := d.asked(protocol.Detail.Kind)
	answer := protocol.LayerDetail{Layer: inspect.Layer{Tensor: "x", Weight: &inspect.Weight{
		Elements: 4, Low: -128, High: 127, Float: []int{1, 2, 1}, Codes: make([]int, 256), Used: 3,
		Channels: []inspect.Channel{{Min: -1, Max: 1, Low: -64, High: 63, Used: 2}, {Min: -2, Max: 2, Low: -32, High: 31.75, Used: 1}},
	}}}
	answer.Weight.Codes[7] = 4
	d.do(store.Detailed{Job: asked, Detail: answer})
	answer.Input, answer.Done = &inspect.Activation{Items: 8, Elements: 100, Max: 40, Above: 1, High: 31, Low: -16}, true
	d.do(store.Detailed{Job: asked, Detail: answer})
	for selector, sentence := range map[string]string{
		".plot-weight":   "4 weights use 3 of 256 codes, none clipped",
		".plot-channels": "2 channels; channel 1 is the widest, up to 2, 2× the narrowest, channel 0; channel 1 uses the fewest codes, 1.",
		".plot-input":    "1.0\u202f% outside.",
	} {
		if got := d.one(selector + " figcaption").Get("textContent").String(); !strings.Contains(got, sentence) {
			t.Errorf("%s says %s", selector, got)
		}
		if got := d.one(selector+" svg").Call("getAttribute", "aria-label").String(); !strings.Contains(got, sentence) {
			t.Errorf("the picture %s is called %s", selector, got)
		}
	}
	d.one(".plot-weight button[aria-expanded]").Call("click")
	frames()
	if n := document("querySelectorAll", ".plot-table tbody tr").Length(); n != 256 {
		t.Errorf("%d rows of codes", n)
	}
	names(t, "with a table")
	d.effects = nil
	d.button("Save SVG of Channels").Call("click")
	if e, ok := d.effects[0].(store.SavePicture); !ok || e.Name != "conv0.channels.svg" || !document("querySelector", e.Selector).Truthy() {
		t.Errorf("Save SVG did %#v", d.effects[0])
	}
	d.effects = nil
	d.button("Save CSV of Channels").Call("click")
	if save, ok := d.effects[0].(store.Save); !ok || save.Name != "conv0.channels.csv" || !strings.HasPrefix(save.Text, "channel,least") {
		t.Errorf("Save CSV did %#v", d.effects[0])
	}
	d.do(store.SelectLayer{Name: "conv1"})
	if document("querySelector", ".plot").Truthy() {
		t.Error("the plots of the layer before stay")
	}
}

func TestArrowKeysGoFromLayerToLayer(t *testing.T) {
	d := show(t)
	d.open()
	d.run(4)
	press := func(key string) {
		options := js.Global().Get("Object").New()
		options.Set("key", key)
		options.Set("bubbles", true)
		document("querySelector", "tr.selected button").Call("dispatchEvent", js.Global().Get("KeyboardEvent").New("keydown", options))
		frames()
	}
	for _, c := range []struct{ key, want string }{
		{"ArrowDown", "conv1"}, {"ArrowDown", "conv2"}, {"ArrowUp", "conv1"}, {"a", "conv1"}, {"ArrowUp", "conv0"}, {"ArrowUp", "conv0"},
	} {
		press(c.key)
		if got := d.one("tr.selected .layer-name").Get("textContent").String(); got != c.want {
			t.Errorf("%s leads to %s, want %s", c.key, got, c.want)
		}
	}
}

func TestALayerIsKeptInFloatAndTheRunsAreListed(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	if document("querySelector", ".runs").Truthy() {
		t.Error("one run is listed")
	}
	d.button("Keep in float").Call("click")
	d.finish(3)
	if n := document("querySelectorAll", ".runs tbody tr").Length(); n != 2 {
		t.Fatalf("%d runs are listed", n)
	}
	if got := d.one(".runs tr.selected").Get("textContent").String(); !strings.Contains(got, "2. conv0 kept in float") {
		t.Errorf("the run is called %s", got)
	}
	if got := d.one(".plot-trade svg").Call("getAttribute", "aria-label").String(); !strings.HasPrefix(got, "2 runs by size and top-1: smallest is run 1, 270 B at 80.6") {
		t.Errorf("the picture of the runs is called %s", got)
	}
	d.effects = nil
	d.button("Save CSV of the runs").Call("click")
	if e, ok := d.effects[0].(store.Save); !ok || !strings.Contains(e.Text, "\r\n2,conv0 kept in float,36,30,29,28,36,34,270\r\n") {
		t.Errorf("Save CSV did %#v", d.effects[0])
	}
	names(t, "with two runs")
	d.button("Quantize it again")
	d.button("Show run 1").Call("click")
	frames()
	if got := d.one(".runs tr.selected .run-name").Get("textContent").String(); got != "1. Per-channel" {
		t.Errorf("shown is %s", got)
	}
	d.button("Keep in float")
	d.do(store.Go{Place: store.AtQuantize}, store.AddOverride{Rule: store.Rule{By: "op", Text: "Gemm", Bits: 4}})
	if got := d.one(".rules li").Get("textContent").String(); !strings.HasPrefix(got, "every Gemmweights of 4 bits") {
		t.Errorf("the rule is told as %s", got)
	}
	d.button("Remove").Call("click")
	frames()
	if document("querySelector", ".rules").Truthy() {
		t.Error("the rule stays")
	}
}

func TestSelectingALayerDrawsTwoRows(t *testing.T) {
	d := show(t)
	d.open()
	d.run(50)
	rows := document("querySelectorAll", ".layer-table tbody tr")
	rows.Index(7).Call("querySelector", "button").Call("click")
	frames()
	if got := d.one(".layer-table tr.selected .layer-name").Get("textContent").String(); got != "conv7" {
		t.Errorf("selected %s", got)
	}
	if got := d.one(".detail h2").Get("textContent").String(); got != "conv7" {
		t.Errorf("the detail shows %s", got)
	}
	d.button("Network order").Call("click")
	frames()
	if n := document("querySelectorAll", ".layer-table tbody tr").Length(); n != 50 {
		t.Errorf("%d rows after sorting, want 50", n)
	}
}
