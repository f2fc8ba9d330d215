package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/store"
)

// Modal is a dialog over the page. The browser's own dialog element keeps the focus inside, closes on
// Escape and gives the focus back.
type Modal struct {
	vecty.Core
	Close   func()            `vecty:"prop"`
	Label   string            `vecty:"prop"` // id of its heading
	Body    func() vecty.List `vecty:"prop"`
	Version store.Share       `vecty:"prop"` // what Body depends on
	root    *vecty.HTML
}

// Copy is for Vecty. The copy keeps no element.
func (m *Modal) Copy() vecty.Component {
	c := copyOf(m).(*Modal)
	c.root = nil
	return c
}

// Mount opens the dialog.
func (m *Modal) Mount() {
	node := m.root.Node()
	if node.Get("showModal").Truthy() && !node.Get("open").Bool() {
		node.Call("showModal")
	}
}

// Unmount closes the dialog before its element goes, which gives the focus back to what opened it.
func (m *Modal) Unmount() {
	if node := m.root.Node(); node.Get("close").Truthy() {
		node.Call("close")
	}
}

// Render draws the dialog.
func (m *Modal) Render() vecty.ComponentOrHTML {
	return guard("dialog", func() *vecty.HTML {
		m.root = el("dialog", "modal",
			vecty.Markup(
				vecty.Attribute("aria-labelledby", m.Label),
				on("cancel", func(*vecty.Event) { m.Close() }).PreventDefault(),
				on("click", func(e *vecty.Event) {
					// A click on the dialog itself, not on its sheet, is one beside it.
					if e.Target().Get("tagName").String() == "DIALOG" {
						m.Close()
					}
				})),
			el("div", "sheet",
				button("small quiet close", "cross", "Close", false, m.Close),
				m.Body()))
		return m.root
	})
}
