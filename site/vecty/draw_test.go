package vecty

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// tree is a DOM that does what dom.js does, to be compared with what a render describes.
type tree struct {
	nodes map[uint32]*leaf
}

type leaf struct {
	tag, text string
	attrs     map[string]string
	listeners map[uint32]string
	children  []*leaf
	parent    *leaf
}

func (t *tree) apply(d *drawing) {
	text := utf16.Encode([]rune(string(d.text)))
	at, from := 0, 0
	number := func() uint32 { at++; return d.ops[at-1] }
	word := func() string {
		n := int(number())
		from += n
		return string(utf16.Decode(text[from-n : from]))
	}
	take := func(l *leaf) {
		if p := l.parent; p != nil {
			p.children = slices.DeleteFunc(p.children, func(c *leaf) bool { return c == l })
			l.parent = nil
		}
	}
	fresh := func() *leaf { return &leaf{attrs: map[string]string{}, listeners: map[uint32]string{}} }
	for at < len(d.ops) {
		op, id := number(), number()
		n := t.nodes[id]
		switch op {
		case opElement:
			n = fresh()
			word()
			n.tag = word()
			t.nodes[id] = n
		case opText:
			n = fresh()
			n.text = word()
			t.nodes[id] = n
		case opSetText:
			n.text = word()
		case opAttr:
			name := word()
			n.attrs[name] = word()
		case opUnattr:
			delete(n.attrs, word())
		case opString:
			name := word()
			n.attrs[name] = word()
		case opBool:
			name := word()
			delete(n.attrs, name)
			if number() == 1 {
				n.attrs[name] = "true"
			}
		case opListen:
			slot := number()
			number()
			n.listeners[slot] = word()
		case opUnlisten:
			delete(n.listeners, number())
		case opInsert:
			parent, after := t.nodes[number()], t.nodes[number()]
			take(n)
			i := 0
			if after != nil {
				i = slices.Index(parent.children, after) + 1
			}
			parent.children = slices.Insert(parent.children, i, n)
			n.parent = parent
		case opReplace:
			old := number()
			o := t.nodes[old]
			delete(t.nodes, old)
			if p := o.parent; p != nil {
				i := slices.Index(p.children, o)
				p.children[i], n.parent, o.parent = n, p, nil
			}
		case opRemove:
			take(n)
			delete(t.nodes, id)
		case opFree:
			delete(t.nodes, id)
		}
	}
	if from != len(text) {
		panic("text is left over")
	}
	d.ops, d.text = nil, nil
}

func (l *leaf) String() string {
	if l.tag == "" {
		return l.text
	}
	var attrs []string
	for k, v := range l.attrs {
		if v != "" {
			attrs = append(attrs, k+"="+v)
		}
	}
	for slot, event := range l.listeners {
		attrs = append(attrs, fmt.Sprint("on", slot, event))
	}
	slices.Sort(attrs)
	out := "<" + l.tag + " " + strings.Join(attrs, " ") + ">"
	for _, c := range l.children {
		out += "|" + c.String()
	}
	return out + "</>"
}

// described is what a tree drawn of c has to look like.
func described(c ComponentOrHTML) []*leaf {
	switch c := bare(c).(type) {
	case nil:
		return nil
	case List:
		var out []*leaf
		for _, e := range c {
			out = append(out, described(e)...)
		}
		return out
	case Component:
		return described(c.Context().drawn)
	}
	h := c.(*HTML)
	l := &leaf{tag: h.tag, text: string([]rune(h.text)), attrs: map[string]string{}, listeners: map[uint32]string{}}
	if class := h.class(); class != "" {
		l.attrs["class"] = class
	}
	for _, s := range append(slices.Clone(h.attributes), h.properties...) {
		if s.value != false {
			l.attrs[s.name] = fmt.Sprint(s.value)
		}
	}
	for slot, e := range h.listeners {
		l.listeners[uint32(slot)] = e.Name
	}
	for _, e := range h.children {
		l.children = append(l.children, described(e)...)
	}
	return []*leaf{l}
}

func count(l *leaf) int {
	n := 1
	for _, c := range l.children {
		n += count(c)
	}
	return n
}

// part is a component that draws what it is told.
type part struct {
	Core
	Draw func() *HTML `vecty:"prop"`
	log  *[]string
	name string
}

func (p *part) Render() ComponentOrHTML { return p.Draw() }
func (p *part) Mount()                  { *p.log = append(*p.log, "mount "+p.name) }
func (p *part) Unmount()                { *p.log = append(*p.log, "unmount "+p.name) }

// other is another type of component.
type other struct{ part }

func (o *other) Render() ComponentOrHTML { return o.Draw() }

// inner draws a component, which draws.
type inner struct {
	Core
	Seed uint64 `vecty:"prop"`
	log  *[]string
}

func (i *inner) Render() ComponentOrHTML {
	r := rand.New(rand.NewPCG(i.Seed, 1))
	return &part{log: i.log, Draw: func() *HTML { return randomElement(r, 2, i.log) }}
}

