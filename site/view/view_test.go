//go:build js

package view

import (
	"runtime"
	"strconv"
	"strings"
	"syscall/js"
	"testing"

	"github.com/hexops/vecty"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/receipt"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/site/store"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// desk is a page in the DOM with a store whose effects are kept.
type desk struct {
	*store.Store
	t       *testing.T
	effects []store.Effect
}

func show(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t}
	page := &Page{}
	drawn := false
	d.Store = store.New(store.Initial(), func(e store.Effect) { d.effects = append(d.effects, e) }, func() {
		if drawn {
			vecty.Rerender(page)
		}
	})
	page.Store = d.Store
	if err := vecty.RenderInto("body", page); err != nil {
		t.Fatal(err)
	}
	drawn = true
	return d
}

// do dispatches and waits until it is drawn.
func (d *desk) do(actions ...store.Action) {
	d.t.Helper()
	for _, a := range actions {
		d.Dispatch(a)
	}
	frames()
	if document("querySelector", ".broken").Truthy() {
		d.t.Fatalf("a part of the page could not be drawn after %T", actions[len(actions)-1])
	}
}

// frames waits for the frame that draws.
func frames() {
	for range 2 {
		done := make(chan struct{})
		f := js.FuncOf(func(js.Value, []js.Value) any {
			close(done)
			return nil
		})
		js.Global().Call("requestAnimationFrame", f)
		<-done
		f.Release()
	}
}

func document(method string, args ...any) js.Value {
	return js.Global().Get("document").Call(method, args...)
}

// asked is the number of the last question of that kind.
func (d *desk) asked(kind protocol.Kind) int {
	d.t.Helper()
	number := 0
	for _, e := range d.effects {
		if p, ok := e.(store.Post); ok && p.Message.Kind == kind {
			number = p.Message.Job
		}
	}
	if number == 0 {
		d.t.Fatalf("the page has not asked: %s", kind)
	}
	return number
}

// one is the only element that fits the selector.
func (d *desk) one(selector string) js.Value {
	d.t.Helper()
	list := document("querySelectorAll", selector)
	if list.Length() != 1 {
		d.t.Fatalf("%d elements %s, want 1", list.Length(), selector)
	}
	return list.Index(0)
}

// button is the button with that text.
func (d *desk) button(label string) js.Value {
	d.t.Helper()
	list := document("querySelectorAll", "button")
	for i := range list.Length() {
		if strings.TrimSpace(list.Index(i).Get("textContent").String()) == label {
			return list.Index(i)
		}
	}
	d.t.Fatalf("no button %q", label)
	return js.Value{}
}

func (d *desk) says(text string) bool {
	return strings.Contains(document("querySelector", "body").Get("textContent").String(), text)
}

func digest(c string) string { return strings.Repeat(c, 64) }

func file(path string) store.File { return store.File{Path: path, Size: 1} }

// open gives the page a model and data, as the core would.
func (d *desk) open() {
	d.do(store.Dropped{Files: []store.File{file("net.onnx"), file("pets/a.png")}},
		store.Opened{Job: 1, Model: protocol.Model{
			Name: "net.onnx", SHA256: digest("a"), Bytes: 1000, Params: 250,
			Inputs: []protocol.Port{{Name: "x", Shape: []int{1, 3, 32, 32}, Batch: true}},
			Ops:    []protocol.OpCount{{Op: "Conv", Count: 2}},
			Nodes:  []protocol.Node{{Name: "conv0", Op: "Conv", Shape: []int{1, 8, 32, 32}, Params: 224}},
			Notes:  []string{"w: double converted to float32"},
		}},
		store.Loaded{Job: 2, Data: protocol.Data{Items: 100, Labelled: 100, Distinct: 2}})
}

// run presses Quantize and answers with so many layers.
func (d *desk) run(layers int) {
	d.do(store.Go{Place: store.AtQuantize})
	d.button("Quantize").Call("click")
	d.finish(layers)
}

