package view

import (
	"strconv"

	"github.com/hexops/vecty"
	"github.com/hexops/vecty/prop"

	"github.com/quantscope/quantscope/quant/phrase"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/site/plot"
	"github.com/quantscope/quantscope/site/store"
)

// ShareDialog shows what a receipt tells before anything is sent, and makes the link.
type ShareDialog struct {
	vecty.Core
	Store *store.Store `vecty:"prop"`
}

// Copy is for Vecty.
func (d *ShareDialog) Copy() vecty.Component { return copyOf(d) }

// Render draws the dialog; closed, it is an empty element.
func (d *ShareDialog) Render() vecty.ComponentOrHTML {
	return guard("div", func() *vecty.HTML {
		s := d.Store.State()
		return el("div", "dialogs", when(s.Share.Open && s.Result != nil, func() *vecty.HTML { return d.backdrop(s) }))
	})
}

func (d *ShareDialog) backdrop(s store.State) *vecty.HTML {
	return el("div", "backdrop", &Modal{Close: func() { d.Store.Dispatch(store.CloseShare{}) }, Label: "share-title", Body: func() vecty.List { return d.body(d.Store.State()) }, Version: s.Share})
}

func (d *ShareDialog) body(s store.State) vecty.List {
	r, raw, err := s.Receipt()
	if err != nil {
		return vecty.List{words("h2", "", "Share"), words("p", "", err.Error())}
	}
	return vecty.List{
		el("h2", "", attr("id", "share-title"), text("Share this result")),
		words("p", "", "A receipt lets anyone with the same model and images recompute the result and compare. This is all it holds; "+
			pick(s.Share.ID == "", "nothing has been sent yet.", "it, and nothing else, has been sent to this server.")),
		el("div", "receipt", attr("tabindex", "0", "role", "region", "aria-label", "What the receipt holds"), receiptFacts(r)),
		checkbox("named", "Include the model's file name", s.Result.Model.Summary.Name, s.Share.Named,
			func(on bool) { d.Store.Dispatch(store.NameModel{On: on}) }),
		d.source(s),
		words("p", "help", "No weights, no images, no file names of images. A digest identifies a model to whoever has it, and scales tell the ranges of its values."),
		when(s.Share.Problem != "", func() *vecty.HTML { return words("p", "wrong", s.Share.Problem) }),
		d.ways(s, r, len(raw)),
	}
}

// source is the field for a link to the model.
func (d *ShareDialog) source(s store.State) *vecty.HTML {
	problem := s.Share.SourceProblem()
	return el("div", "field",
		el("label", "", vecty.Markup(prop.For("model-source")), text("Where others can download the model, if it is public")),
		el("input", "", vecty.Markup(prop.ID("model-source"), prop.Type(prop.TypeURL), prop.Placeholder("https://"), prop.Value(s.Share.Source), vecty.Attribute("autocomplete", "off"),
			vecty.Attribute("aria-invalid", strconv.FormatBool(problem != "")),
			on("change", func(e *vecty.Event) { d.Store.Dispatch(store.TellSource{Link: e.Target().Get("value").String()}) }))),
		when(problem != "", func() *vecty.HTML { return words("p", "wrong", problem) }))
}

// ways are how the receipt gets to others, the one that needs no server first.
func (d *ShareDialog) ways(s store.State, r *receipt.Receipt, size int) *vecty.HTML {
	full, err := r.Link(origin())
	if err != nil {
		return words("p", "wrong", err.Error())
	}
	fits := "Holds the whole receipt, " + phrase.Count(int64(len(full))) + " characters, behind its #: nothing is sent, and any copy of this page opens it."
	if len(full) > receipt.MaxLink {
		fits = "Holds the whole receipt behind its #, but with " + phrase.Count(int64(len(full))) + " characters it is too long for some mails and chats: save the file, or create a short link."
	}
	return el("ul", "ways",
		way(fits, button(pick(len(full) <= receipt.MaxLink, "primary", ""), "link", pick(s.Copied == store.CopiedFullLink, "Copied", "Copy full link"), false,
			func() { d.Store.Dispatch(store.CopyLink{URL: full, Full: true}) })),
		way("The same as a file, which others drop on this page.",
			button("", "save", "Save receipt file", false, func() { d.Store.Dispatch(store.SaveReceipt{}) })),
		d.short(s, size))
}

func way(what string, action vecty.MarkupOrChild) *vecty.HTML {
	return el("li", "", el("div", "actions", action), words("p", "help", what))
}

// short is the link for which this server keeps the receipt.
func (d *ShareDialog) short(s store.State, size int) *vecty.HTML {
	if s.Share.ID == "" {
		return way("Sends these "+phrase.Bytes(int64(size))+", and nothing else, to this server, which keeps them under their digest until they are deleted with the key that you receive.",
			button("", "share", pick(s.Share.Sending, "Sending…", "Create short link"), s.Share.Sending, func() { d.Store.Dispatch(store.CreateLink{}) }))
	}
	url := origin() + "/r/" + s.Share.ID
	return el("li", "made",
		el("label", "", vecty.Markup(prop.For("share-link")), text("The short link")),
		el("div", "inline",
			el("input", "", vecty.Markup(prop.ID("share-link"), prop.Type(prop.TypeText), prop.Value(url), vecty.Property("readOnly", true),
				on("focus", func(e *vecty.Event) { e.Target().Call("select") }))),
			button("primary", "link", pick(s.Copied == store.CopiedLink, "Copied", "Copy"), false, func() { d.Store.Dispatch(store.CopyLink{URL: url}) })),
		el("p", "help", el("a", "", vecty.Markup(prop.Href(url), vecty.Attribute("target", "_blank"), vecty.Attribute("rel", "noopener")), text("Open it in a new tab"))),
		qrCode(url),
		d.deletion(s))
}

