package view

import (
	"strconv"
	"strings"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/store"
)

// Arithmetic writes out how one number of the layer's output comes about on the integer engine, step by step.
type Arithmetic struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (p *Arithmetic) Copy() vecty.Component { return copyOf(p) }

// Render draws the steps.
func (p *Arithmetic) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML { return p.steps(p.Store.State().Lesson) })
}

func (p *Arithmetic) steps(l store.Lesson) *vecty.HTML {
	if l.Effect == nil || l.Effect.Sums == nil {
		return el("section", "card lesson-sums", attr("id", "lesson-sum"), words("p", "help", "Running the integer engine…"))
	}
	s := *l.Effect.Sums
	return el("section", pick(l.Summed(), "card lesson-sums", "card lesson-sums pending"), attr("id", "lesson-sum", "aria-busy", boolean(!l.Summed())),
		el("div", "table-head",
			words("h2", "", "Output "+position(s)+" of “"+l.Scene.Layers[l.Scene.Layer].Name+"”, computed on integers"),
			button("small", "", "Another output", false, func() {
				p.Store.Dispatch(store.WriteOut{On: true, Element: (s.Element + stride(s.Elements)) % s.Elements})
			})),
		el("ol", "lesson-steps",
			el("li", "", words("h3", "", "Weight × activation"), p.terms(s)),
			el("li", "", words("h3", "", "int32 accumulator"), el("div", "sum-lines", lines(accumulated(s)))),
			when(s.To != nil, func() *vecty.HTML {
				return el("li", "", words("h3", "", "Requantization multiplier"), el("div", "sum-lines", lines(multiplied(s))))
			}),
			el("li", "", words("h3", "", pick(s.To != nil, "Code", "Real number")), el("div", "sum-lines", lines(coded(s))))),
		when(s.Why != "", func() *vecty.HTML {
			return words("p", "help", "This engine runs the layer in float, because "+s.Why+". The integers shown are what an integer engine would use.")
		}))
}

// terms are the products with the codes that they are of.
func (p *Arithmetic) terms(s inspect.Sums) *vecty.HTML {
	return el("table", "lesson-terms",
		el("thead", "", el("tr", "", heading("activation", "number"), heading("its code", "number"), heading("weight", "number"), heading("its code", "number"), heading("product", "number"))),
		el("tbody", "",
			each(s.Terms, func(_ int, t inspect.Term) vecty.ComponentOrHTML {
				return el("tr", "", cell(phrase.Float(t.X)), cell(less(t.XCode, s.XZero)), cell(phrase.Float(t.W)), cell(less(t.WCode, s.WZero)), cell(whole(int64(t.Product))))
			}),
			when(s.Count > len(s.Terms), func() *vecty.HTML {
				return el("tr", "", el("td", "", attr("colspan", "4"), text("and "+phrase.Plural(s.Count-len(s.Terms), "smaller product", "smaller products"))), cell(whole(s.Rest)))
			})))
}

func cell(s string) *vecty.HTML { return words("td", "number", s) }

// less is a code with its zero point taken off.
func less(code, zero int32) string {
	if zero == 0 {
		return whole(int64(code))
	}
	return whole(int64(code)) + " − " + whole(int64(zero))
}

// whole writes an integer with a proper minus.
func whole(n int64) string { return strings.Replace(strconv.FormatInt(n, 10), "-", "−", 1) }

// accumulated are the lines of the sum.
func accumulated(s inspect.Sums) []string {
	products := int64(s.Sum) - int64(s.BiasCode)
	out := []string{"Σ of " + phrase.Plural(s.Count, "product", "products") + " = " + whole(products)}
	if s.Bias != 0 {
		out = append(out, "bias "+phrase.Float(s.Bias)+" / ("+phrase.Float(s.XScale)+" · "+phrase.Float(s.WScale)+") = "+whole(int64(s.BiasCode)))
	}
	return append(out, "sum = "+whole(int64(s.Sum)))
}

// multiplied are the lines of the multiplier.
func multiplied(s inspect.Sums) []string {
	t := s.To
	return []string{
		"M = s_x · s_w / s_y = " + phrase.Float(s.XScale) + " · " + phrase.Float(s.WScale) + " / " + phrase.Float(t.Scale) + " = " + phrase.Float(t.M),
		"as an integer and a shift: M = " + whole(int64(t.Factor)) + " / 2^" + strconv.Itoa(t.Shift),
		whole(int64(s.Sum)) + " · " + whole(int64(t.Factor)) + " >> " + strconv.Itoa(t.Shift) + " = " + phrase.Float(float32(s.Sum)*t.M),
	}
}

// coded are the lines of the result.
func coded(s inspect.Sums) []string {
	if s.To == nil {
		then := pick(s.Then == "", "It is an output of the network.", "The next operator, "+s.Then+", takes it as it is.")
		return []string{whole(int64(s.Sum)) + " · " + phrase.Float(s.XScale) + " · " + phrase.Float(s.WScale) + " = " + phrase.Float(float32(s.Sum)*s.Unit), "Nothing rounds it. " + then}
	}
	t := s.To
	bounds := "codes " + whole(int64(t.Lo)) + " … " + whole(int64(t.Hi)) + pick(t.Clamp == "", "", ", which is what "+t.Clamp+" leaves")
	out := []string{
		"add the zero point " + whole(int64(t.Zero)) + ", keep to " + bounds + ": code " + whole(int64(t.Code)),
		"it stands for (" + whole(int64(t.Code)) + " − " + whole(int64(t.Zero)) + ") · " + phrase.Float(t.Scale) + " = " + phrase.Float(t.Back),
	}
	return append(out, "The integer engine, which multiplies by M in float32, has stored "+whole(int64(t.Engine))+pick(t.Engine == t.Code, ": the same.", ": one of the rare ties that round to the other side."))
}

func lines(list []string) vecty.List {
	return each(list, func(_ int, s string) vecty.ComponentOrHTML { return words("p", "", s) })
}

// position names an output by its channel and its place.
func position(s inspect.Sums) string {
	out := ""
	for i, n := range s.Position {
		out += pick(i == 0, "", ", ") + strconv.Itoa(n)
	}
	return "[" + out + "]"
}

// stride leads through all of n outputs far apart from one another: it has no divisor in common with n.
func stride(n int) int {
	for k := max(n*3/8, 1); ; k++ {
		if gcd(k, n) == 1 {
			return k
		}
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