// finish answers the run with so many layers.
func (d *desk) finish(layers int) {
	d.t.Helper()
	jobs := d.State().Jobs
	if len(jobs) != 1 || jobs[0].Kind != protocol.Run {
		d.t.Fatalf("pressing Quantize gave the jobs %v", jobs)
	}
	recipe := d.State().Recipe
	sum, err := recipe.Digest()
	if err != nil {
		d.t.Fatal(err)
	}
	r := protocol.Result{
		Report: report.Report{
			Accuracy:  report.Accuracy{Items: 36, Labelled: 36, Float: 30, Quantized: 29, Agree: 34, Integer: 28, IntegerAgree: 35},
			Steps:     []report.Step{{Name: "conv0", Op: "Conv", Integer: true, Unequal: 0.004, Cause: report.Requantization}},
			StepItems: 8,
			Size:      report.Size{Float: 1000, Quantized: 270},
		},
		Receipt: receipt.Receipt{
			Format: receipt.Format, Engine: "test", Model: receipt.Model{SHA256: digest("a"), Bytes: 1000},
			Recipe: recipe, RecipeDigest: sum,
			Digests: receipt.Digests{QParams: digest("1"), Logits: digest("2"), Integer: digest("3")},
			Metrics: receipt.Metrics{N: 36, Labelled: 36, Top1Float: 30, Top1Quant: 29, Top1Integer: 30, Agreement: 34, BytesBefore: 1000, BytesAfter: 270},
		},
		Quantizers: []protocol.Quantizer{
			{Name: "conv0.weight_fake_quant", Layer: "conv0", Weight: true, Scheme: scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true},
				Params: scheme.QParams{Scale: []float32{0.5, 0.25}, ZeroPoint: []int32{0, 0}, QMin: -128, QMax: 127}},
			{Name: "x_post_act_fake_quantizer", Layer: "conv0", Scheme: scheme.QScheme{Bits: 8},
				Params: scheme.QParams{Scale: []float32{0.125}, ZeroPoint: []int32{128}, QMax: 255, Axis: -1}},
		},
	}
	for i := range layers {
		placed := protocol.Placed{Weight: -1, Input: -1}
		if i == 0 {
			placed = protocol.Placed{Weight: 0, Input: 1}
		}
		r.Placed = append(r.Placed, placed)
		r.Report.Layers = append(r.Report.Layers, report.Layer{
			Name: "conv" + strconv.Itoa(i), Index: i, Op: "Conv", Module: "Conv2d", SQNR: float64(10 + i), Shape: []int{1, 8, 32, 32}, WeightBits: 8,
			Parameters: 10, FloatBytes: 40, Bytes: 10, IntegerSQNR: float64(9 + i), Step: -min(i, 1),
		})
	}
	d.do(store.Finished{Job: jobs[0].ID, Result: r, Size: 300})
}

func TestEveryPlaceInEveryState(t *testing.T) {
	d := show(t)
	everywhere := func(when string) {
		for _, p := range store.Places() {
			d.do(store.Go{Place: p})
			if here := d.one("[aria-current=page]").Get("textContent").String(); !strings.HasPrefix(here, p.Title()) {
				t.Errorf("%s, at %s: the bar marks %s", when, p, here)
			}
			names(t, when+", at "+string(p))
		}
	}
	everywhere("empty")
	d.open()
	everywhere("with a model")
	d.run(5)
	everywhere("with a result")
	d.do(store.ChooseConfig{Name: "config2"})
	everywhere("with a stale result")
	d.do(store.OpenShare{})
	names(t, "with the dialog")
	d.do(store.CloseShare{}, store.Quantize{})
	d.do(store.Failed{Job: d.State().Jobs[0].ID, Message: "node /conv: shape 3×3"})
	if !d.says("Node /conv: shape 3×3.") {
		t.Error("the problem is not shown")
	}
	everywhere("with a problem")
}

