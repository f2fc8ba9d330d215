//go:build js

// Command site is the page: it joins store, view and browser and runs until the tab is closed.
package main

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/browser"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/site/view"
)

func main() {
	b := browser.New()
	page := &view.Page{}
	drawn := false
	shown := ""
	s := store.New(store.Initial(), b.Perform, func() {
		if drawn {
			vecty.Rerender(page)
		}
		if fragment := page.Store.Fragment(); fragment != shown {
			if shown = fragment; drawn {
				b.ShowFragment(page.Store.State().Place, shown)
			}
		}
		browser.SetTitle(view.Title(page.Store.State()))
	})
	page.Store = s
	b.Dispatch, b.Fragment = s.Dispatch, s.Fragment
	arrive := func() {
		link, arrived := browser.Address()
		if link != nil && !s.State().Claim.Of(link) {
			s.Dispatch(link)
			return
		}
		if drawn {
			arrived.Recipe = nil // Back and Forward change the place only; Undo takes the recipe back
		}
		s.Dispatch(arrived)
	}
	arrive()
	b.Perform(store.Recall{})
	if err := vecty.RenderInto("body", page); err != nil {
		panic(err)
	}
	drawn = true
	b.Perform(store.Offline{Do: store.OfflineAsk})
	browser.ListenDrops(s.Dispatch)
	browser.ListenKeys(s.Dispatch)
	browser.ListenBack(arrive)
	select {}
}
