package view

import (
	"strconv"

	"github.com/hexops/vecty"
)

// svg is an SVG element: the namespace is needed on every one of them, and everything is an attribute.
func svg(tag string, attributes []string, children ...vecty.MarkupOrChild) *vecty.HTML {
	markup := []vecty.Applyer{vecty.Namespace("http://www.w3.org/2000/svg")}
	for i := 0; i+1 < len(attributes); i += 2 {
		markup = append(markup, vecty.Attribute(attributes[i], attributes[i+1]))
	}
	return vecty.Tag(tag, append([]vecty.MarkupOrChild{vecty.Markup(markup...)}, children...)...)
}

// icon draws one of the page's line icons; it is decoration, the words beside it say the same.
func icon(name string) *vecty.HTML {
	paths := map[string]string{
		"logo":   "M3 20h4.5v-5H12V9h4.5V4H21",
		"lock":   "M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z",
		"file":   "M7 3h7l4 4v14H7zM14 3v4h4",
		"folder": "M3 6h6l2 2h10v11H3z",
		"play":   "M8 5l11 7-11 7z",
		"save":   "M12 4v11M7 11l5 5 5-5M5 20h14",
		"link":   "M10 14l4-4M8.5 11.5l-2 2a3.5 3.5 0 0 0 5 5l2-2M15.5 12.5l2-2a3.5 3.5 0 0 0-5-5l-2 2",
		"spark":  "M4 18l5-6 4 4 7-9M15 7h5v5",
		"alert":  "M12 4l9 16H3zM12 10v4M12 17v.5",
		"check":  "M5 13l4.5 4.5L19 7",
		"cross":  "M6 6l12 12M18 6L6 18",
		"dash":   "M6 12h12",
		"chip":   "M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4",
		"undo":   "M9 14l-5-5 5-5M4 9h10a6 6 0 0 1 0 12h-3",
		"redo":   "M15 14l5-5-5-5M20 9h-10a6 6 0 0 0 0 12h3",
		"copy":   "M9 9h11v11H9zM5 15H4V4h11v1",
		"wave":   "M3 12c3-8 6-8 9 0s6 8 9 0",
		"images": "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.5",
		"share":  "M12 15V4M8 7l4-4 4 4M6 12v8h12v-8",
	}
	return svg("svg", []string{"viewBox", "0 0 24 24", "class", "icon", "aria-hidden", "true", "focusable", "false"},
		svg("path", []string{"d", paths[name]}))
}

// num writes a coordinate.
func num(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
