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
		link, place := browser.Address()
		claim := s.State().Claim
		switch {
		case place == store.AtClaim && link.Packed != "" && (claim == nil || claim.Packed != link.Packed):
			s.Dispatch(store.OpenPacked{Packed: link.Packed})
			return
		case link.ID != "" && (claim == nil || claim.ID != link.ID):
			s.Dispatch(store.OpenClaim{ID: link.ID})
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