// names checks that every control has a name to speak and every id is there once.
func names(t *testing.T, where string) {
	t.Helper()
	seen := map[string]bool{}
	all := document("querySelectorAll", "[id]")
	for i := range all.Length() {
		id := all.Index(i).Get("id").String()
		if seen[id] {
			t.Errorf("%s: the id %s is there twice", where, id)
		}
		seen[id] = true
	}
	controls := document("querySelectorAll", "button, input, select, a")
	for i := range controls.Length() {
		c := controls.Index(i)
		name := c.Get("textContent").String() + c.Call("getAttribute", "aria-label").String()
		if l := c.Get("labels"); l.Truthy() && l.Length() > 0 {
			name = l.Index(0).Get("textContent").String()
		} else if c.Get("tagName").String() == "INPUT" {
			name = ""
		}
		if strings.TrimSpace(strings.ReplaceAll(name, "<null>", "")) == "" {
			t.Errorf("%s: %s has no name", where, c.Get("outerHTML").String())
		}
	}
}

func TestResultIsShown(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	for _, want := range []string{"83.3\u202f%", "80.6\u202f%", "−2.8 points", "94.4\u202f%", "1.00 kB", "270 B", "−73\u202f%"} {
		if !d.says(want) {
			t.Errorf("the figures do not show %s", want)
		}
	}
	first := document("querySelector", ".layer-table tbody tr")
	if got := first.Get("textContent").String(); !strings.Contains(got, "conv0") || !strings.Contains(got, "10.0 dB") {
		t.Errorf("the worst layer is not the first row: %s", got)
	}
	for _, want := range []string{"Simulation29 of 36−2.8 points", "Integer engine28 of 36−5.6 points", "Integer engine and simulation35 of 3697.2", "one item is 2.8 points"} {
		if got := d.one(".figures").Get("textContent").String(); !strings.Contains(got, want) {
			t.Errorf("the two numbers do not show %q: %s", want, got)
		}
	}
	if got := first.Call("querySelector", ".integers").Get("textContent").String(); got != "9.0 dBrequantization" {
		t.Errorf("the integer engine at the layer: %s", got)
	}
	if got := d.one(".two-numbers").Get("textContent").String(); !strings.Contains(got, "1 of 1 step runs on integers; one gives other numbers") || !strings.Contains(got, "Most at conv0, 0.40\u202f%") {
		t.Errorf("the difference is explained as %s", got)
	}
	detail := d.one(".detail").Get("textContent").String()
	for _, want := range []string{"uint8, 0 to 255", "0.125", "128", "−16 … 15.875", "one for each channel"} {
		if !strings.Contains(detail, want) {
			t.Errorf("the detail does not show %q: %s", want, detail)
		}
	}
}

func TestLayerPlots(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	if !d.says("Looking into the layer…") {
		t.Error("nothing says that the layer is being looked into")
	}
	asked := d.asked(protocol.AskDetail)
	answer := protocol.Detail{Tensor: "x", Weight: &inspect.Weight{
		Elements: 4, Low: -128, High: 127, Float: []int{1, 2, 1}, Codes: make([]int, 256), Used: 3,
		Channels: []inspect.Channel{{Min: -1, Max: 1, Low: -64, High: 63, Used: 2}, {Min: -2, Max: 2, Low: -32, High: 31.75, Used: 1}},
	}}
	answer.Weight.Codes[7] = 4
	d.do(store.Detailed{Job: asked, Detail: answer})
	answer.Input, answer.Done = &inspect.Activation{Items: 8, Elements: 100, Max: 40, Above: 1, High: 31, Low: -16}, true
	d.do(store.Detailed{Job: asked, Detail: answer})
	for selector, sentence := range map[string]string{
		".plot-weight":   "4 weights use 3 of 256 codes, none clipped",
		".plot-channels": "2 channels; number 1 is the widest, up to 2, 2× the narrowest, number 0; number 1 uses fewest codes, 1.",
		".plot-input":    "1.0\u202f% outside.",
	} {
		if got := d.one(selector + " figcaption").Get("textContent").String(); !strings.Contains(got, sentence) {
			t.Errorf("%s says %s", selector, got)
		}
		if got := d.one(selector+" svg").Call("getAttribute", "aria-label").String(); !strings.Contains(got, sentence) {
			t.Errorf("the picture %s is called %s", selector, got)
		}
	}
	d.one(".plot-weight button[aria-expanded]").Call("click")
	frames()
	if n := document("querySelectorAll", ".plot-table tbody tr").Length(); n != 256 {
		t.Errorf("%d rows of codes", n)
	}
	names(t, "with a table")
	d.effects = nil
	d.button("Save SVG of Channels").Call("click")
	if e, ok := d.effects[0].(store.SavePicture); !ok || e.Name != "conv0.channels.svg" || !document("querySelector", e.Selector).Truthy() {
		t.Errorf("Save SVG did %#v", d.effects[0])
	}
	d.effects = nil
	d.button("Save CSV of Channels").Call("click")
	if save, ok := d.effects[0].(store.Save); !ok || save.Name != "conv0.channels.csv" || !strings.HasPrefix(save.Text, "channel,least") {
		t.Errorf("Save CSV did %#v", d.effects[0])
	}
	d.do(store.SelectLayer{Name: "conv1"})
	if document("querySelector", ".plot").Truthy() {
		t.Error("the plots of the layer before stay")
	}
}

