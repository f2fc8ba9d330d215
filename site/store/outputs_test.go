package store

import (
	"testing"

	"github.com/quantscope/quantscope/quant/inspect"
)

func TestAnswersAreAskedForOnceWanted(t *testing.T) {
	d := finished(t)
	d.Dispatch(Dismiss{})
	if got := d.taken(); got != "" {
		t.Fatalf("asked unbidden: %s", got)
	}
	d.Dispatch(ShowOutputs{})
	if got := d.taken(); got != "post outputs" {
		t.Fatalf("asking did %s", got)
	}
	class := func(i int) inspect.Class { return inspect.Class{Index: i} }
	out := inspect.Outputs{Items: 4, Flips: 2, Cells: []inspect.Cell{
		{Label: class(0), Answer: class(0), Float: 2, Quantized: 1}, {Label: class(0), Answer: class(1), Quantized: 1},
		{Label: class(1), Answer: class(0), Float: 1}, {Label: class(1), Answer: class(1), Float: 1, Quantized: 2},
	}, Pairs: []inspect.Pair{{Input: inspect.Input{Name: "a"}}, {Input: inspect.Input{Name: "b", Width: 8}}}}
	d.Dispatch(Answered{Job: d.State().Outputs.asked, Outputs: out, Pictures: []string{"blob:1"}})
	o, known := d.State().Answers()
	if want := "The first answer changes on 2 of 4 items; class by class 1 right answers are lost, 1 won."; !known || o.Sentence() != want {
		t.Errorf("%v, %q, want %q", known, o.Sentence(), want)
	}
	if g := o.Gallery(); len(g) != 2 || g[0].Picture != "" || g[1].Picture != "blob:1" {
		t.Errorf("gallery %+v", g)
	}
	classes, at, fits := o.Matrix()
	if len(classes) != 2 || !fits || at(0, 1).Quantized != 1 || at(1, 0).Float != 1 || len(o.Changes(3)) != 3 {
		t.Errorf("classes %v, fits %v", classes, fits)
	}
	d.taken()
	d.Dispatch(ChooseConfig{"config2"})
	d.Dispatch(Quantize{})
	d.Dispatch(result(t, d, d.State().Jobs[0].ID))
	if _, known := d.State().Answers(); known {
		t.Error("the answers of another result are shown")
	}
	if got := d.taken(); got != "post run, post outputs" {
		t.Errorf("the next result: %s", got)
	}
}
