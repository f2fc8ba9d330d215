package store

import (
	"encoding/json"
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
	"github.com/quantscope/quantscope/quant/report"
	"github.com/quantscope/quantscope/quant/scheme"
	"github.com/quantscope/quantscope/wasm/protocol"
)

// trying is a desk with a result whose only layer's changes are tried.
func trying(t *testing.T) *desk {
	t.Helper()
	d := opened(t)
	d.Dispatch(Quantize{})
	f := result(t, d, 3)
	f.Result.Report.Layers = []report.Layer{{Name: "conv1", SQNR: 30}, {Name: "conv2", Index: 1, SQNR: 40}}
	f.Result.Quantizers = []inspect.Quantizer{{Name: "w", Weight: true, Observer: "minmax", Scheme: scheme.QScheme{Bits: 8, Symmetric: true, PerChannel: true}, Params: scheme.QParams{Scale: []float32{1}, QMax: 7}}}
	f.Result.Placed = []inspect.Placed{{Weight: 0, Input: -1}, {Weight: 0, Input: -1}}
	d.Dispatch(f)
	d.Dispatch(Detailed{Job: d.State().Detail.asked, Detail: protocol.LayerDetail{Done: true}})
	d.taken()
	d.Dispatch(OpenWhatIf{On: true})
	if got := d.taken(); got != "post whatif" {
		t.Fatalf("opening it did %s", got)
	}
	return d
}

// change is a weight of so many bits.
func change(bits int) inspect.WhatIf {
	return inspect.WhatIf{Weight: &inspect.Instead{Bits: bits, PerChannel: true, Observer: "minmax"}}
}

func answer(d *desk, done bool) {
	d.Dispatch(TriedOut{Job: d.State().WhatIf.asked, Tried: protocol.Tried{Tried: inspect.Tried{Weight: &inspect.Fitted{}}, Done: done}})
}

func TestADragIsAnsweredOnTheWay(t *testing.T) {
	d := trying(t)
	answer(d, true)
	if !d.State().WhatIf.Current() || d.taken() != "" {
		t.Fatal("the answer was not taken")
	}
	d.Dispatch(Suppose{change(7)})
	first := d.State().WhatIf.asked
	d.Dispatch(Suppose{change(6)})
	d.Dispatch(Suppose{change(5)})
	if got := d.taken(); got != "post whatif" {
		t.Fatalf("before the layer answers: %s", got)
	}
	answer(d, false) // of 7 bits; the network is being measured
	if got := d.taken(); got != "post whatif" || d.State().WhatIf.Fits() {
		t.Fatalf("the layer's answer did %s", got)
	}
	var q protocol.WhatIfRequest
	d.Dispatch(Suppose{change(4)})
	answer(d, false)
	if err := json.Unmarshal(d.effects[len(d.effects)-1].(Post).Message.Body, &q); err != nil || q.WhatIf.Weight.Bits != 4 || q.Layer != 0 || q.Run != 3 {
		t.Errorf("asked for %+v, %v", q, err)
	}
	d.Dispatch(TriedOut{Job: first, Tried: protocol.Tried{Done: true}})
	if d.State().WhatIf.Tried.Weight == nil {
		t.Error("an answer to an earlier question was taken")
	}
	answer(d, false)
	if w := d.State().WhatIf; !w.Fits() || w.Current() {
		t.Error("the layer's answer is that of the network")
	}
	answer(d, true)
	if !d.State().WhatIf.Current() {
		t.Error("the network's answer is not taken")
	}
	d.taken()
	d.Dispatch(SelectLayer{"conv2"})
	d.Dispatch(Detailed{Job: d.State().Detail.asked, Detail: protocol.LayerDetail{Done: true}})
	if w := d.State().WhatIf; w.Change != (inspect.WhatIf{}) || w.Tried != nil || d.taken() != "post detail, post whatif" {
		t.Errorf("another layer: %+v", w)
	}
}

func TestWhatIsTriedBecomesAnOverride(t *testing.T) {
	d := trying(t)
	answer(d, true)
	own := change(4)
	own.Weight.Range = &[2]float32{-1, 1}
	d.Dispatch(Suppose{own})
	if !d.State().Adoptable() {
		t.Error("4 bits cannot be applied")
	}
	d.taken()
	d.Dispatch(Adopt{})
	s := d.State()
	if got := d.taken(); got != "post run" {
		t.Fatalf("applying it did %s", got)
	}
	if o, has := s.Own("conv1"); !has || o.Weight.Scheme.Bits != 4 || !o.Weight.Scheme.PerChannel || o.Activation != nil {
		t.Errorf("%+v", o)
	}
	if err := s.Recipe.Validate(); err != nil {
		t.Error(err)
	}
	d.Dispatch(Undo{})
	if len(d.State().Recipe.Overrides) != 0 {
		t.Error("it cannot be undone")
	}
}

func TestWhatIsAppliedHasNoBlocksEither(t *testing.T) {
	d := trying(t)
	answer(d, true)
	d.State().Result.Quantizers[0].Scheme.Block = 32
	d.Dispatch(Suppose{inspect.WhatIf{Weight: &inspect.Instead{Bits: 4, Observer: "minmax"}}})
	d.Dispatch(Adopt{})
	if o, has := d.State().Own("conv1"); !has || o.Weight.Scheme.Block != 0 || d.State().Recipe.Validate() != nil {
		t.Errorf("%+v, %v", o, d.State().Recipe.Validate())
	}
}

func TestARangeAloneIsNotApplied(t *testing.T) {
	d := trying(t)
	answer(d, true)
	range8 := change(8)
	range8.Weight.Range = &[2]float32{-1, 1}
	d.Dispatch(Suppose{range8})
	if d.State().Adoptable() {
		t.Error("a range can be applied")
	}
	d.Dispatch(Failed{Job: d.State().WhatIf.asked, Message: "no memory"})
	d.taken()
	if d.State().WhatIf.Problem != "no memory" {
		t.Error("the problem is not told")
	}
	d.Dispatch(Suppose{change(3)})
	if d.taken() != "post whatif" {
		t.Error("after a failure nothing can be tried")
	}
}
