package view

import (
	"strconv"
	"strings"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// NetworkGraph shows the network of the result as a graph: each box is a node in float and quantized, with a measure over it.
// The pane scrolls, and can be dragged; arrow keys go along the data.
type NetworkGraph struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
	Zoom  int          // step of zooms, 0 for all of them in their own size
	find  string
}

// Copy is for Vecty.
func (g *NetworkGraph) Copy() vecty.Component { return copyOf(g) }

// zooms are the sizes of the picture.
func zooms() []float64 { return []float64{0.25, 0.4, 0.6, 0.8, 1, 1.4, 2} }

const usualZoom = 4

// Render draws the card.
func (g *NetworkGraph) Render() vecty.ComponentOrHTML {
	return guard("div", func() *vecty.HTML {
		s := g.Store.State()
		nodes, drawn := s.GraphNodes(), s.Graph()
		scale := zooms()[usualZoom+g.Zoom]
		at := 0
		for i, n := range nodes {
			if n.Name == s.Layers.Selected {
				at = i
			}
		}
		overlay := string(s.Layers.Overlay)
		if overlay == "" {
			overlay = string(store.BySQNR)
		}
		return el("div", "card table-card network",
			el("div", "table-head",
				words("h2", "", phrase.Plural(len(nodes), "node", "nodes")),
				asGraph(g.Store)),
			el("div", "network-tools",
				el("form", "field", vecty.Markup(on("submit", func(*vecty.Event) { g.seek(nodes, at) }).PreventDefault()),
					el("label", "", attr("for", "find-node"), text("Find a node")),
					el("input", "", vecty.Markup(prop.ID("find-node"), prop.Type(prop.TypeSearch), vecty.Attribute("autocomplete", "off"),
						on("input", func(e *vecty.Event) {
							g.find = e.Value()
							vecty.Rerender(g)
						})))),
				choice("Show", "overlay", overlay, store.Overlays(), phrase.Spelled, func(v string) {
					g.Store.Dispatch(store.ShowOverlay{Overlay: store.Overlay(v)})
				}),
				el("div", "actions",
					g.zoomer("−", "Smaller", g.Zoom > -usualZoom, -1),
					g.zoomer("+", "Larger", usualZoom+g.Zoom < len(zooms())-1, 1))),
			el("div", "network-pane", attr("role", "region", "aria-label", "The network as a graph"),
				vecty.Markup(on("pointermove", pan)),
				svg("svg", []string{"width", num(scale * (drawn.Width + 8)), "height", num(scale * (drawn.Height + 8)), "viewBox", "-4 -4 " + num(drawn.Width+8) + " " + num(drawn.Height+8)},
					svg("path", []string{"class", "wires", "d", wires(drawn)}),
					svg("g", nil, each(nodes, func(i int, n store.GraphNode) vecty.ComponentOrHTML {
						return &NodeBox{Store: g.Store, Node: n, At: i, Box: drawn.Boxes[i], Selected: i == at, Found: store.Found(n, g.find), Go: func(key string) int { return drawn.Step(i, key) }}
					})))),
			words("p", "help", explain(s, overlay)+" Grey: in float; blue: quantized. Drag to move; arrow keys go from node to node, Enter in the search to the next that is found."))
	})
}

// asGraph is the switch between the table of layers and the graph.
func asGraph(st *store.Store) *vecty.HTML {
	return segments("Layers", st.State().Layers.Graph, "Table", "Graph", func(graph bool) { st.Dispatch(store.ShowGraph{On: graph}) })
}

// explain says what the overlay is, and where it comes from.
func explain(s store.State, overlay string) string {
	switch store.Overlay(overlay) {
	case store.BySensitivity:
		return "SQNR of the answers with nothing but this layer quantized; the darker, the more it costs." + pick(s.Diagnosed() == nil, " “Why?” measures it.", "")
	case store.ByBits:
		return "Bits of the weight."
	case store.ByTime:
		switch {
		case s.Times.Problem != "":
			return s.Times.Problem
		case !s.Answerable():
			return "The engine no longer has this network: quantize again to time it."
		case s.Times.Waiting:
			return "Timing each step…"
		}
		return "Time of a step on this machine, one item, one thread: in float, on the integer engine, and the ratio. A step has what follows it within, such as its activation; the darker, the longer."
	case store.ByBytes:
		return "Bytes of the weight after quantization; the darker, the more."
	}
	return "SQNR of the layer’s output with everything before it quantized too; the darker, the worse."
}

