//go:build js

package vecty

import (
	"encoding/binary"
	"errors"
	"slices"
	"syscall/js"
)

// Object is a value of the browser.
type Object = js.Value

// Event is what a listener hears. It is good until the listener returns.
type Event struct{}

// Target is the element on which the event happened.
func (*Event) Target() Object { return dom().Call("target") }

// Value is the value of the target, an input.
func (*Event) Value() string { return dom().Call("value").String() }

// Checked tells whether the target, a checkbox, is checked.
func (*Event) Checked() bool { return dom().Call("checked").Bool() }

// Get is a field of the event.
func (*Event) Get(name string) Object { return dom().Call("get", name) }

// Prevent keeps the browser from doing what it does by itself.
func (*Event) Prevent() { dom().Call("prevent") }

// dom is what dom.js offers.
func dom() js.Value { return js.Global().Get("vectyDOM") }

// Node is the element in the page, from Mount to Unmount.
func (h *HTML) Node() Object {
	if h.node == 0 {
		panic("vecty: this element has not been drawn")
	}
	return dom().Call("node", int(h.node))
}

// frame is what waits for the next frame.
type frame struct {
	waiting []Component
	asked   bool
}

var next frame

// Rerender draws a component again, with the next frame. What is not in the page any more is left alone.
func Rerender(c Component) {
	switch core := c.Context(); {
	case core.unmounted:
		return
	case core.drawn == nil:
		panic("vecty: Rerender of a component that has not been drawn")
	}
	if !slices.Contains(next.waiting, c) {
		next.waiting = append(next.waiting, c)
	}
	if next.asked {
		return
	}
	next.asked = true
	var f js.Func
	f = js.FuncOf(func(js.Value, []js.Value) any {
		f.Release()
		next.asked = false
		next.draw()
		return nil
	})
	js.Global().Call("requestAnimationFrame", f)
}

// draw draws what waits. What its own components ask for meanwhile comes with the frame after.
func (f *frame) draw() {
	list := f.waiting
	f.waiting = nil
	var d drawing
	for _, c := range list {
		if !c.Context().unmounted {
			d.redraw(c)
		}
	}
	d.finish()
}

// RenderInto draws a component in the place of the first element that the selector fits.
func RenderInto(selector string, c Component) error {
	if !dom().Truthy() {
		return errors.New("vecty: dom.js has not been loaded")
	}
	dom().Call("listen", js.FuncOf(heard))
	var d drawing
	d.create(c)
	d.apply()
	if !dom().Call("into", selector, int(element(c).node)).Bool() {
		return errors.New("vecty: no element " + selector)
	}
	d.finish()
	return nil
}

// heard is called by dom.js with the number of a node and of its listener.
func heard(_ js.Value, args []js.Value) any {
	id, slot := args[0].Int(), args[1].Int()
	if id < len(page.listeners) && slot < len(page.listeners[id]) {
		page.listeners[id][slot].Listener(&Event{})
	}
	return nil
}

// finish does what was written down and tells those who came.
func (d *drawing) finish() {
	d.apply()
	for _, m := range d.mounts {
		m.Mount()
	}
}

// apply does what was written down.
func (d *drawing) apply() {
	if len(d.ops) == 0 {
		return
	}
	raw := make([]byte, 0, 4*len(d.ops))
	for _, op := range d.ops {
		raw = binary.LittleEndian.AppendUint32(raw, op)
	}
	js.CopyBytesToJS(dom().Call("room", len(raw)), raw)
	dom().Call("apply", len(d.ops), string(d.text))
	d.ops, d.text = nil, nil
}

// Global is the browser's global object.
func Global() Object { return js.Global() }
