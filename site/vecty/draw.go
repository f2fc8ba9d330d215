package vecty

import "unicode/utf8"

// What can be done to the DOM. dom.js has the same list.
const (
	opElement  uint32 = iota // node, namespace, tag
	opText                   // node, text
	opSetText                // node, text
	opAttr                   // node, name, value
	opUnattr                 // node, name
	opString                 // node, property, value
	opBool                   // node, property, 0 or 1
	opListen                 // node, slot, 1 to prevent the default, event
	opUnlisten               // node, slot
	opInsert                 // node, parent, node before it or 0
	opReplace                // node, node that goes and its number with it
	opRemove                 // node, and its number
	opFree                   // node
)

// drawing is what is to be done to the DOM: operations with their operands. A text is given by its length
// in UTF-16 units; all of them, one after another, are in text.
type drawing struct {
	ops    []uint32
	text   []byte
	mounts []Mounter
}

// nodes gives numbers to DOM nodes, and knows who listens.
type nodes struct {
	free      []node
	listeners [][]*EventListener // by node
}

var page = nodes{listeners: make([][]*EventListener, 1)}

func (n *nodes) take() node {
	if last := len(n.free) - 1; last >= 0 {
		id := n.free[last]
		n.free = n.free[:last]
		return id
	}
	n.listeners = append(n.listeners, nil)
	return node(len(n.listeners) - 1)
}

func (d *drawing) do(op uint32, id node, operands ...uint32) {
	d.ops = append(append(d.ops, op, uint32(id)), operands...)
}

// words appends texts as operands.
func (d *drawing) words(texts ...string) {
	for _, s := range texts {
		n := uint32(0)
		for _, r := range s {
			n++
			if r > 0xFFFF {
				n++
			}
		}
		d.ops = append(d.ops, n)
		if utf8.ValidString(s) {
			d.text = append(d.text, s...)
			continue
		}
		for _, r := range s {
			d.text = utf8.AppendRune(d.text, r)
		}
	}
}

// child makes what is drawn of prev into next, below parent and behind the node after. It gives what is
// to be remembered of next, and the last node now drawn.
func (d *drawing) child(parent, after node, next, prev ComponentOrHTML) (ComponentOrHTML, node) {
	next = bare(next)
	if list, is := next.(List); is {
		before, is := prev.(List)
		if !is {
			d.remove(prev)
		}
		return list, d.children(parent, after, list, before)
	}
	if next == nil {
		d.remove(prev)
		return nil, after
	}
	if becomes(next, prev) {
		next = d.become(next, prev)
	} else {
		d.remove(prev)
		d.create(next)
		d.do(opInsert, element(next).node, uint32(parent), uint32(after))
	}
	return next, element(next).node
}

// children draws a list of children; next then holds what is to be remembered.
func (d *drawing) children(parent, after node, next, prev []ComponentOrHTML) node {
	for i, c := range next {
		var before ComponentOrHTML
		if i < len(prev) {
			before = prev[i]
		}
		next[i], after = d.child(parent, after, c, before)
	}
	if len(prev) > len(next) {
		for _, c := range prev[len(next):] {
			d.remove(c)
		}
	}
	return after
}

// becomes tells whether what is drawn of prev can stay and be changed into next: elements of one tag, and
// components of one type.
func becomes(next, prev ComponentOrHTML) bool {
	h, is := next.(*HTML)
	if !is {
		return sameType(next, prev)
	}
	p, is := prev.(*HTML)
	return is && p.tag == h.tag && p.namespace == h.namespace
}

// become changes what is drawn of prev into next and gives what stays: the element of the new render, but
// the component of the old one.
func (d *drawing) become(next, prev ComponentOrHTML) ComponentOrHTML {
	if h, is := next.(*HTML); is {
		d.update(h, prev.(*HTML))
		return h
	}
	c := prev.(Component)
	take(c, next.(Component))
	d.redraw(c)
	return c
}

// redraw draws a component again.
func (d *drawing) redraw(c Component) {
	core := c.Context()
	if s, is := c.(RenderSkipper); is && s.SkipRender(core.last) {
		return
	}
	next := render(c)
	if becomes(next, core.drawn) {
		next = d.become(next, core.drawn)
	} else {
		d.create(next)
		d.do(opReplace, element(next).node, uint32(element(core.drawn).node))
		d.release(core.drawn, false)
	}
	core.drawn, core.last = next, copyOf(c)
}