func randomElement(r *rand.Rand, depth int, log *[]string) *HTML {
	var m []MarkupOrChild
	for range r.IntN(3) {
		names := []string{"a", "b", "ü€𝄞"}
		name := names[r.IntN(3)]
		m = append(m, Markup([]Applyer{
			Attribute(name, "v"+name+fmt.Sprint(r.IntN(2))), Property("p"+name, r.IntN(2) == 0), Property("value", "w"+fmt.Sprint(r.IntN(3))),
			Class(name), ClassMap{name: true, "never": false}, &EventListener{Name: name}, (&EventListener{Name: name}).PreventDefault(),
		}[r.IntN(7)]))
	}
	for range r.IntN(4) {
		m = append(m, random(r, depth-1, log))
	}
	return Tag([]string{"p", "q", "s"}[r.IntN(3)], m...)
}

func random(r *rand.Rand, depth int, log *[]string) ComponentOrHTML {
	if depth <= 0 {
		return Text("t" + fmt.Sprint(r.IntN(3)) + "é𝄞\xff"[:r.IntN(8)])
	}
	seed := r.Uint64()
	draw := func() *HTML { return randomElement(rand.New(rand.NewPCG(seed, 2)), depth-1, log) }
	switch r.IntN(8) {
	case 0:
		return nil
	case 1:
		return (*HTML)(nil)
	case 2:
		return &part{log: log, Draw: draw}
	case 3:
		return &other{part{log: log, Draw: draw}}
	case 4:
		return &inner{log: log, Seed: seed}
	case 5:
		var l List
		for range r.IntN(4) {
			l = append(l, random(r, depth-1, log))
		}
		return l
	}
	return randomElement(r, depth, log)
}

// TestRandomTrees draws random trees one after the other in the place of each other: the DOM is what the
// last one describes, each of its nodes has a number and no other node has one, and who came went.
func TestRandomTrees(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		page = nodes{listeners: make([][]*EventListener, 1)}
		dom := &tree{nodes: map[uint32]*leaf{}}
		var log []string
		root := &part{log: &log, name: "root"}
		var d drawing
		for i := range 12 {
			root.Draw = func() *HTML { return randomElement(r, 4, &log) }
			if i == 0 {
				d.create(root)
			} else {
				d.redraw(root)
			}
			dom.apply(&d)
			for _, m := range d.mounts {
				m.Mount()
			}
			d.mounts = nil
			got, want := dom.nodes[uint32(element(root).node)], described(root)[0]
			if got.String() != want.String() {
				t.Fatalf("drawing %d:\n got %s\nwant %s", i, got, want)
			}
			if count(got) != len(dom.nodes) {
				t.Fatalf("%d nodes in the page, %d have a number", count(got), len(dom.nodes))
			}
			if free := len(page.listeners) - 1 - len(page.free); free != len(dom.nodes) {
				t.Fatalf("%d numbers are given, %d nodes are there", free, len(dom.nodes))
			}
		}
		d.remove(root)
		came, went := 0, 0
		for _, l := range log {
			if strings.HasPrefix(l, "mount") {
				came++
			} else {
				went++
			}
		}
		if came == 0 || came != went {
			t.Fatalf("%d components came, %d went", came, went)
		}
	}
}

// skipper is drawn again only when its text changes.
type skipper struct {
	Core
	Words string `vecty:"prop"`
	drawn *int
}

func (s *skipper) Render() ComponentOrHTML {
	*s.drawn++
	return Tag("p", Text(s.Words))
}

func (s *skipper) SkipRender(prev Component) bool {
	p, is := prev.(*skipper)
	return is && p.Words == s.Words
}

func TestSkipped(t *testing.T) {
	n := 0
	word := "one"
	root := &part{log: new([]string), Draw: func() *HTML { return Tag("div", List{&skipper{Words: word, drawn: &n}}) }}
	var d drawing
	d.create(root)
	d.redraw(root)
	if n != 1 {
		t.Fatalf("drawn %d times though nothing changed", n)
	}
	word = "two"
	d.redraw(root)
	if n != 2 {
		t.Fatalf("drawn %d times after a change", n)
	}
}

func TestTwiceThePage(t *testing.T) {
	e := Tag("p")
	root := &part{log: new([]string), Draw: func() *HTML { return Tag("div", e, e) }}
	defer func() {
		if recover() == nil {
			t.Error("an element that is in the page twice went unnoticed")
		}
	}()
	new(drawing).create(root)
}

func TestString(t *testing.T) {
	got := String(List{
		Tag("label", Markup(Property("htmlFor", "x"), Class("b", "a"), Attribute("title", `<"&>`)), Text("1 < 2")),
		Tag("input", Markup(Property("disabled", true), Property("checked", false), Property("value", "v"))),
		&part{Draw: func() *HTML { return nil }},
	})
	want := `<label class="b a" title="&lt;&#34;&amp;&gt;" for="x">1 &lt; 2</label><input disabled value="v"><noscript></noscript>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
