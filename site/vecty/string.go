package vecty

import (
	"html"
	"slices"
	"strings"
)

// String writes what is drawn of c as HTML: what a page is before its program has started.
func String(c ComponentOrHTML) string {
	var b strings.Builder
	write(&b, c)
	return b.String()
}

func write(b *strings.Builder, c ComponentOrHTML) {
	switch c := bare(c).(type) {
	case nil:
	case List:
		for _, e := range c {
			write(b, e)
		}
	case Component:
		write(b, render(c))
	case *HTML:
		c.write(b)
	}
}

func (h *HTML) write(b *strings.Builder) {
	if h.tag == "" {
		b.WriteString(html.EscapeString(h.text))
		return
	}
	b.WriteString("<" + h.tag)
	attr := func(name, value string) { b.WriteString(" " + name + `="` + html.EscapeString(value) + `"`) }
	if class := h.class(); class != "" {
		attr("class", class)
	}
	for _, a := range h.attributes {
		attr(a.name, a.value.(string))
	}
	for _, p := range h.properties {
		name := strings.ToLower(p.name)
		if name == "htmlfor" {
			name = "for"
		}
		switch v := p.value.(type) {
		case string:
			attr(name, v)
		case bool:
			if v {
				b.WriteString(" " + name)
			}
		}
	}
	b.WriteString(">")
	if slices.Contains(void, h.tag) {
		return
	}
	for _, c := range h.children {
		write(b, c)
	}
	b.WriteString("</" + h.tag + ">")
}

// void are the elements without an end.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
