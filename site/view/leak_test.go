//go:build js

package view

import (
	"syscall/js"
	"testing"

	"github.com/quantscope/quantscope/site/store"
)

// TestNodesGoWithTheirPlace goes through the places: every node of the page has a number and no other
// node has one, so that what was left is free, with all that it listened to.
func TestNodesGoWithTheirPlace(t *testing.T) {
	d := show(t)
	d.open()
	d.run(12)
	// Pages of other tests may be there too: what counts is that none is added.
	numbered := func() int { return js.Global().Get("vectyDOM").Call("count").Int() }
	shown := func() int {
		walker := document("createTreeWalker", document("querySelector", "body"))
		n := 1
		for walker.Call("nextNode").Truthy() {
			n++
		}
		return n
	}
	others := numbered() - shown()
	for range 3 {
		for _, p := range store.Places() {
			d.do(store.Go{Place: p})
			d.do(store.OpenShare{})
			d.do(store.CloseShare{})
			if more := numbered() - shown() - others; more != 0 {
				t.Fatalf("%d nodes more than the page has, at %s", more, p)
			}
		}
	}
}
