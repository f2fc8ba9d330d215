//go:build js

package view

import (
	"runtime"
	"strconv"
	"strings"
	"syscall/js"
	"testing"

	"github.com/quantscope/quantscope/site/store"
)

func TestEveryPlaceInEveryState(t *testing.T) {
	d := show(t)
	everywhere := func(when string) {
		for _, p := range store.Places() {
			d.do(store.Go{Place: p})
			if here := d.one("[aria-current=page]").Get("textContent").String(); !strings.HasPrefix(here, p.Title()) {
				t.Errorf("%s, at %s: the bar marks %s", when, p, here)
			}
			names(t, when+", at "+string(p))
		}
	}
	everywhere("empty")
	d.open()
	everywhere("with a model")
	d.run(5)
	everywhere("with a result")
	d.do(store.ChooseConfig{Name: "config2"})
	everywhere("with a stale result")
	d.do(store.OpenShare{})
	names(t, "with the dialog")
	d.do(store.CloseShare{}, store.Quantize{})
	d.do(store.Failed{Job: d.State().Jobs[0].ID, Message: "node /conv: shape 3×3"})
	if !d.says("Node /conv: shape 3×3.") {
		t.Error("the problem is not shown")
	}
	everywhere("with a problem")
}

// names checks that every control has a name to speak and every id is there once.
func names(t *testing.T, where string) {
	t.Helper()
	seen := map[string]bool{}
	all := document("querySelectorAll", "[id]")
	for i := range all.Length() {
		id := all.Index(i).Get("id").String()
		if seen[id] {
			t.Errorf("%s: the id %s is there twice", where, id)
		}
		seen[id] = true
	}
	controls := document("querySelectorAll", "button, input, select, a")
	for i := range controls.Length() {
		c := controls.Index(i)
		name := c.Get("textContent").String() + c.Call("getAttribute", "aria-label").String()
		if l := c.Get("labels"); l.Truthy() && l.Length() > 0 {
			name = l.Index(0).Get("textContent").String()
		} else if c.Get("tagName").String() == "INPUT" {
			name = ""
		}
		if strings.TrimSpace(strings.ReplaceAll(name, "<null>", "")) == "" {
			t.Errorf("%s: %s has no name", where, c.Get("outerHTML").String())
		}
	}
}

func TestGoingFromPlaceToPlaceKeepsTheOrder(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtModel})
	d.do(store.Go{Place: store.AtData})
	actions := d.one(".place-head .actions").Get("textContent").String()
	if actions != "Choose a folderChoose filesChoose the recipeQuantize now" {
		t.Errorf("the buttons are %s", actions)
	}
	if n := document("querySelectorAll", "main > section").Length(); n != 1 {
		t.Errorf("%d places are shown", n)
	}
}

func TestAPanicIsShownInItsPlace(t *testing.T) {
	d := show(t)
	d.open()
	d.run(1)
	logged := js.Global().Get("console").Get("error")
	quiet := js.FuncOf(func(js.Value, []js.Value) any { return nil })
	js.Global().Get("console").Set("error", quiet)
	defer func() {
		js.Global().Get("console").Set("error", logged)
		quiet.Release()
	}()
	// A result without its model is a programmer's error: drawing it panics.
	d.State().Result.Model = nil
	d.Dispatch(store.OrderLayers{Network: true})
	frames()
	if !document("querySelector", ".broken").Truthy() || !document("querySelector", ".places").Truthy() {
		t.Error("a panic took the page with it, or was not shown")
	}
}

func TestRendersDoNotLeak(t *testing.T) {
	d := show(t)
	d.open()
	d.run(200)
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for i := range 10 {
		d.do(store.SelectLayer{Name: "conv" + strconv.Itoa(i)})
	}
	before := heap()
	for i := range 100 {
		d.do(store.SelectLayer{Name: "conv" + strconv.Itoa(i%200)})
	}
	if grown := int64(heap()) - int64(before); grown > 2<<20 {
		t.Errorf("100 renders grew the heap by %d bytes", grown)
	}
}
