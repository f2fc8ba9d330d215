package view

import (
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// ModelPlace shows the opened network: what goes in and out, its operators, its nodes.
type ModelPlace struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *ModelPlace) Copy() vecty.Component { return copyOf(p) }

// Render draws the place.
func (p *ModelPlace) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		m := p.Store.State().Model.Summary
		return el("section", "place-model",
			el("div", "place-head",
				el("div", "",
					words("h1", "", m.Name),
					words("p", "lede", phrase.Count(m.Params)+" parameters in "+phrase.Plural(len(m.Nodes), "node", "nodes")+", "+phrase.Bytes(m.Bytes)+". Quantizing it takes up to "+phrase.Bytes(m.Memory)+" of memory.")),
				el("div", "actions",
					picker(p.Store, "pick-model", "quiet", "file", "Another model", store.ModelFiles(), false),
					p.next())),
			when(len(m.Notes) > 0, func() *vecty.HTML { return notes(m.Notes) }),
			el("div", "columns",
				el("div", "card",
					words("h2", "", "Inputs and outputs"),
					el("dl", "facts",
						ports("Input", m.Inputs),
						ports("Output", m.Outputs),
						pair("SHA-256", words("code", "", phrase.Digest(m.SHA256))))),
				el("div", "card",
					words("h2", "", "Operators"),
					el("ul", "chips", each(m.Ops, func(_ int, o inspect.OpCount) vecty.ComponentOrHTML {
						return el("li", "", text(o.Op), words("span", "count", "×"+strconv.Itoa(o.Count)))
					})))),
			el("div", "card table-card",
				words("h2", "", "Nodes, in execution order"),
				el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Nodes"),
					el("table", "nodes",
						el("thead", "", el("tr", "",
							heading("Node", ""), heading("Operator", ""), heading("Output", ""), heading("Parameters", "number"))),
						el("tbody", "", each(m.Nodes, func(_ int, n inspect.Node) vecty.ComponentOrHTML {
							return &NodeRow{Node: n, Batch: p.Store.State().Model.Free()}
						}))))))
	})
}

// next leads on to the data, or to the run if data is there.
func (p *ModelPlace) next() vecty.List {
	if p.Store.State().Data != nil {
		return onward(p.Store)
	}
	return vecty.List{button("primary", "", "Next: data", false, func() { p.Store.Dispatch(store.Go{Place: store.AtData}) })}
}

func ports(name string, list []inspect.Port) vecty.List {
	var out vecty.List
	for _, port := range list {
		out = append(out, pair(name, text(port.Name+" "), words("code", "", phrase.Shape(port.Shape, port.Batch))))
	}
	return out
}

func notes(list []string) *vecty.HTML {
	return el("ul", "notes", each(list, func(_ int, n string) vecty.ComponentOrHTML { return words("li", "", n) }))
}

func heading(name, classes string) *vecty.HTML {
	return el("th", classes, attr("scope", "col"), text(name))
}

// NodeRow is a row of the table of nodes.
type NodeRow struct {
	vecty.Core
	Node  inspect.Node `vecty:"prop"`
	Batch bool         `vecty:"prop"` // the first dimension is free
}

// Copy is for Vecty.
func (r *NodeRow) Copy() vecty.Component { return copyOf(r) }

// SkipRender keeps a row whose node is the same.
func (r *NodeRow) SkipRender(prev vecty.Component) bool {
	p, ok := prev.(*NodeRow)
	return ok && p.Node.Name == r.Node.Name && p.Node.Op == r.Node.Op && p.Node.Params == r.Node.Params &&
		p.Batch == r.Batch && phrase.Shape(p.Node.Shape, false) == phrase.Shape(r.Node.Shape, false)
}

// Render draws the row.
func (r *NodeRow) Render() vecty.ComponentOrHTML {
	return guard("tr", func() *vecty.HTML {
		params := ""
		if r.Node.Params > 0 {
			params = phrase.Count(r.Node.Params)
		}
		return el("tr", "",
			el("th", "name", attr("scope", "row"), vecty.Markup(vecty.Property("title", r.Node.Name)), text(r.Node.Name)),
			words("td", "", r.Node.Op),
			el("td", "", words("code", "", phrase.Shape(r.Node.Shape, r.Batch))),
			words("td", "number", params))
	})
}

// needModel is what a place shows that cannot do anything yet.
func needModel(s *store.Store, what string) *vecty.HTML {
	return el("div", "empty",
		icon("file"),
		words("p", "", what),
		el("div", "actions",
			picker(s, "pick-model", "primary", "file", "Choose a model", store.ModelFiles(), false),
			button("", "play", "Run the sample", false, func() { s.Dispatch(store.AskSample{Run: true}) })))
}

// checkbox is a setting that is on or off, with its label and help.
func checkbox(id, label, help string, checked bool, set func(bool)) *vecty.HTML {
	return el("div", "check",
		el("input", "", vecty.Markup(prop.ID(id), prop.Type(prop.TypeCheckbox), prop.Checked(checked),
			on("change", func(e *vecty.Event) { set(e.Checked()) }))),
		el("label", "", vecty.Markup(prop.For(id)), text(label), vecty.If(help != "", words("span", "help", help))))
}
