// Package view draws the state: one component for each part of the page. A component reads the state
// from the store when it renders and sends actions back; it keeps nothing of its own. Package plot
// says how numbers look, package browser reads files out of events.
package view

import (
	"fmt"
	"strings"

	"github.com/hexops/vecty"
)

// copyOf copies a component without its Core. Vecty keeps the copy to compare with the next render;
// with Core in it, it would chain every earlier render and never free them.
func copyOf[T any, P interface {
	*T
	vecty.Component
}](p P) vecty.Component {
	d := *p
	*P(&d).Context() = vecty.Core{}
	return P(&d)
}

// guard draws a component; a panic is shown in its place, as an element of the same tag, instead of
// ending the page.
func guard(tag string, render func() *vecty.HTML) (out vecty.ComponentOrHTML) {
	defer func() {
		if why := recover(); why != nil {
			logPanic(why)
			out = el(tag, "broken", text("This part of the page could not be drawn. Your files and the last result are still here; reload the page if it stays."))
		}
	}()
	return render()
}

// on handles an event; a panic in the handler is logged instead of ending the page.
func on(event string, do func(e *vecty.Event)) *vecty.EventListener {
	return &vecty.EventListener{Name: event, Listener: func(e *vecty.Event) {
		defer func() {
			if why := recover(); why != nil {
				logPanic(why)
			}
		}()
		do(e)
	}}
}

func logPanic(why any) {
	vecty.Global().Get("console").Call("error", "quantscope: "+fmt.Sprint(why))
}

// el is an element with classes and children.
func el(tag, classes string, children ...vecty.MarkupOrChild) *vecty.HTML {
	return vecty.Tag(tag, append([]vecty.MarkupOrChild{class(classes)}, children...)...)
}

func class(classes string) vecty.MarkupOrChild {
	return vecty.Markup(vecty.Class(strings.Fields(classes)...))
}

// attr sets attributes, given as name, value, name, value.
func attr(pairs ...string) vecty.MarkupOrChild {
	list := make([]vecty.Applyer, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, vecty.Attribute(pairs[i], pairs[i+1]))
	}
	return vecty.Markup(list...)
}

func text(s string) *vecty.HTML { return vecty.Text(s) }

// words is an element that holds text only.
func words(tag, classes, s string) *vecty.HTML { return el(tag, classes, text(s)) }

// each draws a list without keys.
func each[T any](list []T, draw func(i int, v T) vecty.ComponentOrHTML) vecty.List {
	out := make(vecty.List, len(list))
	for i, v := range list {
		out[i] = draw(i, v)
	}
	return out
}

// when draws something under a condition. Unlike vecty.If it builds it only then, and is a list in
// both cases, so that what follows keeps its place.
func when(cond bool, draw func() *vecty.HTML) vecty.List {
	if !cond {
		return vecty.List{}
	}
	return vecty.List{draw()}
}