// qrCode is the link for a projector, folded away.
func qrCode(url string) vecty.List {
	q, err := plot.NewQR(url)
	if err != nil { // a host with a very long name
		return vecty.List{}
	}
	quiet, whole := strconv.Itoa(-plot.QRQuiet), strconv.Itoa(q.Size+2*plot.QRQuiet)
	return vecty.List{el("details", "qr", words("summary", "", "QR code, for a projector"),
		svg("svg", []string{"viewBox", quiet + " " + quiet + " " + whole + " " + whole, "role", "img", "aria-label", "QR code of the short link", "shape-rendering", "crispEdges"},
			svg("rect", []string{"class", "qr-light", "x", quiet, "y", quiet, "width", whole, "height", whole}),
			svg("path", []string{"class", "qr-dark", "d", q.Black})))}
}

// deletion is the key, which the server tells once, and its use.
func (d *ShareDialog) deletion(s store.State) *vecty.HTML {
	if s.Share.Key == "" {
		return words("p", "help", "This receipt was already stored here. Whoever stored it has the key that deletes it.")
	}
	return el("div", "",
		el("p", "help", text("This key deletes it, and is not shown again: "), words("code", "delete-key", s.Share.Key), text(". Keep it, or delete the receipt now.")),
		button("small quiet", "cross", pick(s.Share.Sending, "Deleting…", "Delete from this server"), s.Share.Sending, func() { d.Store.Dispatch(store.DeleteLink{}) }))
}

// receiptFacts writes every field of a receipt, so that a reader sees exactly what is told.
func receiptFacts(r *receipt.Receipt) *vecty.HTML {
	m := r.Metrics
	name := "not told"
	if r.Model.Name != "" {
		name = receipt.Quoted(r.Model.Name)
	}
	return el("dl", "facts",
		pair("Format", text(r.Format)),
		pair("Engine", text(receipt.Quoted(r.Engine))),
		pair("Model", words("code", "wrap", r.Model.SHA256), text(" "+phrase.Count(r.Model.Bytes)+" bytes; file name "+name)),
		sourceFact(r),
		pair("Recipe", text(receipt.Quoted(r.Recipe.Name)+" ("+phrase.Quantizer(r.Recipe.Weight)+"; "+phrase.Quantizer(r.Recipe.Activation)+"), "+phrase.PreprocessTitle(r.Recipe)+" "), words("code", "wrap", r.RecipeDigest)),
		pair("Calibration set", set(r.Data.Calibration)...),
		pair("Evaluation set", set(r.Data.Evaluation)...),
		pair("Qparams", words("code", "wrap", r.Digests.QParams)),
		pair("Logits", words("code", "wrap", r.Digests.Logits)),
		pair("Integer logits", words("code", "wrap", r.Digests.Integer)),
		layerFacts(r),
		pair("Metrics", text(figuresOf(m))))
}

// sourceFact is where the model can be had, if the receipt tells.
func sourceFact(r *receipt.Receipt) vecty.List {
	if r.Model.Source == "" {
		return nil
	}
	return pair("Source", words("code", "wrap", r.Model.Source))
}

// layerFacts are what a receipt tells layer by layer, in short and, opened, whole; version 1 told nothing.
func layerFacts(r *receipt.Receipt) vecty.List {
	if r.Format == receipt.Format1 {
		return nil
	}
	doc, _ := r.Canonical() // of a receipt that was made or read: it is valid
	return pair("Layers",
		text(phrase.Plural(len(r.Layers), "layer", "layers")+" with the SQNR of those that have weights, digests of graph, weights and codes, "+
			phrase.Plural(len(r.Model.Tensors), "tensor", "tensors")+" by digest, scale and zero point of "+phrase.Plural(len(r.Activations), "activation", "activations")+
			", and what the integer engine makes of "+phrase.Plural(r.Probes.Count, "probe", "probes")+"."),
		el("details", "", words("summary", "", "The whole document"), words("code", "wrap", string(doc))))
}

func set(s receipt.Set) []vecty.MarkupOrChild {
	if s.Count == 0 {
		return []vecty.MarkupOrChild{text("not used")}
	}
	marks := ""
	if s.Marks != "" {
		marks = ", and three bytes of each, so that anyone with the items can find the one that differs"
		if s.Count*6 > len(s.Marks) {
			marks = ", and three bytes of every few, so that anyone with the items can find where they differ"
		}
	}
	return []vecty.MarkupOrChild{text(phrase.Plural(s.Count, "item", "items") + " "), words("code", "wrap", s.Digest), text(marks)}
}

// figuresOf are the counts of a receipt, in words.
func figuresOf(m receipt.Metrics) string {
	out := phrase.Count(m.BytesBefore) + " → " + phrase.Count(m.BytesAfter) + " bytes"
	if m.N == 0 {
		return out
	}
	if m.Measure != "" {
		out = phrase.Measured(m.Measure, m.Value) + " beside float, on " + phrase.Plural(m.N, "item", "items") + "; " + out
	} else {
		out = "same answer on " + strconv.Itoa(m.Agreement) + " of " + strconv.Itoa(m.N) + "; " + out
	}
	if m.Labelled > 0 {
		out = "top-1 " + strconv.Itoa(m.Top1Float) + " → " + strconv.Itoa(m.Top1Quant) + " (on integers " + strconv.Itoa(m.Top1Integer) + ") of " + strconv.Itoa(m.Labelled) + "; " + out
	}
	return out
}