func (g *NetworkGraph) zoomer(sign, label string, open bool, by int) *vecty.HTML {
	return el("button", "button small", attr("type", "button", "aria-label", label), vecty.Markup(
		vecty.Property("disabled", !open),
		on("click", func(*vecty.Event) {
			g.Zoom += by
			vecty.Rerender(g)
		})), words("span", "", sign))
}

// seek goes to the next node that is found.
func (g *NetworkGraph) seek(nodes []store.GraphNode, at int) {
	if i := store.FindNode(nodes, at, g.find); i >= 0 {
		g.Store.Dispatch(store.SelectLayer{Name: nodes[i].Name})
		focusBox(i)
	}
}

func focusBox(i int) {
	if box := vecty.Global().Get("document").Call("getElementById", "node-"+strconv.Itoa(i)); box.Truthy() {
		box.Call("focus")
	}
}

// pan moves the pane along with a pointer that is pressed.
func pan(e *vecty.Event) {
	if e.Get("buttons").Int() != 1 || e.Get("pointerType").String() == "touch" { // a finger scrolls by itself
		return
	}
	pane := e.Target().Call("closest", ".network-pane")
	if pane.Truthy() {
		pane.Call("scrollBy", -e.Get("movementX").Int(), -e.Get("movementY").Int())
	}
}

func wires(g plot.Graph) string {
	var b strings.Builder
	for _, e := range g.Edges {
		b.WriteString(e.Path)
	}
	return b.String()
}

// NodeBox is a node of the graph.
type NodeBox struct {
	vecty.Core
	Store    *store.Store         `vecty:"prop"`
	Node     store.GraphNode      `vecty:"prop"`
	Box      plot.GraphBox        `vecty:"prop"`
	At       int                  `vecty:"prop"`
	Selected bool                 `vecty:"prop"`
	Found    bool                 `vecty:"prop"`
	Go       func(key string) int `vecty:"prop"` // where an arrow key leads
}

// Copy is for Vecty.
func (b *NodeBox) Copy() vecty.Component { return copyOf(b) }

// SkipRender keeps a box that would be drawn the same.
func (b *NodeBox) SkipRender(prev vecty.Component) bool {
	p, ok := prev.(*NodeBox)
	return ok && p.Node == b.Node && p.At == b.At && p.Selected == b.Selected && p.Found == b.Found && p.Box.X == b.Box.X && p.Box.Y == b.Box.Y
}

// Render draws the box.
func (b *NodeBox) Render() vecty.ComponentOrHTML {
	return guard("g", func() *vecty.HTML {
		n := b.Node
		class := "node" + pick(b.Selected, " selected", "") + pick(b.Found, " found", "") + pick(n.Poor, " poor", "")
		return svg("g", []string{"id", "node-" + strconv.Itoa(b.At), "class", class, "transform", "translate(" + num(b.Box.X) + " " + num(b.Box.Y) + ")",
			"role", "button", "tabindex", pick(b.Selected, "0", "-1"), "aria-pressed", boolean(b.Selected), "aria-label", n.Label()},
			vecty.Markup(
				on("click", func(*vecty.Event) { b.Store.Dispatch(store.SelectLayer{Name: b.Node.Name}) }),
				on("keydown", b.key)),
			svg("rect", []string{"class", "box", "width", num(plot.BoxWidth), "height", num(plot.BoxHeight), "rx", "7"}),
			svg("rect", []string{"class", "measure", "width", num(plot.BoxWidth), "height", num(plot.BoxHeight), "rx", "7", "fill-opacity", num(0.55 * n.Share)}),
			svg("text", []string{"class", "op", "x", "9", "y", "17"}, text(n.Op)),
			svg("text", []string{"class", "by", "x", num(plot.BoxWidth - 9), "y", "17", "text-anchor", "end"}, text(n.Measure)),
			svg("text", []string{"class", "was", "x", "9", "y", "36"}, text(n.Float)),
			svg("text", []string{"class", "is", "x", num(plot.BoxWidth - 9), "y", "36", "text-anchor", "end"}, text(n.Quantized)),
			svg("title", nil, text(n.Name)))
	})
}

// key goes along the graph, and selects.
func (b *NodeBox) key(e *vecty.Event) {
	key := e.Get("key").String()
	var to int
	switch key {
	case "Enter", " ":
		e.Prevent()
		b.Store.Dispatch(store.SelectLayer{Name: b.Node.Name})
		return
	case "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End":
		to = b.Go(key)
	default:
		return
	}
	e.Prevent()
	if to != b.At {
		b.Store.Dispatch(store.SelectLayer{Name: b.Store.State().Result.Model.Summary.Nodes[to].Name})
		focusBox(to)
	}
}
