//go:build js

package view

import (
	"strings"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

func TestWhatIf(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	d.do(store.Detailed{Job: d.asked(protocol.Detail.Kind), Detail: protocol.LayerDetail{Done: true}})
	d.button("What if…").Call("click")
	frames()
	before := inspect.Likeness{Items: 16, Agree: 15, Labelled: 16, Right: 14, SQNR: 30}
	tried := func(done bool) {
		fit := &inspect.Fitted{Min: -2, Max: 2, Bins: []int{1, 5, 1}, Elements: 7, Low: -1, High: 1, Codes: 256, Used: 5, Clipped: 2, SQNR: 12}
		a := protocol.Tried{Tried: inspect.Tried{Weight: fit, Input: fit, Before: &before}, Done: done}
		if done {
			a.Network = &inspect.Likeness{Items: 16, Agree: 9, Labelled: 16, Right: 8, SQNR: 7}
		}
		d.do(store.TriedOut{Job: d.asked(protocol.WhatIf.Kind), Tried: a})
	}
	tried(true)
	names(t, "with what if")
	handle := d.one("#whatif-weight-high")
	if got := handle.Call("getAttribute", "aria-valuetext").String(); got != "1, 28.6\u202f% clipped" {
		t.Errorf("the handle says %q", got)
	}
	d.effects = nil
	handle.Set("value", "150") // of −2 … 2
	event(handle, "input")
	if c := d.State().WhatIf.Change.Weight; c == nil || c.Range == nil || *c.Range != [2]float32{-1, 1} {
		t.Fatalf("dragging gave %+v", c)
	}
	handle.Set("value", "175")
	event(handle, "input")
	if got := d.one(".whatif-side[aria-label=Weight] svg[role=img]").Call("getAttribute", "aria-label").String(); !strings.HasSuffix(got, "range −1.5 … 1.5.") {
		t.Errorf("before the engine answers the picture says %s", got)
	}
	tried(false)
	if got := d.one(".whatif-network").Get("textContent").String(); !strings.Contains(got, "Right14 of 16…") {
		t.Errorf("while the network is measured: %s", got)
	}
	tried(false) // of the last place
	tried(true)
	if got := d.one(".whatif-network").Get("textContent").String(); !strings.Contains(got, "Right14 of 168 of 16") || !strings.Contains(got, "30.0 dB7.0 dB") {
		t.Errorf("the network: %s", got)
	}
	if !d.button("Apply and quantize").Get("disabled").Bool() {
		t.Error("a range alone can be applied")
	}
	low := d.one("#whatif-input-low")
	low.Set("value", "75")
	event(low, "input")
	if c := d.State().WhatIf.Change.Input; c == nil || c.Range == nil || *c.Range != [2]float32{-0.5, 1} {
		t.Errorf("the input's lower end: %+v", c)
	}
	d.button("Reset").Call("click")
	frames()
	if d.State().WhatIf.Change != (inspect.WhatIf{}) {
		t.Error("Reset leaves a change")
	}
	bits := d.one("#whatif-weight-bits")
	bits.Set("value", "4")
	event(bits, "change")
	if d.button("Apply and quantize").Get("disabled").Bool() {
		t.Error("4 bits cannot be applied")
	}
}
