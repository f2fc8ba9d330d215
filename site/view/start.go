package view

import (
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// StartPlace is what a visitor sees first: where to drop a model, the sample, and a picture of what
// quantization does.
type StartPlace struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
	Bits  int
	link  string
	model string
}

// Copy is for Vecty.
func (p *StartPlace) Copy() vecty.Component { return copyOf(p) }

// Render draws the place.
func (p *StartPlace) Render() vecty.ComponentOrHTML {
	return guard("section", func() *vecty.HTML {
		if p.Bits == 0 {
			p.Bits = 3
		}
		return el("section", "start", attr("aria-labelledby", "start-title"),
			el("div", "hero",
				el("div", "hero-words",
					el("h1", "", attr("id", "start-title"), text("See what quantization does to your network.")),
					words("p", "lede", "Bring an ONNX model and some images. Calibrate, quantize and compare, layer by layer, in this page. Nothing is uploaded.")),
				p.staircase()),
			el("div", "start-grid",
				el("div", "dropzone",
					icon("file"),
					words("p", "dropzone-title", "Drop an .onnx or .tflite file"),
					words("p", "help", "or PyTorch weights of a well-known network; your images too if you like"),
					picker(p.Store, "pick-model", "primary", "file", "Choose a model", store.ModelFiles(), false),
					el("p", "help limits", text(holds(p.Store.State())+" "), el("a", "", attr("href", at("/operators.html"), "target", "_blank", "rel", "noopener"), text("Supported operators")))),
				el("div", "start-links", p.openAddress(), p.openLink())),
			sampleCards(p.Store))
	})
}

// holds says what this device can take.
func holds(s store.State) string {
	if s.Engine == nil {
		return "What this device can hold is shown once the engine has loaded."
	}
	return "This device: models up to " + phrase.Bytes(s.Engine.Largest) + ", up to " + phrase.Bytes(s.Engine.Memory) + " of memory, " + phrase.Plural(s.Engine.Cores, "thread", "threads") + "."
}

func (p *StartPlace) openAddress() *vecty.HTML {
	s := p.Store.State()
	return el("form", "card link-form",
		vecty.Markup(on("submit", func(*vecty.Event) { p.Store.Dispatch(store.FetchModel{Address: p.model}) }).PreventDefault()),
		words("h2", "", "Open a model by its address"),
		words("p", "", "On Hugging Face, GitHub, jsDelivr or unpkg. Only the address leaves this page."),
		el("div", "inline",
			addressField("model-address", "Address of a model", "https://huggingface.co/…/model.onnx", func(s string) { p.model = s }, vecty.Attribute("inputmode", "url")),
			el("button", "button", vecty.Markup(prop.Type(prop.TypeSubmit), prop.Disabled(s.Fetching != "")), icon("file"), words("span", "", pick(s.Fetching != "", "Fetching…", "Fetch")))),
		el("div", "", attr("role", "alert"), when(s.Problem != nil && s.Problem.At == store.AtAddress, func() *vecty.HTML {
			return words("p", "help wrong", s.Problem.What+" "+s.Problem.Why+" "+s.Problem.Next)
		})))
}

func (p *StartPlace) openLink() *vecty.HTML {
	return el("form", "card link-form",
		vecty.Markup(on("submit", func(*vecty.Event) { p.Store.Dispatch(store.FollowLink{Text: p.link}) }).PreventDefault()),
		words("h2", "", "Open a result link"),
		words("p", "", "Check it here with your own copy of the model. A receipt file can be dropped instead."),
		el("div", "inline",
			addressField("result-link", "Result link", "…/r/1f0c…", func(s string) { p.link = s }),
			el("button", "button", vecty.Markup(prop.Type(prop.TypeSubmit)), icon("link"), words("span", "", "Open"))))
}

// addressField is where an address is pasted, with a label for those who do not see it.
func addressField(id, label, placeholder string, set func(address string), further ...vecty.Applyer) vecty.List {
	return vecty.List{
		el("label", "visually-hidden", vecty.Markup(prop.For(id)), text(label)),
		el("input", "", vecty.Markup(
			prop.ID(id), prop.Type(prop.TypeText), prop.Placeholder(placeholder),
			vecty.Attribute("autocomplete", "off"), vecty.Attribute("spellcheck", "false"),
			on("input", func(e *vecty.Event) { set(e.Value()) })), vecty.Markup(further...)),
	}
}

// The size of the picture, in its own units.
const (
	pictureWidth  = 520
	pictureHeight = 190
)

// staircase is a curve and its quantized self, with a slider for the bits.
func (p *StartPlace) staircase() *vecty.HTML {
	s := plot.NewStaircase(pictureWidth, pictureHeight, p.Bits)
	width, height := strconv.Itoa(pictureWidth), strconv.Itoa(pictureHeight)
	return el("figure", "staircase",
		svg("svg", []string{"viewBox", "-4 -4 " + strconv.Itoa(pictureWidth+8) + " " + strconv.Itoa(pictureHeight+8), "role", "img",
			"aria-label", "A smooth curve and the same curve rounded to " + strconv.Itoa(1<<p.Bits) + " levels"},
			svg("g", []string{"class", "levels"}, each(s.Levels, func(_ int, l plot.Line) vecty.ComponentOrHTML {
				return svg("line", []string{"x1", "0", "x2", width, "y1", num(l.Y), "y2", num(l.Y)})
			})),
			svg("line", []string{"class", "axis", "x1", "0", "x2", width, "y1", height, "y2", height}),
			svg("path", []string{"class", "curve", "d", s.Curve}),
			svg("path", []string{"class", "steps", "d", s.Steps})),
		el("figcaption", "",
			el("label", "", vecty.Markup(prop.For("bits")), text("Bits")),
			el("input", "", vecty.Markup(
				prop.ID("bits"), prop.Type(prop.TypeRange), prop.Value(strconv.Itoa(p.Bits)),
				vecty.Attribute("min", "2"), vecty.Attribute("max", "8"), vecty.Attribute("step", "1"),
				on("input", func(e *vecty.Event) {
					if n, err := strconv.Atoi(e.Value()); err == nil {
						p.Bits = n
						vecty.Rerender(p)
					}
				}))),
			words("output", "", strconv.Itoa(p.Bits)),
			words("span", "caption-fact", strconv.Itoa(1<<p.Bits)+" levels, error up to "+phrase.Percent(s.MaxError))))
}
