package vecty

import (
	"maps"
	"slices"
	"strings"
)

// MarkupOrChild is what an element is made of: a Component, *HTML, a List, nil or what Markup gives.
type MarkupOrChild interface{ isMarkupOrChild() }

// Applyer is markup: a property, an attribute, a class, a listener.
type Applyer interface{ Apply(h *HTML) }

// MarkupList is what Markup gives.
type MarkupList struct{ list []Applyer }

func (m MarkupList) isMarkupOrChild() {}

// Apply applies what is in the list.
func (m MarkupList) Apply(h *HTML) {
	for _, a := range m.list {
		if a != nil {
			a.Apply(h)
		}
	}
}

func apply(m MarkupOrChild, h *HTML) {
	switch m := m.(type) {
	case MarkupList:
		m.Apply(h)
	case nil:
		h.children = append(h.children, nil)
	default:
		h.children = append(h.children, m.(ComponentOrHTML))
	}
}

type applyFunc func(h *HTML)

func (f applyFunc) Apply(h *HTML) { f(h) }

// Markup is markup of the element it is given to.
func Markup(m ...Applyer) MarkupList { return MarkupList{m} }

// MarkupIf is the markup under a condition. For what is on or off, give the bool to the property instead.
func MarkupIf(cond bool, m ...Applyer) Applyer {
	if cond {
		return Markup(m...)
	}
	return nil
}

// If is the children under a condition.
func If(cond bool, children ...ComponentOrHTML) MarkupOrChild {
	if cond {
		return List(children)
	}
	return nil
}

// Property sets a property of the DOM: value is a string or a bool.
func Property(name string, value any) Applyer {
	switch value.(type) {
	case string, bool:
	default:
		panic("vecty: property " + name + " is neither a string nor a bool")
	}
	return applyFunc(func(h *HTML) { h.properties = put(h.properties, setting{name, value}) })
}

// Attribute sets an attribute.
func Attribute(name, value string) Applyer {
	return applyFunc(func(h *HTML) { h.attributes = put(h.attributes, setting{name, value}) })
}

func put(list []setting, s setting) []setting {
	if i := slices.IndexFunc(list, func(o setting) bool { return o.name == s.name }); i >= 0 {
		list[i] = s
		return list
	}
	return append(list, s)
}

func get(list []setting, name string) (any, bool) {
	for _, s := range list {
		if s.name == name {
			return s.value, true
		}
	}
	return nil, false
}

// Class adds classes, one in each argument.
func Class(names ...string) Applyer {
	return applyFunc(func(h *HTML) {
		for _, name := range names {
			if !slices.Contains(h.classes, name) {
				h.classes = append(h.classes, name)
			}
		}
	})
}

// ClassMap adds the classes that are true.
type ClassMap map[string]bool

// Apply adds them.
func (m ClassMap) Apply(h *HTML) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if m[name] {
			Class(name).Apply(h)
		}
	}
}

// class is the class attribute.
func (h *HTML) class() string { return strings.Join(h.classes, " ") }

// Namespace is that of the element: SVG needs it on each.
func Namespace(uri string) Applyer { return applyFunc(func(h *HTML) { h.namespace = uri }) }

// EventListener hears an event of its element.
type EventListener struct {
	Name     string
	Listener func(*Event)
	prevent  bool
}

// PreventDefault keeps the browser from doing what it does by itself.
func (l *EventListener) PreventDefault() *EventListener {
	l.prevent = true
	return l
}

// Apply adds the listener.
func (l *EventListener) Apply(h *HTML) { h.listeners = append(h.listeners, l) }