// create draws something new, not yet in the page.
func (d *drawing) create(c ComponentOrHTML) {
	if c, is := c.(Component); is {
		next := render(c)
		d.create(next)
		*c.Context() = Core{drawn: next, last: copyOf(c)}
		if m, is := c.(Mounter); is {
			d.mounts = append(d.mounts, m)
		}
		return
	}
	h := c.(*HTML)
	h.claim(page.take())
	if h.tag == "" {
		d.do(opText, h.node)
		d.words(h.text)
		return
	}
	d.do(opElement, h.node)
	d.words(h.namespace, h.tag)
	d.settings(h, &HTML{})
	d.children(h.node, 0, h.children, nil)
}

// claim gives an element its node. An element that a render returns twice, or again, would be two.
func (h *HTML) claim(id node) {
	if h.node != 0 {
		panic("vecty: the same element is in the page twice")
	}
	h.node = id
}

// update changes the node of prev into h.
func (d *drawing) update(h, prev *HTML) {
	h.claim(prev.node)
	if h.tag == "" {
		if h.text != prev.text {
			d.do(opSetText, h.node)
			d.words(h.text)
		}
		return
	}
	d.settings(h, prev)
	d.children(h.node, 0, h.children, prev.children)
}

// settings changes attributes, properties and listeners. What a user changes too, value and checked, is
// set each time; dom.js leaves it where it is the same.
func (d *drawing) settings(h, prev *HTML) {
	if class := h.class(); class != prev.class() {
		d.do(opAttr, h.node)
		d.words("class", class)
	}
	for _, a := range h.attributes {
		if v, is := get(prev.attributes, a.name); !is || v != a.value {
			d.do(opAttr, h.node)
			d.words(a.name, a.value.(string))
		}
	}
	for _, a := range prev.attributes {
		if _, is := get(h.attributes, a.name); !is {
			d.do(opUnattr, h.node)
			d.words(a.name)
		}
	}
	for _, p := range prev.properties {
		if _, is := get(h.properties, p.name); !is {
			d.property(h.node, p.name, none(p.value))
		}
	}
	for _, p := range h.properties {
		was, is := get(prev.properties, p.name)
		if !is || was != p.value || p.name == "value" || p.name == "checked" {
			d.property(h.node, p.name, p.value)
		}
	}
	d.listen(h, prev)
}

// none is what a property is where it is not set.
func none(value any) any {
	if _, is := value.(bool); is {
		return false
	}
	return ""
}

func (d *drawing) property(id node, name string, value any) {
	if on, is := value.(bool); is {
		d.do(opBool, id)
		d.words(name)
		n := uint32(0)
		if on {
			n = 1
		}
		d.ops = append(d.ops, n)
		return
	}
	d.do(opString, id)
	d.words(name, value.(string))
}

// listen has the node hear what h listens to. What it heard before, it goes on hearing.
func (d *drawing) listen(h, prev *HTML) {
	for slot, l := range h.listeners {
		if slot < len(prev.listeners) {
			p := prev.listeners[slot]
			if p.Name == l.Name && p.prevent == l.prevent {
				continue
			}
			d.do(opUnlisten, h.node, uint32(slot))
		}
		prevent := uint32(0)
		if l.prevent {
			prevent = 1
		}
		d.do(opListen, h.node, uint32(slot), prevent)
		d.words(l.Name)
	}
	for slot := len(h.listeners); slot < len(prev.listeners); slot++ {
		d.do(opUnlisten, h.node, uint32(slot))
	}
	page.listeners[h.node] = h.listeners
}

// remove takes what is drawn of c out of the page.
func (d *drawing) remove(c ComponentOrHTML) {
	switch c := bare(c).(type) {
	case nil:
	case List:
		for _, e := range c {
			d.remove(e)
		}
	default:
		root := element(c).node
		d.release(c, false)
		d.do(opRemove, root)
	}
}

// release unmounts what is drawn of c and gives its nodes back; the root's only if it is to go with them.
func (d *drawing) release(c ComponentOrHTML, root bool) {
	switch c := bare(c).(type) {
	case nil:
	case List:
		for _, e := range c {
			d.release(e, root)
		}
	case Component:
		if u, is := c.(Unmounter); is {
			u.Unmount()
		}
		core := c.Context()
		d.release(core.drawn, root)
		core.unmounted = true
	case *HTML:
		for _, e := range c.children {
			d.release(e, true)
		}
		if root {
			d.do(opFree, c.node)
		}
		page.listeners[c.node] = nil
		page.free = append(page.free, c.node)
	}
}
