//go:build js

package browser

import (
	"strings"
	"syscall/js"
)

// drawn are the properties that make a plot look as it does in the page; a file of its own has no style
// sheet.
func drawn() []string {
	return []string{
		"fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "vector-effect",
		"opacity", "paint-order", "font-family", "font-size", "font-weight", "text-anchor",
	}
}

// picture is a plot of the page as an SVG document, in the colours it has now; empty if it is not there.
func picture(selector string) string {
	global := js.Global()
	plot := global.Get("document").Call("querySelector", selector)
	if !plot.Truthy() {
		return ""
	}
	out := plot.Call("cloneNode", true)
	from, to := plot.Call("querySelectorAll", "*"), out.Call("querySelectorAll", "*")
	style := func(a, b js.Value) {
		now := global.Call("getComputedStyle", a)
		for _, p := range drawn() {
			b.Get("style").Call("setProperty", p, now.Call("getPropertyValue", p))
		}
	}
	style(plot, out)
	for i := range from.Length() {
		style(from.Index(i), to.Index(i))
	}
	if card := plot.Call("closest", ".card"); card.Truthy() {
		out.Get("style").Call("setProperty", "background", global.Call("getComputedStyle", card).Get("backgroundColor"))
	}
	if box := strings.Fields(plot.Call("getAttribute", "viewBox").String()); len(box) == 4 {
		out.Call("setAttribute", "width", box[2])
		out.Call("setAttribute", "height", box[3])
	}
	return global.Get("XMLSerializer").New().Call("serializeToString", out).String()
}