func TestArrowKeysGoFromLayerToLayer(t *testing.T) {
	d := show(t)
	d.open()
	d.run(4)
	press := func(key string) {
		options := js.Global().Get("Object").New()
		options.Set("key", key)
		options.Set("bubbles", true)
		document("querySelector", "tr.selected button").Call("dispatchEvent", js.Global().Get("KeyboardEvent").New("keydown", options))
		frames()
	}
	for _, c := range []struct{ key, want string }{
		{"ArrowDown", "conv1"}, {"ArrowDown", "conv2"}, {"ArrowUp", "conv1"}, {"a", "conv1"}, {"ArrowUp", "conv0"}, {"ArrowUp", "conv0"},
	} {
		press(c.key)
		if got := d.one("tr.selected .layer-name").Get("textContent").String(); got != c.want {
			t.Errorf("%s leads to %s, want %s", c.key, got, c.want)
		}
	}
}

func TestALayerIsKeptInFloatAndTheRunsAreListed(t *testing.T) {
	d := show(t)
	d.open()
	d.run(3)
	if document("querySelector", ".runs").Truthy() {
		t.Error("one run is listed")
	}
	d.button("Keep in float").Call("click")
	d.finish(3)
	if n := document("querySelectorAll", ".runs tbody tr").Length(); n != 2 {
		t.Fatalf("%d runs are listed", n)
	}
	if got := d.one(".runs tr.selected").Get("textContent").String(); !strings.Contains(got, "config1; conv0 kept in float") {
		t.Errorf("the run is called %s", got)
	}
	if got := d.one(".plot-trade svg").Call("getAttribute", "aria-label").String(); !strings.HasPrefix(got, "2 runs by size and top-1: smallest is run 1, 270 B at 80.6") {
		t.Errorf("the picture of the runs is called %s", got)
	}
	d.effects = nil
	d.button("Save CSV of the runs").Call("click")
	if e, ok := d.effects[0].(store.Save); !ok || !strings.Contains(e.Text, "\r\n2,config1; conv0 kept in float,36,30,29,28,36,34,270\r\n") {
		t.Errorf("Save CSV did %#v", d.effects[0])
	}
	names(t, "with two runs")
	d.button("Quantize it again")
	d.button("Show run 1").Call("click")
	frames()
	if got := d.one(".runs tr.selected .run-name").Get("textContent").String(); got != "1. config1" {
		t.Errorf("shown is %s", got)
	}
	d.button("Keep in float")
	d.do(store.Go{Place: store.AtQuantize}, store.AddOverride{Rule: store.Rule{By: "op", Text: "Gemm", Bits: 4}})
	if got := d.one(".rules li").Get("textContent").String(); !strings.HasPrefix(got, "every Gemmweights of 4 bits") {
		t.Errorf("the rule is told as %s", got)
	}
	d.button("Remove").Call("click")
	frames()
	if document("querySelector", ".rules").Truthy() {
		t.Error("the rule stays")
	}
}

