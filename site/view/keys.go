package view

import (
	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/site/store"
)

// KeysDialog lists the shortcuts.
type KeysDialog struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (k *KeysDialog) Copy() vecty.Component { return copyOf(k) }

// shortcuts are the keys of the page, with what they do.
func shortcuts() [][2]string {
	return [][2]string{
		{"?", "This list"},
		{"Ctrl+O", "Choose a model"},
		{"Ctrl+Z", "Undo the last change of the recipe"},
		{"Ctrl+Shift+Z", "Redo it"},
		{"↑ ↓", "In the list of layers: the layer above, below"},
		{"Home End", "In the list of layers: the first, the last"},
		{"← →", "While a lesson is presented: the page before, the next one"},
		{"Esc", "Close a dialog or the sheet of a layer, stop presenting"},
	}
}

// Render draws the dialog while it is open.
func (k *KeysDialog) Render() vecty.ComponentOrHTML {
	return guard("div", func() *vecty.HTML {
		return el("div", "dialogs", when(k.Store.State().Keys, func() *vecty.HTML {
			return el("div", "backdrop", &Modal{
				Close: func() { k.Store.Dispatch(store.ShowKeys{}) },
				Label: "keys-title",
				Body: func() vecty.List {
					return vecty.List{
						el("h2", "", attr("id", "keys-title"), text("Keyboard shortcuts")),
						el("dl", "keys", each(shortcuts(), func(_ int, s [2]string) vecty.ComponentOrHTML {
							return vecty.List{el("dt", "", words("kbd", "", s[0])), words("dd", "", s[1])}
						})),
						words("p", "help", "On a Mac, ⌘ in place of Ctrl."),
					}
				},
			})
		}))
	})
}
