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

func TestImagesOfBothNetworks(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	d.do(store.Detailed{Job: d.asked(protocol.Detail.Kind), Detail: protocol.LayerDetail{Done: true}})
	d.button("Compare the answers").Call("click")
	frames()
	pair := func(name string, psnr float64) inspect.Pair {
		return inspect.Pair{Input: inspect.Input{Name: name, Width: 16, Height: 16}, Twins: &inspect.Twins{Width: 32, Height: 32, PSNR: psnr}}
	}
	d.do(store.Answered{Job: d.asked(protocol.Outputs.Kind), Outputs: inspect.Outputs{Items: 9, Pairs: []inspect.Pair{pair("a.png", 30), pair("b.png", 42)}},
		Pictures: []string{"blob:a", "blob:af", "blob:aq", "blob:b", "blob:bf", "blob:bq"}})
	if !d.says("PSNR to float's image 30.0 dB to 42.0 dB on 2 items") {
		t.Error("nothing says how near the images are")
	}
	names(t, "with images")
	hrefs := func() string {
		list, out := document("querySelectorAll", ".twins-stage image"), ""
		for i := range list.Length() {
			out += list.Index(i).Call("getAttribute", "href").String() + " "
		}
		return out
	}
	said := func() string { return d.one(".twins-stage svg").Call("getAttribute", "aria-label").String() }
	if hrefs() != "blob:aq blob:af " || !strings.Contains(said(), "divided at 50 %") {
		t.Errorf("%s, %s", hrefs(), said())
	}
	split := d.one("#twins-split")
	split.Set("value", "20")
	event(split, "input")
	if got := d.one("#twins-left rect").Call("getAttribute", "width").String(); got != "6.40" {
		t.Errorf("a fifth of the width is %s", got)
	}
	for key, want := range map[string]int{"1": 0, "2": 50, "3": 100} {
		options := js.Global().Get("Object").New()
		options.Set("key", key)
		options.Set("bubbles", true)
		split.Call("dispatchEvent", js.Global().Get("KeyboardEvent").New("keydown", options))
		frames()
		if got := d.State().Outputs.Twins.Split(); got != want {
			t.Errorf("%s puts the divider at %d", key, got)
		}
	}
	d.button("Difference").Call("click")
	frames()
	if !strings.Contains(said(), "difference of both images, ×8; PSNR 30.0 dB") || d.one(".twins-stage feFuncR").Call("getAttribute", "slope").String() != "8" {
		t.Errorf("the difference is called %s", said())
	}
	document("querySelectorAll", ".twins-item").Index(1).Call("click")
	frames()
	if hrefs() != "blob:bf blob:bq " {
		t.Errorf("the second item shows %s", hrefs())
	}
}