func TestEverySettingHasAWordAndSaysWhatIsImpossible(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtQuantize})
	fields := document("querySelectorAll", ".advanced .field, .advanced .check")
	if fields.Length() < 18 {
		t.Fatalf("%d settings", fields.Length())
	}
	for i := range fields.Length() {
		help := fields.Index(i).Call("querySelector", ".help")
		if !help.Truthy() || help.Get("textContent").String() == "" {
			t.Errorf("no word on %s", fields.Index(i).Get("textContent").String())
		}
	}
	in := d.one("#weight-observer")
	in.Set("value", "kld")
	in.Call("dispatchEvent", js.Global().Get("Event").New("change"))
	frames()
	if !strings.Contains(d.one(".impossible").Get("textContent").String(), "perChannel") || !d.button("Quantize").Get("disabled").Bool() {
		t.Error("an impossible setting is not said, or can be run")
	}
	d.button("Undo").Call("click")
	frames()
	if document("querySelector", ".impossible").Truthy() || d.one("#weight-observer").Get("value").String() != "minmax" {
		t.Error("Undo does not give the observer back")
	}
}

func TestBackendsInOneTable(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtQuantize})
	d.button("Compare backends").Call("click")
	frames()
	job := d.State().Jobs[0]
	x := report.Tensor{Name: "x", Scales: 1, Low: -1, High: 1, ZeroLow: 128, ZeroHigh: 128}
	y := x
	y.Low, y.ZeroLow, y.ZeroHigh = -2, 0, 0
	d.do(store.Compared{Job: job.ID, Comparison: protocol.Comparison{Calibrations: []report.Calibration{
		{Recipe: "config1", Tensors: []report.Tensor{x}},
		{Recipe: "snpe", Tensors: []report.Tensor{y}, Float: []string{"fc"}},
		{Recipe: "nnie", Problem: "no logarithm here"},
	}}})
	rows := document("querySelectorAll", ".backends tbody tr")
	if got := rows.Index(0).Get("textContent").String(); got != "snpe1+0, −01 of 11 of 11: fcUse" {
		t.Errorf("the first row is %s", got)
	}
	if got := rows.Index(1).Get("textContent").String(); got != "nnieno logarithm hereUse" {
		t.Errorf("the second row is %s", got)
	}
	d.button("snpe").Call("click")
	frames()
	if got := d.one(".tensors tbody tr").Get("textContent").String(); got != "x−1 … 1−2 … 11280" {
		t.Errorf("the tensor is shown as %s", got)
	}
	names(t, "with the backends")
	d.button("Use").Call("click")
	frames()
	if d.State().Recipe.Name != "snpe" || !d.says("changed since this was compared") {
		t.Errorf("the recipe is %s", d.State().Recipe.Name)
	}
}

func TestFormats(t *testing.T) {
	d := show(t)
	d.do(store.Started{Engine: protocol.Engine{Formats: []protocol.Format{
		{Name: "qdq", Backend: "qdq"}, {Name: "snpe", About: "For SNPE.", Backend: "snpe"}, {Name: "own", About: "Own.", Backend: "academic"},
	}}})
	d.open()
	d.run(1)
	d.do(store.Go{Place: store.AtExport})
	list := document("querySelectorAll", ".format-list li")
	if list.Length() != 2 || !strings.HasPrefix(list.Index(0).Get("textContent").String(), "ownfor this recipe") {
		t.Fatalf("%d formats, first %s", list.Length(), list.Index(0).Get("textContent").String())
	}
	d.button("Download snpe").Call("click")
	frames()
	job := d.State().Jobs[0]
	if job.Kind != protocol.Export || !d.button("Download own").Get("disabled").Bool() {
		t.Errorf("the button started %v", job)
	}
	d.do(store.Exported{Job: job.ID, File: protocol.File{Name: "net.snpe.zip", Notes: []string{"A note."}}, Size: 2000})
	if !d.says("net.snpe.zip, 2.00 kB.") || !d.says("A note.") {
		t.Error("the file is not named")
	}
	if got := d.one(".command code").Get("textContent").String(); !strings.HasPrefix(got, "go run ./quant/cmd/quantscope quantize") {
		t.Errorf("the command is %s", got)
	}
}

