// Package vecty draws components into the DOM. Its names and its manner are those of
// github.com/hexops/vecty v0.6.0, in whose place it stands: a component renders itself into elements,
// and what differs from its last render is changed in the page.
//
// How the page is changed is its own. A render does not touch the DOM; it writes down what is to be
// done, as numbers and one text, and dom.js does it at once. Nodes have numbers: Go holds no reference
// to any of them, so that a node that is taken out of the page is free from then on. One function of
// Go's hears all events.
package vecty

import "reflect"

// Core is embedded in every component; it remembers what was drawn.
type Core struct {
	drawn     ComponentOrHTML // the last render
	last      Component       // a copy of the component as it was then, for SkipRender
	unmounted bool
}

// Context gives access to the Core.
func (c *Core) Context() *Core { return c }

func (c *Core) isMarkupOrChild()   {}
func (c *Core) isComponentOrHTML() {}

// Component is a part of the page that draws itself.
type Component interface {
	// Render describes the component. Each call returns new elements.
	Render() ComponentOrHTML
	Context() *Core
	isComponentOrHTML()
	isMarkupOrChild()
}

// Copier is a component that is not copied field by field. A copy must not keep the Core, which would
// chain every earlier render.
type Copier interface{ Copy() Component }

// Mounter is told when it has come into the page.
type Mounter interface{ Mount() }

// Unmounter is told before it goes.
type Unmounter interface{ Unmount() }

// RenderSkipper can say, given itself as it was last drawn, that nothing has changed.
type RenderSkipper interface{ SkipRender(prev Component) bool }

// ComponentOrHTML is a Component, *HTML, a List or nil.
type ComponentOrHTML interface {
	isComponentOrHTML()
	isMarkupOrChild()
}

// List is several children in the place of one. An empty one keeps the place.
type List []ComponentOrHTML

func (l List) isMarkupOrChild()   {}
func (l List) isComponentOrHTML() {}

// node is the number of a DOM node; 0 is none.
type node uint32

// HTML is an element or, without a tag, a text.
type HTML struct {
	node           node
	namespace, tag string
	text           string
	classes        []string
	properties     []setting
	attributes     []setting
	listeners      []*EventListener
	children       []ComponentOrHTML
}

// setting is the value of a property, a string or a bool, or of an attribute, a string.
type setting struct {
	name  string
	value any
}

func (h *HTML) isMarkupOrChild()   {}
func (h *HTML) isComponentOrHTML() {}

// Tag is an element.
func Tag(tag string, m ...MarkupOrChild) *HTML {
	h := &HTML{tag: tag}
	for _, m := range m {
		apply(m, h)
	}
	return h
}

// Text is a text; it need not be escaped.
func Text(text string) *HTML { return &HTML{text: text} }

// render draws a component once: into a noscript element where it renders nothing.
func render(c Component) ComponentOrHTML {
	r := bare(c.Render())
	if r == nil {
		return Tag("noscript")
	}
	if _, is := r.(List); is {
		panic("vecty: a component rendered a List; it has to be an element or a component")
	}
	return r
}

// bare is nil for an element that is nil.
func bare(c ComponentOrHTML) ComponentOrHTML {
	if h, is := c.(*HTML); is && h == nil {
		return nil
	}
	return c
}

// element is what a component, or an element, is in the DOM.
func element(c ComponentOrHTML) *HTML {
	for {
		switch v := c.(type) {
		case *HTML:
			return v
		case Component:
			c = v.Context().drawn
		default:
			return nil
		}
	}
}

// copyOf is what a component was, for SkipRender.
func copyOf(c Component) Component {
	if k, is := c.(Copier); is {
		return k.Copy()
	}
	v := reflect.ValueOf(c).Elem()
	out := reflect.New(v.Type())
	out.Elem().Set(v)
	d := out.Interface().(Component)
	*d.Context() = Core{}
	return d
}

// take copies the fields tagged `vecty:"prop"`, which a parent sets anew at each render, into the
// component that stays.
func take(stays, from Component) {
	if stays == from {
		return
	}
	to, of := reflect.ValueOf(stays).Elem(), reflect.ValueOf(from).Elem()
	for i := range to.NumField() {
		if to.Type().Field(i).Tag.Get("vecty") == "prop" {
			to.Field(i).Set(of.Field(i))
		}
	}
}

func sameType(a, b ComponentOrHTML) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }
