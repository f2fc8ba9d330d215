//go:build js

package browser

import (
	"errors"
	"strings"
	"syscall/js"

	"github.com/quantscope/quantscope/quant/promise"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/store"
)

// base is the path of the site, which ends in a slash: boot.js has it.
func base() string {
	if b := js.Global().Get("siteBase"); b.Truthy() {
		return b.String()
	}
	return "/"
}

// Here is the address of what lies at a path of the site, "/" where its page is.
func Here(path string) string { return base() + strings.TrimPrefix(path, "/") }

// linkPrefix is the path of a result link, before its id.
const linkPrefix = "/r/"

// save downloads a file through a link that lives only for the click.
func save(e store.Save) {
	var b js.Value
	if e.File.Handle != nil {
		b = e.File.Handle.(js.Value)
	} else {
		b = blob(e.Text, e.Type)
	}
	url := js.Global().Get("URL")
	address := url.Call("createObjectURL", b)
	document := js.Global().Get("document")
	a := document.Call("createElement", "a")
	a.Set("href", address)
	a.Set("download", e.Name)
	document.Get("body").Call("appendChild", a)
	a.Call("click")
	a.Call("remove")
	// The download reads the address after the click; a minute is ample.
	var revoke js.Func
	revoke = js.FuncOf(func(js.Value, []js.Value) any {
		url.Call("revokeObjectURL", address)
		revoke.Release()
		return nil
	})
	js.Global().Call("setTimeout", revoke, 60_000)
}

func copyText(text string) error {
	clipboard := js.Global().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		return errors.New("no clipboard")
	}
	_, err := promise.Await(clipboard.Call("writeText", text))
	return err
}

// linked is what stands behind the path of a result link, of which no more than /r may be left.
func linked(path string) (rest string, ok bool) {
	prefix := Here(linkPrefix)
	if path+"/" == prefix {
		return "", true
	}
	return strings.CutPrefix(path, prefix)
}

// pathOf is the address of a result link on this site.
func pathOf(e store.OpenLink) string {
	if e.ID == "" {
		return base() + receipt.LinkMark + e.Packed
	}
	return Here(linkPrefix) + e.ID
}

// showPlace puts the place into the address, so that Back works, and scrolls to the top. A result
// link keeps its address only while its own page is shown.
func (b *Browser) showPlace(p store.Place) {
	global := js.Global()
	location := global.Get("location")
	target := base() + "#" + b.Fragment()
	path, hash := location.Get("pathname").String(), location.Get("hash").String()
	_, result := linked(path)
	if p == store.AtClaim && (result || strings.HasPrefix(hash, receipt.LinkMark)) {
		target = path + hash
	}
	if path+hash != target {
		global.Get("history").Call("pushState", nil, "", target)
		// What had the focus goes with the place before; who goes on with Tab begins at the new one.
		if main := global.Get("document").Call("getElementById", "main"); main.Truthy() {
			main.Call("focus")
		}
	}
	global.Call("scrollTo", 0, 0)
}

// reveal scrolls to an element that begins out of sight or far down. Focus that was lost with a button that is not there any
// more goes to it. The page draws with the next frame, so that the one after it shows what is new.
func reveal(id string) {
	global := js.Global()
	document := global.Get("document")
	drawn := false
	var look js.Func
	look = js.FuncOf(func(js.Value, []js.Value) any {
		if !drawn {
			drawn = true
			global.Call("requestAnimationFrame", look)
			return nil
		}
		look.Release()
		e := document.Call("getElementById", id)
		if !e.Truthy() {
			return nil
		}
		header := document.Call("querySelector", "header").Call("getBoundingClientRect").Get("bottom").Float()
		if top := e.Call("getBoundingClientRect").Get("top").Float(); top < header || top > global.Get("innerHeight").Float()/2 {
			e.Call("scrollIntoView", map[string]any{"block": "start"})
		}
		if active := document.Get("activeElement"); active.Equal(document.Get("body")) || active.Call("matches", ":disabled").Bool() { // which loses it now
			e.Call("focus", map[string]any{"preventScroll": true})
		}
		return nil
	})
	global.Call("requestAnimationFrame", look)
}

// Address is what the address asks for: a result link, nil where it is none, and a place.
func Address() (link store.Action, arrived store.Arrived) {
	location := js.Global().Get("location")
	if packed, ok := receipt.Linked(location.Get("hash").String()); ok {
		return store.OpenPacked{Packed: packed}, store.Arrived{Place: store.AtClaim}
	}
	if rest, ok := linked(location.Get("pathname").String()); ok {
		return store.OpenClaim{ID: strings.Trim(receipt.TidyLink(rest), "/")}, store.Arrived{Place: store.AtClaim}
	}
	return nil, store.ReadFragment(strings.TrimPrefix(location.Get("hash").String(), "#"))
}

// ShowFragment puts what has changed into the address, without a step for Back; that of a result link stays as it is.
func (b *Browser) ShowFragment(place store.Place, fragment string) {
	if place != store.AtClaim {
		js.Global().Get("history").Call("replaceState", nil, "", base()+"#"+fragment)
	}
}

// ListenBack follows the user's Back and Forward.
func ListenBack(arrive func()) {
	js.Global().Call("addEventListener", "popstate", js.FuncOf(func(js.Value, []js.Value) any {
		arrive()
		return nil
	}))
}

// Origin is the address of this copy of the page, without a path.
func Origin() string {
	return js.Global().Get("location").Get("origin").String() + strings.TrimSuffix(base(), "/")
}

// SetTitle names the tab; a running job is marked.
func SetTitle(title string) { js.Global().Get("document").Set("title", title) }