func TestPreview(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtData})
	d.do(store.Previewed{Job: d.asked(protocol.AskPreview), Pictures: []string{"blob:1"}, Preview: protocol.Preview{Inputs: []inspect.Input{
		{Name: "a/1.png", Label: 1, LabelName: "dog", Min: -2, Max: 2.5, Width: 32, Height: 32, Shape: []int{3, 32, 32},
			Answers: []inspect.Answer{{Class: 1, Name: "dog", Share: 0.75}, {Class: 0, Name: "cat", Share: 0.25}}},
		{Name: "b", Label: -1, Shape: []int{7}, Answers: []inspect.Answer{{Class: 3, Name: "3", Share: 1}}},
	}}})
	text := d.one(".preview").Get("textContent").String()
	for _, want := range []string{"right on 1 of these 1 item", "−2 … 2.5", "Label: 1 dog", "75.0\u202f%", "0 cat", "3×32×32", "No label"} {
		if !strings.Contains(text, want) {
			t.Errorf("the preview does not show %q: %s", want, text)
		}
	}
	if d.one(".sight img").Call("getAttribute", "src").String() != "blob:1" || d.one(".answers .right").Get("textContent").String() != "1 dog, the label75.0\u202f%" {
		t.Error("the picture or the right answer is not marked")
	}
	d.do(store.ChoosePreprocess{Name: "imagenet"})
	d.do(store.Failed{Job: d.asked(protocol.AskPreview), Message: "the crop is 224×224"})
	if !d.says("the crop is 224×224") || document("querySelector", ".problem").Truthy() {
		t.Error("why there is no preview is not said in its place")
	}
}

func TestSelectingALayerDrawsTwoRows(t *testing.T) {
	d := show(t)
	d.open()
	d.run(50)
	rows := document("querySelectorAll", ".layer-table tbody tr")
	rows.Index(7).Call("querySelector", "button").Call("click")
	frames()
	if got := d.one(".layer-table tr.selected .layer-name").Get("textContent").String(); got != "conv7" {
		t.Errorf("selected %s", got)
	}
	if got := d.one(".detail h2").Get("textContent").String(); got != "conv7" {
		t.Errorf("the detail shows %s", got)
	}
	d.button("Network order").Call("click")
	frames()
	if n := document("querySelectorAll", ".layer-table tbody tr").Length(); n != 50 {
		t.Errorf("%d rows after sorting, want 50", n)
	}
}

func TestGoingFromPlaceToPlaceKeepsTheOrder(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtModel})
	d.do(store.Go{Place: store.AtData})
	actions := d.one(".place-head .actions").Get("textContent").String()
	if actions != "Choose a folderChoose filesChoose the recipeQuantize now" {
		t.Errorf("the buttons are %s", actions)
	}
	if n := document("querySelectorAll", "main > section").Length(); n != 1 {
		t.Errorf("%d places are shown", n)
	}
}

func TestProgressAndCancel(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtQuantize})
	d.button("Quantize").Call("click")
	job := d.State().Jobs[0].ID
	d.do(store.Stepped{Job: job, Step: protocol.Step{Stage: "calibrate", Done: 32, Total: 64}, Now: 100})
	bar := d.one("[role=progressbar]")
	if got := bar.Call("getAttribute", "aria-valuenow").String(); got != "15" {
		t.Errorf("the bar is at %s", got)
	}
	if !d.says("Calibrate 32 of 64") {
		t.Error("the stage is not named")
	}
	d.button("Cancel").Call("click")
	frames()
	if document("querySelector", "[role=progressbar]").Truthy() || !d.says("Files stay on this device") {
		t.Error("the bar stays after Cancel")
	}
	if _, ok := d.effects[len(d.effects)-1].(store.Restart); !ok {
		t.Errorf("Cancel did %T", d.effects[len(d.effects)-1])
	}
	if d.button("Quantize").Get("disabled").Bool() {
		t.Error("the button stays disabled after Cancel")
	}
}

