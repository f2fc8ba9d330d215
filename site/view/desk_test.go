//go:build js

package view

import (
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
		store.Opened{Job: 1, Model: protocol.Model{Network: inspect.Network{
			Name: "net.onnx", SHA256: digest("a"), Bytes: 1000, Params: 250,
			Inputs: []inspect.Port{{Name: "x", Shape: []int{1, 3, 32, 32}, Batch: true}},
			Ops:    []inspect.OpCount{{Op: "Conv", Count: 2}},
			Nodes:  []inspect.Node{{Name: "conv0", Op: "Conv", Shape: []int{1, 8, 32, 32}, Params: 224}},
			Notes:  []string{"w: double converted to float32"},
		}}},
		store.Loaded{Job: 2, Data: protocol.Loaded{Data: inspect.Data{Items: 100, Labelled: 100, Distinct: 2}}})
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
	if len(jobs) != 1 || jobs[0].Kind != protocol.Run.Kind {
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
			Data: receipt.Data{
				Calibration: receipt.Set{Digest: digest("c"), Count: 64},
				Evaluation:  receipt.Set{Digest: digest("e"), Count: 36},
			},
			Digests: receipt.Digests{QParams: digest("1"), Logits: digest("2"), Integer: digest("3")},
			Metrics: receipt.Metrics{N: 36, Labelled: 36, Top1Float: 30, Top1Quant: 29, Top1Integer: 30, Agreement: 34, BytesBefore: 1000, BytesAfter: 270},
		},
		Quantizers: []inspect.Quantizer{
			{Name: "conv0.weight_fake_quant", Layer: "conv0", Weight: true, Scheme: scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true},
				Params: scheme.QParams{Scale: []float32{0.5, 0.25}, ZeroPoint: []int32{0, 0}, QMin: -128, QMax: 127}},
			{Name: "x_post_act_fake_quantizer", Layer: "conv0", Scheme: scheme.QScheme{Bits: 8},
				Params: scheme.QParams{Scale: []float32{0.125}, ZeroPoint: []int32{128}, QMax: 255, Axis: -1}},
		},
	}
	for i := range layers {
		placed := inspect.Placed{Weight: -1, Input: -1}
		if i == 0 {
			placed = inspect.Placed{Weight: 0, Input: 1}
		}
		r.Placed = append(r.Placed, placed)
		r.Report.Layers = append(r.Report.Layers, report.Layer{
			Name: "conv" + strconv.Itoa(i), Index: i, Op: "Conv", Module: "Conv2d", SQNR: float64(10 + i), Shape: []int{1, 8, 32, 32}, WeightBits: 8,
			Parameters: 10, FloatBytes: 40, Bytes: 10, IntegerSQNR: float64(9 + i), Step: -min(i, 1),
		})
	}
	d.do(store.Finished{Job: jobs[0].ID, Result: r, Size: 300})
}

// event is what a user's hand does to an element.
func event(to js.Value, name string) {
	to.Call("dispatchEvent", js.Global().Get("Event").New(name))
	frames()
}
