//go:build js

package view

import (
	"syscall/js"
	"testing"

	"github.com/quantscope/quantscope/site/store"
)

// attached counts the event listeners that are added and not taken off again, until the test ends.
func attached(t *testing.T) func() int {
	t.Helper()
	count := 0
	prototype := js.Global().Get("window").Get("EventTarget").Get("prototype")
	for method, by := range map[string]int{"addEventListener": 1, "removeEventListener": -1} {
		original := prototype.Get(method)
		f := js.FuncOf(func(this js.Value, args []js.Value) any {
			count += by
			original.Call("call", this, args[0], args[1])
			return nil
		})
		prototype.Set(method, f)
		t.Cleanup(func() {
			prototype.Set(method, original)
			f.Release()
		})
	}
	return func() int { return count }
}

// TestListenersGoWithTheirElements goes through the places and counts: what a place listened to must not
// stay behind when it is left, and a render must not add to what is there.
func TestListenersGoWithTheirElements(t *testing.T) {
	d := show(t)
	d.open()
	d.run(12)
	count := attached(t)
	round := func() int {
		for _, p := range store.Places() {
			d.do(store.Go{Place: p})
			d.do(store.OpenShare{})
			d.do(store.CloseShare{})
		}
		d.do(store.SelectLayer{Name: "conv3"}, store.SelectLayer{Name: "conv0"})
		return count()
	}
	round() // from Inspect to Export once, so that each round begins and ends at the same place
	want := round()
	for range 3 {
		if got := round(); got != want {
			t.Fatalf("%d listeners more after a round through the places", got-want)
		}
	}
	before := count()
	for range 5 {
		d.do(store.Dismiss{}) // draws the page again, changes nothing
	}
	if count() != before {
		t.Errorf("drawing the same page again added %d listeners", count()-before)
	}
}