func TestShareDialogShowsTheReceiptAndSendsNothing(t *testing.T) {
	d := show(t)
	d.open()
	d.run(1)
	d.effects = nil
	d.button("Share").Call("click")
	frames()
	receiptText := d.one(".receipt").Get("textContent").String()
	for _, want := range []string{digest("a"), digest("1"), digest("2"), digest("3"), "top-1 30 → 29 (on integers 30) of 36", "file name not told"} {
		if !strings.Contains(receiptText, want) {
			t.Errorf("the dialog does not show %q", want)
		}
	}
	if len(d.effects) != 0 {
		t.Fatalf("opening the dialog did %T", d.effects[0])
	}
	d.button("Create link").Call("click")
	frames()
	if _, ok := d.effects[0].(store.PostReceipt); !ok || len(d.effects) != 1 {
		t.Fatalf("effects %v", d.effects)
	}
	d.do(store.Stored{ID: digest("f")})
	if got := d.one("#share-link").Get("value").String(); got != "http://127.0.0.1:8080/r/"+digest("f") {
		t.Errorf("the link is %s", got)
	}
	d.button("Close").Call("click")
	frames()
	if document("querySelector", "dialog").Truthy() {
		t.Error("the dialog stays")
	}
}

func TestClaim(t *testing.T) {
	from := show(t)
	from.open()
	from.run(1)
	r, raw, err := from.State().Receipt()
	if err != nil {
		t.Fatal(err)
	}
	d := show(t)
	id := receipt.Sum(raw)
	d.do(store.OpenClaim{ID: id})
	d.do(store.Fetched{ID: id, Receipt: raw, SampleSHA256: digest("a")})
	if !d.says("reported, not checked here") || !d.says("Drop your copy of the model to check this result") {
		t.Error("the claim is not marked as reported")
	}
	d.button("Use the built-in sample")
	d.do(store.Dropped{Files: []store.File{file("m.onnx"), file("a.png")}})
	d.do(store.Opened{Job: 1, Model: protocol.Model{SHA256: digest("a")}}, store.Loaded{Job: 2, Data: protocol.Data{Items: 100}})
	got := *r
	got.Digests.Logits = digest("0")
	d.do(store.Verified{Job: 3, Verdict: protocol.Verdict{Steps: receipt.Compare(r, &got)}})
	if d.one(".verdict").Get("className").String() != "verdict differs" || !d.says(digest("0")) {
		t.Error("the difference is not shown")
	}
	if n := document("querySelectorAll", ".step.match").Length(); n != 5 {
		t.Errorf("%d steps match, want 5: model, recipe, qparams, integer logits, metrics", n)
	}
}

func TestFieldShowsWhatIsWrong(t *testing.T) {
	d := show(t)
	d.open()
	d.do(store.Go{Place: store.AtData})
	in := d.one("#calibration")
	in.Set("value", "many")
	in.Call("dispatchEvent", js.Global().Get("Event").New("change"))
	frames()
	if in.Call("getAttribute", "aria-invalid").String() != "true" || !d.says("Expected a whole number from 1 to") {
		t.Error("a wrong count is not marked")
	}
	in.Set("value", "20")
	in.Call("dispatchEvent", js.Global().Get("Event").New("change"))
	frames()
	if in.Call("getAttribute", "aria-invalid").String() != "false" || d.State().Recipe.Data.Calibration != 20 {
		t.Error("a right count is not taken")
	}
}

func TestAPanicIsShownInItsPlace(t *testing.T) {
	d := show(t)
	d.open()
	d.run(1)
	logged := js.Global().Get("console").Get("error")
	quiet := js.FuncOf(func(js.Value, []js.Value) any { return nil })
	js.Global().Get("console").Set("error", quiet)
	defer func() {
		js.Global().Get("console").Set("error", logged)
		quiet.Release()
	}()
	// A result without its model is a programmer's error: drawing it panics.
	d.State().Result.Model = nil
	d.Dispatch(store.OrderLayers{Network: true})
	frames()
	if !document("querySelector", ".broken").Truthy() || !document("querySelector", ".places").Truthy() {
		t.Error("a panic took the page with it, or was not shown")
	}
}

func TestRendersDoNotLeak(t *testing.T) {
	d := show(t)
	d.open()
	d.run(200)
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for i := range 10 {
		d.do(store.SelectLayer{Name: "conv" + strconv.Itoa(i)})
	}
	before := heap()
	for i := range 100 {
		d.do(store.SelectLayer{Name: "conv" + strconv.Itoa(i%200)})
	}
	if grown := int64(heap()) - int64(before); grown > 2<<20 {
		t.Errorf("100 renders grew the heap by %d bytes", grown)
	}
}
