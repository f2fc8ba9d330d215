package view

import (
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// Outputs shows what both networks answer: which class is taken for which, and the items whose answer changes.
type Outputs struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (o *Outputs) Copy() vecty.Component { return copyOf(o) }

// Render draws the section.
func (o *Outputs) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		s := o.Store.State()
		answers, known := s.Answers()
		sentence := "Confusion of the classes before and after, and the items whose first answer changes, with the first five answers of both networks."
		switch {
		case known:
			sentence = answers.Sentence()
		case s.Outputs.Problem != "":
			sentence = s.Outputs.Problem
		case !s.Answerable():
			sentence = "The engine no longer has this network: quantize again to see its answers."
		case s.Outputs.Wanted:
			sentence = "Running both networks on the evaluation items…"
		}
		return el("section", "card table-card answers-card", attr("aria-labelledby", "answers-title", "aria-busy", boolean(s.Outputs.Waiting)),
			el("div", "table-head",
				el("h2", "", attr("id", "answers-title"), text("Answers, float and quantized")),
				when(!known && !s.Outputs.Wanted, func() *vecty.HTML {
					return button("small", "images", "Compare the answers", !s.Answerable(), func() { o.Store.Dispatch(store.ShowOutputs{}) })
				})),
			words("p", "help", sentence),
			when(known && len(answers.Cells) > 0, func() *vecty.HTML { return confusion(answers) }),
			slot(known && len(answers.Pairs) > 0 && answers.Pairs[0].Twins != nil, func() vecty.Component { return &Twins{Store: o.Store} }),
			when(known && (len(answers.Pairs) == 0 || answers.Pairs[0].Twins == nil), func() *vecty.HTML {
				return el("ul", "flips", each(answers.Gallery(), func(_ int, f store.Flip) vecty.ComponentOrHTML { return flip(f) }))
			}))
	})
}

// confusion is the matrix of labels and answers, what quantization changed in it marked; where there are too many
// classes, the cells that changed most.
func confusion(o store.Outputs) *vecty.HTML {
	classes, at, fits := o.Matrix()
	if !fits {
		changes := o.Changes(10)
		return el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Confusions that changed"),
			el("table", "changes",
				el("thead", "", el("tr", "", heading("Label", ""), heading("Answer", ""), heading("Float", "number"), heading("Quantized", "number"), heading("Change", "number"))),
				el("tbody", "", each(changes, func(_ int, c inspect.Cell) vecty.ComponentOrHTML {
					return el("tr", "",
						el("th", "name", attr("scope", "row"), text(phrase.Class(c.Label.Index, c.Label.Name))),
						words("td", "", phrase.Class(c.Answer.Index, c.Answer.Name)),
						words("td", "number", strconv.Itoa(c.Float)), words("td", "number", strconv.Itoa(c.Quantized)), words("td", "number", change(c)))
				}))))
	}
	return el("div", "scroll", attr("tabindex", "0", "role", "region", "aria-label", "Confusion matrix"),
		el("table", "confusion",
			el("caption", "", text("Rows: label. Columns: answer of the quantized network, with the change from float.")),
			el("thead", "", el("tr", "", el("td", ""), each(classes, func(_ int, c inspect.Class) vecty.ComponentOrHTML {
				return heading(phrase.Class(c.Index, c.Name), "number")
			}))),
			el("tbody", "", each(classes, func(_ int, label inspect.Class) vecty.ComponentOrHTML {
				return el("tr", "",
					el("th", "", attr("scope", "row"), text(phrase.Class(label.Index, label.Name))),
					each(classes, func(_ int, answer inspect.Class) vecty.ComponentOrHTML {
						c := at(label.Index, answer.Index)
						right := label.Index == answer.Index
						better := (c.Quantized > c.Float) == right
						return el("td", pick(c.Quantized == c.Float, "", pick(better, "better", "worse"))+pick(right, " right", ""),
							when(c.Quantized+c.Float > 0, func() *vecty.HTML { return text(strconv.Itoa(c.Quantized)) }),
							when(c.Quantized != c.Float, func() *vecty.HTML { return words("span", "change", change(c)) }))
					}))
			}))))
}

// change is how many more or fewer answers a cell has than in float.
func change(c inspect.Cell) string {
	if d := c.Quantized - c.Float; d < 0 {
		return "−" + strconv.Itoa(-d)
	}
	return "+" + strconv.Itoa(c.Quantized-c.Float)
}

// flip is an item with the answers of both networks.
func flip(f store.Flip) *vecty.HTML {
	return el("li", pick(f.Flipped(), "flip changed", "flip"),
		when(f.Picture != "", func() *vecty.HTML {
			return el("img", "", vecty.Markup(prop.Src(f.Picture), vecty.Attribute("width", "88"), vecty.Attribute("height", "88"), vecty.Attribute("alt", "Input made of "+f.Name)))
		}),
		el("div", "",
			el("p", "sight-name", words("bdi", "", f.Name)),
			el("p", "help", text(pick(f.Label >= 0, "Label: "+phrase.Class(f.Label, f.LabelName), "No label")), when(f.Flipped(), func() *vecty.HTML { return words("span", "badge", "changed") })),
			el("table", "pairs",
				el("thead", "", el("tr", "", heading("Class", ""), heading("Float", "number"), heading("Quantized", "number"))),
				el("tbody", "", each(merged(f.Answers, f.Quantized), func(_ int, m both) vecty.ComponentOrHTML { return m.row(f.Label) })))))
}

// both is what the two networks give a class, below 0 where it is not among the first answers.
type both struct {
	class            inspect.Answer
	float, quantized float64
}

// merged sets the answers of both networks side by side, in the order of the float one's.
func merged(float, quantized []inspect.Answer) []both {
	var out []both
	for _, a := range float {
		out = append(out, both{a, a.Share, -1})
	}
	for _, b := range quantized {
		found := false
		for i := range out {
			if out[i].class.Class == b.Class {
				out[i].quantized, found = b.Share, true
			}
		}
		if !found {
			out = append(out, both{b, -1, b.Share})
		}
	}
	return out
}

func (b both) row(label int) *vecty.HTML {
	cell := func(share float64) *vecty.HTML {
		if share < 0 {
			return words("td", "number", "–")
		}
		return el("td", "number",
			svg("svg", []string{"viewBox", "0 0 100 10", "preserveAspectRatio", "none", "aria-hidden", "true"},
				svg("rect", []string{"x", "0", "y", "0", "height", "10", "width", num(100 * min(share, 1))})),
			text(phrase.Percent(share)))
	}
	return el("tr", pick(b.class.Class == label, "right", ""),
		el("th", "", attr("scope", "row"), text(phrase.Class(b.class.Class, b.class.Name)),
			when(b.class.Class == label, func() *vecty.HTML { return words("span", "visually-hidden", ", the label") })),
		cell(b.float), cell(b.quantized))
}
