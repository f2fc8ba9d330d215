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
	s := store.New(store.Initial(), b.Perform, func() {
		if drawn {
			vecty.Rerender(page)
		}
		browser.SetTitle(view.Title(page.Store.State()))
	})
	page.Store = s
	b.Dispatch = s.Dispatch
	arrive := func() {
		id, place := browser.Address()
		if claim := s.State().Claim; id != "" && (claim == nil || claim.ID != id) {
			s.Dispatch(store.OpenClaim{ID: id})
			return
		}
		s.Dispatch(store.Arrived{Place: place})
	}
	arrive()
	if err := vecty.RenderInto("body", page); err != nil {
		panic(err)
	}
	drawn = true
	browser.ListenDrops(s.Dispatch)
	browser.ListenBack(arrive)
	select {}
}
