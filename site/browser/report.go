//go:build js

package browser

import (
	"strings"
	"syscall/js"

	"github.com/quantscope/quantscope/site/store"
)

// report is a part of the page as a document that needs nothing else: its style sheets and pictures are in it,
// what can only be pressed is not.
func report(selector, title string) string {
	document := js.Global().Get("document")
	part := document.Call("querySelector", selector)
	if !part.Truthy() {
		return ""
	}
	copied := part.Call("cloneNode", true)
	pictures, places := part.Call("querySelectorAll", "img"), copied.Call("querySelectorAll", "img")
	for i := range pictures.Length() {
		places.Index(i).Set("src", dataURL(pictures.Index(i)))
	}
	pressed := copied.Call("querySelectorAll", "button:not(.row-button), .plot-actions, .menu, .segments, input, select")
	for i := range pressed.Length() {
		pressed.Index(i).Call("remove")
	}
	rows := copied.Call("querySelectorAll", "[tabindex]")
	for i := range rows.Length() {
		rows.Index(i).Call("removeAttribute", "tabindex")
	}
	folded := copied.Call("querySelectorAll", "details")
	for i := range folded.Length() {
		folded.Index(i).Set("open", true)
	}
	var css strings.Builder
	sheets := document.Get("styleSheets")
	for i := range sheets.Length() {
		rules := sheets.Index(i).Get("cssRules")
		for k := range rules.Length() {
			css.WriteString(rules.Index(k).Get("cssText").String() + "\n")
		}
	}
	// Nothing scrolls inside a document that is read or printed.
	css.WriteString("body { padding: 0; }\n.scroll, .layers .detail, .layers .scroll:not(.plot-table) { max-height: none; overflow: visible; position: static; }\n")
	name := document.Call("createElement", "title")
	name.Set("textContent", title)
	return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n" +
		name.Get("outerHTML").String() + "\n<style>\n" + css.String() + "</style>\n</head>\n<body class=\"page\">\n<main class=\"main\">\n" +
		copied.Get("outerHTML").String() + "\n</main>\n</body>\n</html>\n"
}

// dataURL is a picture of the page as an address that holds it.
func dataURL(picture js.Value) string {
	canvas := js.Global().Get("document").Call("createElement", "canvas")
	canvas.Set("width", picture.Get("naturalWidth"))
	canvas.Set("height", picture.Get("naturalHeight"))
	if canvas.Get("width").Int() == 0 {
		return ""
	}
	canvas.Call("getContext", "2d").Call("drawImage", picture, 0, 0)
	return canvas.Call("toDataURL").String()
}

func saveReport(e store.SaveReport) {
	if text := report(".place-inspect", e.Title); text != "" {
		save(store.Save{Name: e.Name, Type: "text/html", Text: text})
	}
}
