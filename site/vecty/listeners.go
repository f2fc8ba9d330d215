package vecty

// attachment is an event listener as a DOM node has it: one JavaScript
// function for as long as the node listens to that event, whichever listener
// the last render gave.
type attachment struct {
	event    string
	listener *EventListener
	function jsFunc
}

func (a *attachment) handle(_ jsObject, args []jsObject) interface{} {
	event := args[0]
	if a.listener.callPreventDefault {
		event.Call("preventDefault")
	}
	if a.listener.callStopPropagation {
		event.Call("stopPropagation")
	}
	a.listener.Listener(&Event{
		Value:  event.(wrappedObject).j,
		Target: event.Get("target").(wrappedObject).j,
	})
	return undefined()
}

// attach gives the node the listeners of this render. Those of the last one
// on the same node, if they are for the same events, stay in the DOM and call
// the new ones; what is left of them is taken off.
func (h *HTML) attach(prev *HTML) {
	var old []*attachment
	if h.node.Equal(prev.node) {
		old, prev.attachments = prev.attachments, nil
	}
	h.attachments = make([]*attachment, len(h.eventListeners))
	for i, l := range h.eventListeners {
		if i < len(old) && old[i].event == l.Name {
			h.attachments[i], old[i] = old[i], nil
			h.attachments[i].listener = l
			continue
		}
		a := &attachment{event: l.Name, listener: l}
		a.function = funcOf(a.handle)
		h.node.Call("addEventListener", l.Name, a.function)
		h.attachments[i] = a
	}
	takeOff(h.node, old)
}

// detach takes all listeners off the node, which is on its way out. Without
// it, their functions would hold the node, and everything the listeners refer
// to, until the page is closed.
func (h *HTML) detach() {
	takeOff(h.node, h.attachments)
	h.attachments = nil
}

func takeOff(node jsObject, list []*attachment) {
	for _, a := range list {
		if a == nil {
			continue
		}
		node.Call("removeEventListener", a.event, a.function)
		a.function.Release()
	}
}
