//go:build js

package browser

import (
	"strings"
	"syscall/js"

	"github.com/quantscope/quantscope/site/store"
)

// ListenKeys follows the shortcuts of the whole page. What a field or a dialog does with a key by itself comes
// first.
func ListenKeys(dispatch func(store.Action)) {
	document := js.Global().Get("document")
	document.Call("addEventListener", "keydown", js.FuncOf(func(_ js.Value, args []js.Value) any {
		e := args[0]
		if e.Get("defaultPrevented").Bool() || e.Get("altKey").Bool() || writes(e.Get("target")) || document.Call("querySelector", "dialog[open]").Truthy() {
			return nil
		}
		key := e.Get("key").String()
		if e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool() {
			key = "Ctrl+" + strings.ToLower(key)
			if e.Get("shiftKey").Bool() {
				key = "Shift+" + key
			}
		}
		var a store.Action
		switch key {
		case "Ctrl+z":
			a = store.Undo{}
		case "Shift+Ctrl+z", "Ctrl+y":
			a = store.Redo{}
		case "Ctrl+o":
			if picker := document.Call("getElementById", "pick-model"); picker.Truthy() {
				e.Call("preventDefault")
				picker.Call("click")
			}
			return nil
		case "Escape":
			dispatch(store.CloseSheet{})
			dispatch(store.Present{})
			return nil
		case "ArrowLeft", "ArrowRight", "PageUp", "PageDown": // the last two are those of a remote control
			if !document.Call("querySelector", "body.presenting").Truthy() || e.Get("target").Call("matches", "input, select").Bool() {
				return nil
			}
			a = store.Leaf{By: 1}
			if key == "ArrowLeft" || key == "PageUp" {
				a = store.Leaf{By: -1}
			}
		case "?":
			a = store.ShowKeys{On: true}
		default:
			return nil
		}
		e.Call("preventDefault")
		dispatch(a)
		return nil
	}))
}

// writes tells whether keys belong to an element: text is written in it.
func writes(element js.Value) bool {
	if !element.Get("matches").Truthy() {
		return false
	}
	return element.Call("matches", "textarea, input:not([type=radio]):not([type=checkbox]):not([type=range]):not([type=file])").Bool()
}
