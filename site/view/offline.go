package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// OfflineKeeper keeps the site for use without a network, says how much that takes, and takes it away again.
type OfflineKeeper struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (o *OfflineKeeper) Copy() vecty.Component { return copyOf(o) }

// Render draws the button, or what it has done.
func (o *OfflineKeeper) Render() vecty.ComponentOrHTML {
	return guard("span", func() *vecty.HTML {
		s := o.Store.State().Offline
		return el("span", "kept offline",
			when(s.Problem != "", func() *vecty.HTML { return words("span", "wrong", "Not kept for offline: "+s.Problem+".") }),
			when(s.Busy, func() *vecty.HTML { return words("span", "", "Keeping "+phrase.Bytes(s.Bytes)+"…") }),
			when(s.Kept && !s.Busy, func() *vecty.HTML {
				return words("span", "", pick(s.Newer, "A newer version is ready: close all tabs of this page to change to it.", "Works offline."))
			}),
			when(s.Kept && !s.Busy, func() *vecty.HTML {
				return button("small quiet", "", "Remove", false, func() { o.Store.Dispatch(store.KeepOffline{}) })
			}),
			when(!s.Kept && !s.Busy && s.Bytes > 0, func() *vecty.HTML {
				return button("small quiet", "save", "Keep for offline ("+phrase.Bytes(s.Bytes)+")", false, func() { o.Store.Dispatch(store.KeepOffline{On: true}) })
			}))
	})
}
